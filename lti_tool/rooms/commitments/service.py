from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import events

MOST_OPEN = 10
"""Of one person in one pair at a time."""


class NotNow(Exception):
    """The mentorship or the commitment is not in the state in which this can be done."""


def make(
    session: Session, mentorship: models.Mentorship, by: models.Participant, text: str, due_on: date
) -> models.Commitment:
    """A promise to the partner; the same one again is the first one.

    Raises:
        NotNow: the mentorship has ended, or too many are open.
    """
    ended = select(models.Mentorship.ended_at).where(models.Mentorship.id == mentorship.id)
    if session.scalar(ended.with_for_update(key_share=True)) is not None:
        raise NotNow
    row = models.Commitment
    opened = session.scalars(
        select(row).where(
            row.mentorship_id == mentorship.id, row.participant_id == by.id, row.settled_at.is_(None)
        )
    ).all()
    same = next((one for one in opened if (one.text, one.due_on) == (text, due_on)), None)
    if same is not None:
        return same
    if len(opened) >= MOST_OPEN:
        raise NotNow
    made = row(
        mentorship_id=mentorship.id, participant_id=by.id, text=text, due_on=due_on, made_at=clock.now()
    )
    session.add(made)
    session.flush()
    events.commitment_made(session, made)
    return made


def settle(session: Session, commitment: models.Commitment, by: models.Participant, *, kept: bool) -> None:
    """The partner says whether it was kept. Said once, it stays: points may rest on it.

    Raises:
        NotNow: whoever made it cannot confirm it.
    """
    if commitment.participant_id == by.id:
        raise NotNow
    found = session.scalars(
        select(models.Commitment)
        .where(models.Commitment.id == commitment.id)
        .with_for_update(of=models.Commitment)
        .execution_options(populate_existing=True)
    ).one()
    if found.settled_at is not None:
        return
    found.kept, found.settled_at = kept, clock.now()
    session.flush()
    events.commitment_settled(session, found)
