"""How it stands with what is sent: for pages, the command line and alarms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import clock, models
from lti_tool.outbox import breaker

WAITING = ("pending", "leased")
KINDS = ("statement", "score", "mail")
STATES = ("pending", "delivered", "superseded", "dead")


class RouteTotals(TypedDict):
    """One route's deliveries by state; times are ISO 8601 in UTC, None where there is none."""

    route: str
    pending: int
    delivered: int
    superseded: int
    dead: int
    oldest_pending: str | None
    paused_until: str | None
    overdue: bool
    """Whether the oldest waits for longer than it should."""


@dataclass(frozen=True)
class KindTotals:
    """One kind of delivery, over all routes."""

    states: dict[str, int]
    """How many are in each of `STATES`; what a worker holds at the moment counts as pending."""
    age: timedelta
    """How long the oldest that is pending has waited; zero when none is."""

    @property
    def overdue(self) -> bool:
        return self.age > overdue_after()


@dataclass(frozen=True)
class Receipt:
    """How far a participant's newest score got."""

    state: Literal["waiting", "delivered", "refused"]
    since: datetime
    """Waiting since, in the gradebook since, refused at."""
    status: int | None
    reason: str
    """What the platform answered to the last try; empty when it had nothing to say."""


def overdue_after() -> timedelta:
    """Longer than a store or gradebook is out of order unnoticed: then somebody should look."""
    return timedelta(minutes=settings.current().overdue_minutes)


def totals(session: Session) -> list[RouteTotals]:
    """Counts by route and state, with the age of the oldest that waits; one row a route, in order of name."""
    counts: dict[str, dict[str, int]] = {}
    by_state = select(models.Delivery.route, models.Delivery.state, func.count()).group_by(
        models.Delivery.route, models.Delivery.state
    )
    for route, state, count in session.execute(by_state):
        counts.setdefault(route, {})[state] = count
    oldest = _oldest(session)
    paused = breaker.paused(session)
    return [
        RouteTotals(
            route=route,
            pending=sum(states.get(state, 0) for state in WAITING),
            delivered=states.get("delivered", 0),
            superseded=states.get("superseded", 0),
            dead=states.get("dead", 0),
            oldest_pending=_iso(oldest.get(route)),
            paused_until=_iso(paused[route].until) if route in paused else None,
            overdue=route in oldest and clock.now() - oldest[route] > overdue_after(),
        )
        for route, states in sorted(counts.items())
    ]


def by_kind(session: Session) -> dict[str, KindTotals]:
    """Counts by state, and the longest wait, for each of `KINDS`."""
    first = func.min(models.Delivery.created_at, type_=models.Delivery.created_at.type)
    rows = session.execute(
        select(models.Delivery.kind, models.Delivery.state, func.count(), first).group_by(
            models.Delivery.kind, models.Delivery.state
        )
    ).all()
    now = clock.now()
    made = {}
    for kind in KINDS:
        states = dict.fromkeys(STATES, 0)
        waits = [timedelta()]
        for _kind, state, count, oldest in (row for row in rows if row[0] == kind):
            states["pending" if state in WAITING else state] += count
            if state in WAITING:
                waits.append(now - oldest)
        made[kind] = KindTotals(states, max(waits))
    return made


def oldest_pending(session: Session) -> datetime | None:
    """When the oldest delivery that still waits was recorded; None when nothing waits."""
    return min(_oldest(session).values(), default=None)


def receipts(session: Session, participant_ids: Collection[int]) -> dict[int, Receipt]:
    """The receipts of many participants in one query; those without a score are missing.

    Of several columns the one tells that needs somebody most: refused before waiting before arrived.
    """
    newest = (
        select(func.max(models.Delivery.id))
        .where(models.Delivery.participant_id.in_(participant_ids), models.Delivery.kind == "score")
        .group_by(models.Delivery.participant_id, models.Delivery.key)
    )
    rows = session.scalars(
        select(models.Delivery).where(
            models.Delivery.id.in_(newest),
            # Withheld: the column is used no more, or the person was excused.
            models.Delivery.state != "superseded",
        )
    )
    found: dict[int, Receipt] = {}
    for row in rows:
        person, one = row.participant_id, _receipt(row)
        if person is not None and (person not in found or _urgency(one) > _urgency(found[person])):
            found[person] = one
    return found


def _urgency(one: Receipt) -> tuple[int, datetime]:
    return ("delivered", "waiting", "refused").index(one.state), one.since


def receipt(session: Session, participant: models.Participant) -> Receipt | None:
    """The receipt of one participant; None while there is no score."""
    return receipts(session, [participant.id]).get(participant.id)


def _receipt(row: models.Delivery) -> Receipt:
    reason = row.answer or ""
    if row.state == "delivered":
        return Receipt("delivered", row.delivered_at or row.created_at, row.answer_status, "")
    if row.state == "dead":
        return Receipt("refused", row.due_at, row.answer_status, reason)
    return Receipt("waiting", row.created_at, row.answer_status, reason)


def _oldest(session: Session) -> dict[str, datetime]:
    first = func.min(models.Delivery.created_at, type_=models.Delivery.created_at.type)
    query = (
        select(models.Delivery.route, first)
        .where(models.Delivery.state.in_(WAITING))
        .group_by(models.Delivery.route)
    )
    return dict(iter(session.execute(query)))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
