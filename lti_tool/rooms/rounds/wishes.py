"""Whom people of a cohort would like to be matched with, and with whom they would rather not."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_tool.db.models import Cohort, Participant, Wish


def preferences(session: Session, cohort: Cohort) -> Mapping[int, tuple[int, ...]]:
    """For each who named somebody that takes part: those people's ids, best first."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in _named(session, cohort, "like"):
        found[one].append(other)
    return {one: tuple(others) for one, others in found.items()}


def among(liked: Mapping[int, tuple[int, ...]], there: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Without those who take no part in the round: who wishes for them alone is content with everybody."""
    return {one: tuple(other for other in others if other in there) for one, others in liked.items()}


def refused(session: Session, cohort: Cohort) -> frozenset[tuple[int, int]]:
    """(mentee, mentor), whoever of the two says so; both ways round. Who it was is not kept with a round."""
    named = _named(session, cohort, "never")
    return frozenset(pair for one, other in named for pair in ((one, other), (other, one)))


def _named(session: Session, cohort: Cohort, kind: str) -> list[tuple[int, int]]:
    by, about = aliased(Participant), aliased(Participant)
    query = (
        select(by.id, about.id)
        .select_from(Wish)
        .join(by, by.id == Wish.participant_id)
        .join(about, (about.member_id == Wish.member_id) & (about.cohort_id == by.cohort_id))
        .where(by.cohort_id == cohort.id, Wish.kind == kind, by.left_at.is_(None))
        .order_by(by.id, Wish.position, Wish.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
