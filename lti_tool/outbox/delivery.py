"""Sending what is due: claim a batch, send it outside any transaction, write down what became of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import requests
import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool import outbox, outgoing, settings
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.outbox import breaker, claim, outcome, routes_ags, score_messages, scores, senders
from lti_tool.outbox.claim import Taken
from lti_tool.outbox.outcome import Message, Outcome

log = structlog.get_logger("peer_mentor.outbox")

MOST_BATCHES = 20
"""A route's batches in one go; the others get their turn, then the worker is woken again."""
TOGETHER = 4
"""Tries for which a batch stays together; then each row waits for itself, away from one that spoils it."""


def deliver_due() -> Counter[str]:
    """Send everything that is due now. Needs an application context and no open transaction.

    Returns:
        How many deliveries came to each end: delivered, retry, paused, refused, outdated, superseded.
    """
    counts: Counter[str] = Counter()
    engine.rollback(db.session)
    routes = claim.due_routes(db.session)
    engine.rollback(db.session)
    unfinished = False
    for route in routes:
        try:
            unfinished |= _deliver_route(route, counts)
        except Exception:
            # What was taken comes back when its lease ends; the other routes have their turn now.
            log.exception("delivery failed", route=route)
            engine.rollback(db.session)
    if unfinished:
        outbox.wake()
    return counts


def _deliver_route(route: str, counts: Counter[str]) -> bool:
    """Batch after batch of one route, added to ``counts``; whether there may be more."""
    with outgoing.http(settings.current()) as http:
        for _ in range(MOST_BATCHES):
            ended = _deliver_batch(http, route)
            counts.update(ended)
            if not _goes_on(route, ended):
                return False
    return True


def _goes_on(route: str, ended: Counter[str]) -> bool:
    """Whether the route's next batch may follow at once."""
    if not (ended["retry"] or ended["paused"]):
        return bool(ended)
    # One learner's grade may be locked without anything being wrong with the gradebook.
    goes_on = ended["delivered"] > 0 and route in claim.due_routes(db.session)
    engine.rollback(db.session)
    return goes_on


def _deliver_batch(http: requests.Session, route: str) -> Counter[str]:
    """One batch of a route; nothing is counted when nothing could be taken."""
    taken, superseded = _take(route)
    ended = Counter({"superseded": superseded}) if superseded else Counter[str]()
    if taken is None or not taken.messages:
        return ended
    outcomes = _send(http, route, taken.messages)
    _write_down(route, taken, outcomes)
    return ended + Counter(one.kind for one in outcomes.values())


def _take(route: str) -> tuple[Taken | None, int]:
    """Claim a batch in a transaction of its own; scores that a newer version has overtaken drop out.

    Returns:
        What was taken, and how many dropped out.
    """
    session = db.session
    engine.begin_write(session)
    taken = None
    if breaker.admit(session, route) and _may_take(session, route):
        taken = claim.claim(session, route, senders.batch(route))
    if taken is None:
        engine.rollback(session)  # a trial of the route is not over when there was nothing to try it with
        return None, 0
    overtaken = _overtaken(session, [one.id for one in taken.messages]) if _has_versions(route) else ()
    _set(session, taken.token, overtaken, state="superseded", lease=None)
    engine.commit(session)
    left = tuple(one for one in taken.messages if one.id not in overtaken)
    return Taken(taken.token, left), len(overtaken)


def _may_take(session: Session, route: str) -> bool:
    """One worker at a time for a course: its scores stay in order and its column is not made twice."""
    if not _has_versions(route):
        return True
    course = models.Course.id == routes_ags.course_id(route)
    # Without the key: whoever only refers to the course (a launch, an event) need not wait.
    session.execute(select(models.Course.id).where(course).with_for_update(key_share=True))
    return not claim.in_flight(session, route)


def _has_versions(route: str) -> bool:
    """Whether of several messages with one key only the newest counts."""
    return route.startswith(routes_ags.PREFIX)


def _overtaken(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Those of these deliveries that have a newer version."""
    newer = aliased(models.Delivery)
    overtaken = exists().where(
        newer.route == models.Delivery.route,
        newer.key == models.Delivery.key,
        newer.version > models.Delivery.version,
    )
    return frozenset(
        session.scalars(select(models.Delivery.id).where(models.Delivery.id.in_(ids), overtaken))
    )


def _send(http: requests.Session, route: str, messages: Sequence[Message]) -> Mapping[int, Outcome]:
    try:
        return senders.send(db.session, http, route, messages)
    except Exception as error:
        # A fault of ours on one route must neither lose its messages nor stop the other routes.
        log.exception("sending failed", route=route)
        engine.rollback(db.session)
        return {one.id: Outcome("retry", None, f"{type(error).__name__}: {error}") for one in messages}


def _write_down(route: str, taken: Taken, outcomes: Mapping[int, Outcome]) -> None:
    session, token = db.session, taken.token
    engine.begin_write(session)
    not_begun = [one.id for one in taken.messages if one.id not in outcomes]
    _set(session, token, not_begun, state="pending", lease=None, due_at=clock.now())
    arrived = {id_ for id_, one in outcomes.items() if one.kind == "delivered"}
    if len(arrived) < len(outcomes):
        _write_down_rest(session, token, {id_: outcomes[id_] for id_ in outcomes.keys() - arrived})
    _note_arrived(session, token, arrived, outcomes)
    breaker.note(session, route, outcomes.values())
    engine.commit(session)


def _note_arrived(
    session: Session, token: str, arrived: Collection[int], outcomes: Mapping[int, Outcome]
) -> None:
    """One statement for all: this is what nearly every batch ends with."""
    if arrived:
        _set(
            session,
            token,
            arrived,
            state="delivered",
            lease=None,
            delivered_at=clock.now(),
            attempts=models.Delivery.attempts + 1,
            answer_status=next(outcomes[id_].status for id_ in arrived),
            answer=None,
        )


def _set(session: Session, token: str, ids: Collection[int], **values: object) -> None:
    """Change those of these that are still held under the lease."""
    if ids:
        held = (
            models.Delivery.id.in_(ids),
            models.Delivery.lease == token,
            models.Delivery.state == "leased",
        )
        session.execute(
            update(models.Delivery).where(*held).values(values).execution_options(synchronize_session=False)
        )


def _write_down_rest(session: Session, token: str, outcomes: Mapping[int, Outcome]) -> None:
    rows = [row for row in claim.leased(session, token) if row.id in outcomes]
    scores.lock(session, {row.participant_id for row in rows if row.participant_id is not None})
    overtaken = _overtaken(session, [row.id for row in rows if row.kind == "score"])
    chance = outcome.draw()
    for row in rows:
        together = chance if row.kind == "statement" and row.attempts < TOGETHER else None
        _end(session, row, outcomes[row.id], overtaken=row.id in overtaken, chance=together)
    session.flush()


def _end(
    session: Session, row: models.Delivery, ended: Outcome, *, overtaken: bool, chance: float | None
) -> None:
    """What becomes of a delivery that did not arrive."""
    now = clock.now()
    row.lease = None
    row.answer_status = ended.status
    row.answer = outcome.plain(ended.answer)[:2000] or None
    if ended.kind != "paused":
        row.attempts += 1
    if overtaken or ended.kind == "unwanted":
        row.state = "superseded"
    elif ended.kind == "refused":
        row.state = "dead"
        log.warning("delivery refused", delivery=row.id, route=row.route, status=ended.status)
    else:
        row.state = "pending"
        # Where the whole route waits, each goes out with it.
        waits = (
            timedelta() if breaker.closes(ended) else outcome.backoff(row.attempts, ended.retry_after, chance)
        )
        row.due_at = now + waits
        if ended.kind == "outdated":
            _renew(session, row)


def _renew(session: Session, row: models.Delivery) -> None:
    participant = session.get_one(models.Participant, row.participant_id)
    row.state = "superseded"
    session.flush()
    score_messages.renew(session, row, participant)
