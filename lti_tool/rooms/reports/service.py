"""Sending refused points once more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import replay


def resend(session: Session, participant: models.Participant) -> bool:
    """Put a person's refused points back among those to be sent. A repeat changes nothing more.

    Returns:
        whether there was something refused to send.
    """
    newest = session.scalar(
        select(models.Delivery)
        .where(models.Delivery.participant_id == participant.id, models.Delivery.kind == "score")
        .order_by(models.Delivery.id.desc())
        .limit(1)
    )
    if newest is None or newest.state != "dead":
        return False
    return replay.replay(session, [newest.id]) > 0
