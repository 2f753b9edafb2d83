from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.db import models

MOST_MENTORSHIPS = 20
MOST_EARLIER = 10
MOST_SESSIONS = 200


@dataclass
class Involvement:
    """A mentorship with what happens in it."""

    mentorship: models.Mentorship
    sessions: list[models.Session] = field(default_factory=list)
    """Sessions that were not cancelled, in the order of their times."""
    checkpoints: list[models.Checkpoint] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """How many are not matched yet; who counts is what the matching counts."""

    learners: int
    mentors: int


def involvements(session: Session, participant: models.Participant) -> list[Involvement]:
    """All running mentorships of somebody, the oldest first, with their sessions and checkpoints."""
    running = _of(session, participant, models.Mentorship.ended_at.is_(None), MOST_MENTORSHIPS)
    return _with_events(session, running)


def involvement(session: Session, mentorship: models.Mentorship) -> Involvement:
    return _with_events(session, [mentorship])[0]


def earlier(session: Session, participant: models.Participant) -> Sequence[models.Mentorship]:
    """Mentorships that have ended."""
    return _of(session, participant, models.Mentorship.ended_at.is_not(None), MOST_EARLIER)


def ended_by_adjustment(session: Session, mentorship: models.Mentorship) -> bool:
    """Whether it ended because a teacher brought people together anew."""
    row = models.Round
    query = select(row.id).where(
        row.cohort_id == mentorship.cohort_id,
        row.adjusts,
        row.published_at == mentorship.ended_at,
        row.id.is_distinct_from(mentorship.round_id),
    )
    return mentorship.ended_at is not None and session.scalar(query.limit(1)) is not None


def waiting(session: Session, cohort: models.Cohort) -> Waiting:
    """Others like this person: people of the cohort who are in no running mentorship in that role."""
    rows = session.execute(
        select(models.Participant.role, func.count())
        .where(
            models.Participant.cohort_id == cohort.id,
            models.Participant.left_at.is_(None),
            models.Participant.role.in_(["mentee", "mentor", "both"]),
            ~_is_paired(),
        )
        .group_by(models.Participant.role)
    )
    counts = dict(rows.all())
    both = counts.get("both", 0)
    return Waiting(counts.get("mentee", 0) + both, counts.get("mentor", 0) + both)


def left_out(session: Session, participant: models.Participant) -> dict[str, Any] | None:
    """Why the latest published round had nobody for this person; None when it had, or when there was none."""
    latest = (
        select(models.Round.id)
        .where(models.Round.cohort_id == participant.cohort_id, models.Round.published_at.is_not(None))
        .order_by(models.Round.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        select(models.ScenarioLeftOut.reason)
        .join(models.Scenario, models.Scenario.id == models.ScenarioLeftOut.scenario_id)
        .where(
            models.Scenario.round_id == latest,
            models.Scenario.published_at.is_not(None),
            models.ScenarioLeftOut.participant_id == participant.id,
        )
    )


def topic_names(session: Session, cohort: models.Cohort) -> dict[int, str]:
    rows = session.execute(
        select(models.Topic.id, models.Topic.name).where(models.Topic.cohort_id == cohort.id)
    )
    return dict(rows.all())


def _is_paired() -> ColumnElement[bool]:
    """Whether the participant of the outer query is in a running mentorship."""
    place, mentorship = aliased(models.MentorshipPerson), aliased(models.Mentorship)
    return exists().where(
        place.participant_id == models.Participant.id,
        place.mentorship_id == mentorship.id,
        mentorship.ended_at.is_(None),
    )


def _of(
    session: Session, participant: models.Participant, state: ColumnElement[bool], limit: int
) -> Sequence[models.Mentorship]:
    return session.scalars(
        select(models.Mentorship)
        .join(models.MentorshipPerson)
        .where(models.MentorshipPerson.participant_id == participant.id, state)
        .order_by(models.Mentorship.started_at, models.Mentorship.id)
        .limit(limit)
    ).all()


def _with_events(session: Session, mentorships: Sequence[models.Mentorship]) -> list[Involvement]:
    found = {one.id: Involvement(one) for one in mentorships}
    if not found:
        return []
    meetings = session.scalars(
        select(models.Session)
        .where(models.Session.mentorship_id.in_(found), models.Session.cancelled_at.is_(None))
        .order_by(models.Session.starts_at.desc())
        .limit(MOST_SESSIONS)
    ).all()
    for meeting in reversed(meetings):
        assert meeting.mentorship_id is not None
        found[meeting.mentorship_id].sessions.append(meeting)
    checkpoints = session.scalars(
        select(models.Checkpoint)
        .where(models.Checkpoint.mentorship_id.in_(found))
        .order_by(models.Checkpoint.due_on, models.Checkpoint.id)
        .limit(MOST_SESSIONS)
    )
    for checkpoint in checkpoints:
        found[checkpoint.mentorship_id].checkpoints.append(checkpoint)
    return list(found.values())
