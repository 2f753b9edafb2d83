"""What people took part in, read from what happened: the parts that a grade rule can count.

A part is a query that gives a participant and a moment for each thing that counts. Another kind of taking
part becomes countable by a line in `PARTS`.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from lti_tool.db import models
from lti_tool.outbox.reckoning import Taken

P = models.Participant
Found = Select[*tuple[Any, ...]]
"""A query for participant ids and moments."""


def _sessions() -> Found:
    """Sessions that took place by the word of all, this person's included."""
    return (
        select(models.Attendance.participant_id, models.Session.starts_at)
        .join(models.Session, models.Session.id == models.Attendance.session_id)
        .join(P, P.id == models.Attendance.participant_id)
        .where(
            models.Attendance.answer == "met",
            models.Session.held_at.is_not(None),
            models.Session.cancelled_at.is_(None),
        )
    )


def _checkpoints() -> Found:
    """Reviews that an expert signed for somebody's pair, whatever they found."""
    place = models.MentorshipPerson
    return (
        select(place.participant_id, models.Review.signed_at)
        .join(models.Checkpoint, models.Checkpoint.mentorship_id == place.mentorship_id)
        .join(models.Review, models.Review.checkpoint_id == models.Checkpoint.id)
        .join(P, P.id == place.participant_id)
    )


def _commitments() -> Found:
    """Promises that the partner confirmed as kept."""
    made = models.Commitment
    return (
        select(made.participant_id, made.settled_at)
        .join(P, P.id == made.participant_id)
        .where(made.kept.is_(True), made.settled_at.is_not(None))
    )


def _training() -> Found:
    """The training for peer mentors, as an instructor noted it."""
    return select(P.id, P.trained_at).where(P.trained_at.is_not(None))


def _preparation() -> Found:
    """Topics and times named before the first round that was published after somebody joined."""
    earlier = aliased(models.Round)
    too_late = exists().where(
        earlier.cohort_id == P.cohort_id,
        earlier.published_at >= P.joined_at,
        earlier.published_at < P.prepared_at,
    )
    return select(P.id, P.prepared_at).where(P.prepared_at.is_not(None), ~too_late)


PARTS: dict[str, Callable[[], Found]] = {
    "sessions": _sessions,
    "commitments": _commitments,
    "checkpoints": _checkpoints,
    "training": _training,
    "preparation": _preparation,
}
"""By kind, in the order in which they are shown."""


def of_cohort(session: Session, cohort_id: int, kinds: Collection[str]) -> dict[int, Taken]:
    """What everybody in a cohort took part in, by participant; one query a kind."""
    return _read(session, kinds, lambda query: query.where(P.cohort_id == cohort_id))


def of_people(session: Session, participant_ids: Collection[int], kinds: Collection[str]) -> dict[int, Taken]:
    """The same for some people."""
    return _read(session, kinds, lambda query: query.where(P.id.in_(participant_ids)))


def _read(session: Session, kinds: Collection[str], narrowed: Callable[[Found], Found]) -> dict[int, Taken]:
    found: dict[int, dict[str, list[date]]] = {}
    for kind in PARTS:
        if kind not in kinds:
            continue
        for participant_id, moment in session.execute(narrowed(PARTS[kind]())):
            days = found.setdefault(participant_id, {}).setdefault(kind, [])
            days.append(moment.astimezone(UTC).date())
    return dict(found)
