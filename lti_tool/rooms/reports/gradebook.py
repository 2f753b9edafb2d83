"""Points and what became of them, read from the reckoning and the record of deliveries."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from lti_tool.db import models
from lti_tool.outbox import participation, status
from lti_tool.outbox.participation import Reckoning
from lti_tool.outbox.status import Receipt

PAGE_SIZE = 50
P = models.Participant


@dataclass(frozen=True)
class GradeRow:
    participant: models.Participant
    reckoning: Reckoning
    """Points by the cohort's rule, from the sessions that everybody in them confirmed."""
    receipt: Receipt | None
    """How far they got; None while nothing was sent."""

    @property
    def done(self) -> int:
        return self.reckoning.parts[0].done

    @property
    def needed(self) -> int:
        return self.reckoning.parts[0].needed

    @property
    def state(self) -> str:
        """none, waiting, delivered or refused."""
        return self.receipt.state if self.receipt is not None else "none"


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
        or_(
            models.Grade.id.is_not(None),
            and_(P.left_at.is_(None), models.Member.active, models.Member.role == "learner"),
        ),
    )
    total = session.scalar(people.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    name = func.lower(func.coalesce(models.Person.name, models.Member.pseudonym))
    query = people.order_by(_refused().desc(), name, P.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return GradePage(_rows(session, cohort.grade_rule, query), total, page, pages)


def grade_row(session: Session, participant: models.Participant) -> GradeRow:
    """The same for one person."""
    rule = participant.cohort.grade_rule
    return _rows(session, rule, _people().where(P.id == participant.id))[0]


def refused(session: Session, cohort: models.Cohort) -> int:
    """How many people's newest points were refused."""
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


def _refused() -> ColumnElement[bool]:
    newest = (
        select(func.max(models.Delivery.id))
        .where(models.Delivery.participant_id == P.id, models.Delivery.kind == "score")
        .correlate(P)
        .scalar_subquery()
    )
    return exists().where(models.Delivery.id == newest, models.Delivery.state == "dead")


def _people() -> Select[models.Participant, int]:
    return (
        select(P, _confirmed())
        .join(P.member)
        .join(models.Member.person)
        .outerjoin(models.Grade, models.Grade.participant_id == P.id)
        .options(contains_eager(P.member).contains_eager(models.Member.person))
    )


def _rows(session: Session, rule: models.GradeRule, query: Select[models.Participant, int]) -> list[GradeRow]:
    found = session.execute(query).all()
    receipts = status.receipts(session, [person.id for person, _confirmed in found])
    return [
        GradeRow(
            person,
            participation.rule(confirmed, rule.sessions_for_full, rule.maximum),
            receipts.get(person.id),
        )
        for person, confirmed in found
    ]


def _confirmed() -> ColumnElement[int]:
    attendance, meeting = aliased(models.Attendance), aliased(models.Session)
    return (
        select(func.count())
        .select_from(attendance)
        .join(meeting, meeting.id == attendance.session_id)
        .where(
            attendance.participant_id == P.id, meeting.held_at.is_not(None), meeting.cancelled_at.is_(None)
        )
        .correlate(P)
        .scalar_subquery()
    )
