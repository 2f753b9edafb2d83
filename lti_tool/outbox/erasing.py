"""Taking a person out of events, statements and what was to be sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Delete, delete, func, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import facts, recording

AT_ONCE = 500


@dataclass(frozen=True)
class Gone:
    """What was deleted here; a record store keeps what it took: its owner has to be asked."""

    statements: int
    in_stores: int
    """Of these, deliveries that a record store took."""
    undelivered: int
    """Messages of any kind that were still to be sent, or had been refused."""


def erase(session: Session, members: Sequence[models.Member], participant_ids: Sequence[int]) -> Gone:
    """Delete every event and statement that names this person, and every message about or to them.

    Args:
        members: the person in their courses.
        participant_ids: their parts in cohorts.
    """
    events = list(_events(session, members))
    undelivered = in_stores = statements = 0
    row = models.Delivery
    for start in range(0, len(events), AT_ONCE):
        some = events[start : start + AT_ONCE]
        ids = select(models.Statement.id).where(models.Statement.event_id.in_(some))
        told = select(func.count()).select_from(row).where(row.statement_id.in_(ids))
        in_stores += session.scalar(told.where(row.state == "delivered")) or 0
        undelivered += session.scalar(told.where(row.state.in_(["pending", "leased", "dead"]))) or 0
        _delete(session, delete(row).where(row.statement_id.in_(ids)))
        statements += _delete(session, delete(models.Statement).where(models.Statement.event_id.in_(some)))
        _delete(session, delete(models.Event).where(models.Event.id.in_(some)))
    about = row.participant_id.in_(participant_ids)
    waiting = select(func.count()).select_from(row).where(about, row.state.in_(["pending", "leased", "dead"]))
    undelivered += session.scalar(waiting) or 0
    _delete(session, delete(row).where(about))
    return Gone(statements, in_stores, undelivered)


def _events(session: Session, members: Sequence[models.Member]) -> Iterator[UUID]:
    """Events of the person's courses that name them, by whichever account."""
    named = {account for one in members for account in (facts.known(one), facts.pseudonymous(one))}
    query = select(models.Event.id, models.Event.data).where(
        models.Event.course_id.in_([one.course_id for one in members])
    )
    for event_id, data in session.execute(query.execution_options(yield_per=AT_ONCE)):
        if not named.isdisjoint(recording.accounts(data)):
            yield event_id


def _delete(session: Session, statement: Delete) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]
