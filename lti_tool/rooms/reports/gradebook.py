"""Points and what became of them, read from the reckoning and the record of deliveries."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import models
from lti_tool.outbox import participation, status, taking_part
from lti_tool.outbox.reckoning import Part, Reckoning, reckon
from lti_tool.outbox.status import Receipt

PAGE_SIZE = 50
P = models.Participant


@dataclass(frozen=True)
class OtherPoints:
    """What the gradebook shows in a column instead of the points that it took."""

    part: str
    points: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class GradeRow:
    participant: models.Participant
    reckoning: Reckoning
    """Points by the cohort's rule, from what took place."""
    receipt: Receipt | None
    """How far they got; None while nothing was sent."""
    changed: tuple[OtherPoints, ...] = ()

    @property
    def sessions(self) -> Part | None:
        return next((part for part in self.reckoning.parts if part.kind == "sessions"), None)

    @property
    def state(self) -> str:
        """excused, changed, none, waiting, delivered or refused."""
        if self.participant.excused_at is not None:
            return "excused"
        state = self.receipt.state if self.receipt is not None else "none"
        return "changed" if self.changed and state == "delivered" else state


@dataclass(frozen=True)
class GradePage:
    rows: list[GradeRow]
    total: int
    page: int
    pages: int


def grade_page(session: Session, cohort: models.Cohort, page: int) -> GradePage:
    """Everybody who can have points; refused ones first, so that they are seen."""
    people = _people().where(
        P.cohort_id == cohort.id,
        P.role != "expert",
        ~models.Member.is_test,
        or_(
            exists().where(models.Grade.participant_id == P.id),
            P.left_at.is_(None) & models.Member.active & (models.Member.role == "learner"),
        ),
    )
    total = session.scalar(people.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    name = func.lower(func.coalesce(models.Person.name, models.Member.pseudonym))
    query = (
        people.order_by(_refused().desc(), _changed().desc(), name, P.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return GradePage(_rows(session, cohort.grade_rule, query), total, page, pages)


def grade_row(session: Session, participant: models.Participant) -> GradeRow:
    """The same for one person."""
    rule = participant.cohort.grade_rule
    return _rows(session, rule, _people().where(P.id == participant.id))[0]


def refused(session: Session, cohort: models.Cohort) -> int:
    """How many people have points that were refused."""
    query = select(func.count()).select_from(P).where(P.cohort_id == cohort.id, _refused())
    return session.scalar(query) or 0


def what_counted(session: Session, participant: models.Participant) -> list[models.Session]:
    """Sessions of this person that everybody confirmed, newest first; the newest page of them."""
    query = (
        select(models.Session)
        .join(models.Session.attendances)
        .where(
            models.Attendance.participant_id == participant.id,
            models.Session.held_at.is_not(None),
            models.Session.cancelled_at.is_(None),
        )
        .order_by(models.Session.starts_at.desc())
        .limit(PAGE_SIZE)
    )
    return list(session.scalars(query).unique())


def columns(session: Session, cohort: models.Cohort) -> list[models.LineItem]:
    """The columns that are known in the gradebook, oldest first."""
    query = select(models.LineItem).where(models.LineItem.cohort_id == cohort.id)
    return list(session.scalars(query.order_by(models.LineItem.id)))


def _refused() -> ColumnElement[bool]:
    # A newer score overtakes a refused one, which then is no longer "dead".
    score = models.Delivery
    return exists().where(score.participant_id == P.id, score.kind == "score", score.state == "dead")


def _changed() -> ColumnElement[bool]:
    return exists().where(models.Grade.participant_id == P.id, models.Grade.lms_points.is_not(None))


def _people() -> Select[models.Participant]:
    return (
        select(P)
        .join(P.member)
        .join(models.Member.person)
        .options(contains_eager(P.member).contains_eager(models.Member.person))
    )


def _rows(session: Session, rule: models.GradeRule, query: Select[models.Participant]) -> list[GradeRow]:
    people = session.scalars(query).all()
    ids = [person.id for person in people]
    terms = participation.terms_of(rule)
    taken = taking_part.of_people(session, ids, {part.kind for part in terms.counting})
    receipts = status.receipts(session, ids)
    changed = _other_points(session, ids, terms.columns())
    return [
        GradeRow(
            person,
            reckon(terms, taken.get(person.id, {})),
            receipts.get(person.id),
            tuple(changed.get(person.id, ())),
        )
        for person in people
    ]


def _other_points(session: Session, ids: list[int], parts: tuple[str, ...]) -> dict[int, list[OtherPoints]]:
    query = select(models.Grade).where(
        models.Grade.participant_id.in_(ids),
        models.Grade.part.in_(parts),
        models.Grade.lms_points.is_not(None),
    )
    found: dict[int, list[OtherPoints]] = {}
    for grade in session.scalars(query.order_by(models.Grade.id)):
        if grade.lms_points is not None and grade.lms_maximum is not None:
            other = OtherPoints(grade.part, grade.lms_points, grade.lms_maximum)
            found.setdefault(grade.participant_id, []).append(other)
    return found
