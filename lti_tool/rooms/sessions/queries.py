from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models

MOST_BOOKED = 100


def booked(
    session: Session, participants: Sequence[models.Participant], after: datetime
) -> Sequence[models.Session]:
    """What these people have agreed on from now on, with each other or with somebody else."""
    return (
        session.scalars(
            select(models.Session)
            .join(models.Attendance)
            .where(
                models.Attendance.participant_id.in_([one.id for one in participants]),
                models.Session.cancelled_at.is_(None),
                models.Session.starts_at > after,
            )
            .order_by(models.Session.starts_at)
            .limit(MOST_BOOKED)
        )
        .unique()
        .all()
    )
