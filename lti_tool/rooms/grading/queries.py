"""What another grade rule would do, for every learner, before it is used."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from lti_tool.db import models
from lti_tool.outbox import taking_part
from lti_tool.outbox.reckoning import Reckoning, Taken
from lti_tool.rooms.grading.plan import RulePlan

PAGE_SIZE = 50
P = models.Participant


@dataclass(frozen=True)
class PreviewRow:
    participant: models.Participant
    now: Reckoning | None
    """None: no points are sent for this person."""
    then: Reckoning | None

    @property
    def changes(self) -> bool:
        return points_of(self.now) != points_of(self.then)


@dataclass(frozen=True)
class Preview:
    rows: list[PreviewRow]
    total: int
    changing: int
    page: int
    pages: int


def preview(session: Session, cohort: models.Cohort, plan: RulePlan, page: int) -> Preview:
    """Everybody who can have points, those first whose points would change; four queries and one a part."""
    present = RulePlan.of(cohort.grade_rule)
    kinds = {part.kind for one in (present, plan) for part in one.terms.counting}
    taken = taking_part.of_cohort(session, cohort.id, kinds)
    found = session.execute(_learners(cohort)).all()
    changing = {key for key, excused in found if not excused and _changes(present, plan, taken.get(key, {}))}
    ids = sorted((key for key, _excused in found), key=lambda key: key not in changing)
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = [_row(one, present, plan, taken.get(one.id, {})) for one in _people(session, shown)]
    return Preview(rows, len(ids), len(changing), page, pages)


def points_of(reckoning: Reckoning | None) -> object:
    """What the gradebook would get: points and maximum of each column."""
    if reckoning is None:
        return None
    return [(column.part, column.points, column.maximum) for column in reckoning.columns()]


def _changes(present: RulePlan, plan: RulePlan, taken: Taken) -> bool:
    return points_of(present.reckon(taken)) != points_of(plan.reckon(taken))


def _row(person: models.Participant, present: RulePlan, plan: RulePlan, taken: Taken) -> PreviewRow:
    if person.excused_at is not None:
        return PreviewRow(person, None, None)
    return PreviewRow(person, present.reckon(taken), plan.reckon(taken))


def _learners(cohort: models.Cohort) -> Select[int, bool]:
    name = func.lower(func.coalesce(models.Person.name, models.Member.pseudonym))
    return (
        select(P.id, P.excused_at.is_not(None))
        .join(P.member)
        .join(models.Member.person)
        .where(
            P.cohort_id == cohort.id,
            P.role != "expert",
            P.left_at.is_(None),
            models.Member.role == "learner",
            models.Member.active,
            ~models.Member.is_test,
        )
        .order_by(name, P.id)
    )


def _people(session: Session, ids: Sequence[int]) -> list[models.Participant]:
    """These people, in this order."""
    query = (
        select(P)
        .join(P.member)
        .join(models.Member.person)
        .options(contains_eager(P.member).contains_eager(models.Member.person))
        .where(P.id.in_(ids))
    )
    found = {one.id: one for one in session.scalars(query)}
    return [found[key] for key in ids]
