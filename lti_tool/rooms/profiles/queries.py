from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models

MOST_TOPICS = 50


@dataclass(frozen=True)
class Level:
    """What somebody said of one topic."""

    topic: str
    level: int


def topics_of(session: Session, cohort: models.Cohort) -> Sequence[models.Topic]:
    return session.scalars(
        select(models.Topic)
        .where(models.Topic.cohort_id == cohort.id)
        .order_by(models.Topic.position, models.Topic.id)
        .limit(MOST_TOPICS)
    ).all()


def levels_of(participant: models.Participant, kind: str) -> list[Level]:
    """The topics of one kind ("wants" or "offers"), the strongest first."""
    found = [one for one in participant.interests if one.kind == kind]
    found.sort(key=lambda one: (-one.level, one.topic.position))
    return [Level(one.topic.name, one.level) for one in found]


def open_mentorships(session: Session, participant: models.Participant) -> int:
    """How many mentorships would end if this person left."""
    rows = session.scalars(
        select(models.Mentorship.id)
        .join(models.MentorshipPerson)
        .where(models.MentorshipPerson.participant_id == participant.id, models.Mentorship.ended_at.is_(None))
        .limit(MOST_TOPICS)
    )
    return len(rows.all())
