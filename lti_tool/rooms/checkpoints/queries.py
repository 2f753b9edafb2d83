"""Reads for the expert's pages: pairs, topics and dates, never what was said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import models
from lti_tool.db.models import Checkpoint, Mentorship, Review

PAGE_SIZE = 50
MOST_DATES = 50


@dataclass(frozen=True)
class Owed:
    """A checkpoint in the expert's list."""

    checkpoint: Checkpoint
    sessions_held: int


def count(session: Session, expert: models.Participant, *, signed: bool) -> int:
    query = _of(select(func.count()).select_from(Checkpoint), expert, signed)
    return session.scalar(query) or 0


def owed(session: Session, expert: models.Participant, page: int) -> list[Owed]:
    """Open checkpoints, the soonest due first."""
    query = _of(_with_pairs(), expert, signed=False).order_by(Checkpoint.due_on, Checkpoint.id)
    return _with_sessions(session, query, page)


def signed(session: Session, expert: models.Participant, page: int) -> list[Owed]:
    """Signed checkpoints, the latest first."""
    query = _of(_with_pairs(), expert, signed=True).order_by(Review.signed_at.desc(), Checkpoint.id)
    return _with_sessions(session, query, page)


def sessions_held(session: Session, mentorship_id: int) -> list[datetime]:
    """When the pair met, as both confirmed; the latest first."""
    query = (
        select(models.Session.starts_at)
        .where(_held(), models.Session.mentorship_id == mentorship_id)
        .order_by(models.Session.starts_at.desc())
        .limit(MOST_DATES)
    )
    return list(session.scalars(query))


def second_look(session: Session, checkpoint: Checkpoint) -> Checkpoint | None:
    """The checkpoint that followed this one, if it asked for another look."""
    query = select(Checkpoint).where(
        Checkpoint.mentorship_id == checkpoint.mentorship_id,
        Checkpoint.topic_id == checkpoint.topic_id,
        Checkpoint.id > checkpoint.id,
    )
    return session.scalar(query.order_by(Checkpoint.id).limit(1))


def _of(query: Select, expert: models.Participant, signed: bool) -> Select:  # type: ignore[type-arg]
    mine = (
        query.join(Checkpoint.mentorship)
        .outerjoin(Review, Review.checkpoint_id == Checkpoint.id)
        .where(Checkpoint.expert_id == expert.id)
    )
    if signed:
        return mine.where(Review.id.is_not(None))
    # What a pair that ended still owed is owed no more.
    return mine.where(Review.id.is_(None), Mentorship.ended_at.is_(None))


def _with_pairs() -> Select[Checkpoint]:
    return select(Checkpoint).options(joinedload(Checkpoint.mentorship).selectinload(Mentorship.people))


def _with_sessions(session: Session, query: Select, page: int) -> list[Owed]:  # type: ignore[type-arg]
    found = list(session.scalars(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)))
    held = _sessions_held_by_pair(session, [one.mentorship_id for one in found])
    return [Owed(one, held.get(one.mentorship_id, 0)) for one in found]


def _sessions_held_by_pair(session: Session, mentorships: list[int]) -> dict[int, int]:
    query = (
        select(models.Session.mentorship_id, func.count())
        .where(_held(), models.Session.mentorship_id.in_(mentorships))
        .group_by(models.Session.mentorship_id)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}


def _held() -> ColumnElement[bool]:
    return models.Session.held_at.is_not(None) & models.Session.cancelled_at.is_(None)
