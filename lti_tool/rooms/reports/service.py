"""Sending points once more."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import participation, replay, score_messages, scores


def resend(session: Session, participant: models.Participant) -> bool:
    """Send a person's points once more. A repeat sends no more than one score a column.

    Refused ones go out as they were; those that arrived, with a newer timestamp; those on their way are left.

    Returns:
        whether there was something to send.
    """
    scores.lock(session, [participant.id])
    if not participation.graded(participant):
        return False
    newest = select(func.max(models.Delivery.id)).where(
        models.Delivery.participant_id == participant.id, models.Delivery.kind == "score"
    )
    rows = session.scalars(
        select(models.Delivery).where(models.Delivery.id.in_(newest.group_by(models.Delivery.key)))
    ).all()
    current = participation.terms_of(participant.cohort.grade_rule).columns()
    rows = [row for row in rows if scores.part_of(row.key) in current]
    replay.replay(session, [row.id for row in rows if row.state == "dead"])
    for row in rows:
        if row.state == "delivered":
            score_messages.send_again(session, row, participant)
    return bool(rows)
