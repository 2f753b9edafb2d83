"""Signing a checkpoint."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import events

SECOND_LOOK_AFTER = timedelta(days=14)


def sign(
    session: Session,
    checkpoint: models.Checkpoint,
    expert: models.Participant,
    *,
    outcome: str,
    comment: str | None,
) -> bool:
    """Write the review down and tell of it. False when it was signed before, and that review stands; or
    when the pair has ended, and owes none any more.

    Args:
        outcome: passed, or failed: then the pair owes a second checkpoint, with the same expert.
        comment: for the pair and their teachers; it is in no statement.
    """
    session.execute(
        select(models.Checkpoint.id).where(models.Checkpoint.id == checkpoint.id).with_for_update()
    )
    session.refresh(checkpoint)
    ended = select(models.Mentorship.ended_at).where(models.Mentorship.id == checkpoint.mentorship_id)
    ended_at = session.scalar(ended.with_for_update(key_share=True))
    if checkpoint.review is not None or ended_at is not None:
        return False
    checkpoint.review = models.Review(
        expert_id=expert.id, outcome=outcome, comment=comment or None, signed_at=clock.now()
    )
    if outcome == "failed":
        session.add(_second_look(checkpoint))
    session.flush()
    events.checkpoint_signed(session, checkpoint)
    return True


def second_look_on(cohort: models.Cohort) -> date:
    """Fourteen days from now, or the cohort's last day where that is sooner; never in the past."""
    today = clock.today()
    return max(min(today + SECOND_LOOK_AFTER, cohort.ends_on), today)


def _second_look(checkpoint: models.Checkpoint) -> models.Checkpoint:
    return models.Checkpoint(
        mentorship=checkpoint.mentorship,
        topic=checkpoint.topic,
        because={"kind": "second_look", "params": {}},
        expert=checkpoint.expert,
        due_on=second_look_on(checkpoint.mentorship.cohort),
        created_at=clock.now(),
    )
