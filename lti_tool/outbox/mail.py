"""Which mail is due to whom, written down in the transaction of what it tells of.

A mail is kept as facts with numbers, never with names, addresses or what people typed: it is put into words
when it is sent. So whoever was erased, or whose name and address were, stands in no mail still to be sent.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import outbox, settings
from lti_tool.db import clock, engine, models

ROUTE = "mail"
SESSIONS = "sessions"
MATCHES = "matches"
REVIEWS = "reviews"
KINDS = (SESSIONS, MATCHES, REVIEWS)
"""What a person can switch off, each by itself."""
REMIND_BEFORE = timedelta(days=3)
MOST_REMINDERS = 200
"""In one go; the others follow in the next."""


def session_changed(session: Session, meeting: models.Session) -> None:
    """A session was booked, called off or brought back. One that was noted afterwards invites nobody."""
    if meeting.starts_at <= clock.now():
        return
    facts = {
        "session": meeting.id,
        "starts_at": meeting.starts_at.isoformat(),
        "minutes": meeting.minutes,
        "sequence": meeting.sequence,
        "cancelled": meeting.cancelled_at is not None,
        "mentorship": meeting.mentorship_id,
    }
    people = [one.participant for one in meeting.attendances]
    record(session, SESSIONS, f"session:{meeting.id}:{meeting.sequence}", people, facts)


def match_published(session: Session, mentorship: models.Mentorship) -> None:
    people = [one.participant for one in mentorship.people]
    record(session, MATCHES, f"match:{mentorship.id}", people, {"mentorship": mentorship.id})


def match_ended(session: Session, mentorship: models.Mentorship, by_round: int) -> None:
    """A teacher brought people together anew, and this pair is not among them."""
    _match_changed(session, mentorship, by_round, "ended")


def match_goes_on(session: Session, mentorship: models.Mentorship, by_round: int) -> None:
    """That was taken back."""
    _match_changed(session, mentorship, by_round, "goes_on")


def _match_changed(session: Session, mentorship: models.Mentorship, by_round: int, what: str) -> None:
    people = [one.participant for one in mentorship.people]
    facts = {"mentorship": mentorship.id, "what": what}
    # Once for each publishing: what was taken back may be published again.
    moment = f"{clock.now().timestamp():.0f}"
    record(session, MATCHES, f"match-{what}:{mentorship.id}:{by_round}:{moment}", people, facts)


def remind_of_reviews(session: Session) -> int:
    """Tell experts of checkpoints that are due soon and not reviewed, each once. Needs no open transaction.

    Returns:
        How many mails were written down.
    """
    if settings.current().smtp_url is None:
        return 0
    engine.begin_write(session)
    told = exists().where(
        models.Delivery.route == ROUTE, models.Delivery.key == _review_key(models.Checkpoint.id)
    )
    due = (
        select(models.Checkpoint)
        .outerjoin(models.Checkpoint.review)
        .join(models.Checkpoint.mentorship)
        .where(
            models.Checkpoint.expert_id.is_not(None),
            models.Review.id.is_(None),
            models.Mentorship.ended_at.is_(None),
            models.Checkpoint.due_on <= clock.today() + REMIND_BEFORE,
            models.Checkpoint.due_on >= clock.today(),
            ~told,
        )
        .order_by(models.Checkpoint.id)
        .limit(MOST_REMINDERS)
    )
    count = 0
    for one in session.scalars(due).unique():
        facts = {"checkpoint": one.id, "mentorship": one.mentorship_id, "due_on": one.due_on.isoformat()}
        experts = [one.expert] if one.expert is not None else []
        count += record(session, REVIEWS, f"review:{one.id}", experts, facts)
    engine.commit(session)
    return count


def _review_key(checkpoint_id: Any) -> Any:
    return literal("review:") + cast(checkpoint_id, String)


def record(
    session: Session, kind: str, key: str, people: Iterable[models.Participant], facts: dict[str, Any]
) -> int:
    """Write down a mail for each of these people who gets this kind; how many do."""
    if settings.current().smtp_url is None:
        return 0
    count = 0
    for person in people:
        if wanted(person, kind):
            count += _add(session, kind, key, person, facts)
    if count:
        outbox.wake_after_commit(session)
    return count


def wanted(participant: models.Participant, kind: str) -> bool:
    """Whether this person gets mail of this kind; test students and those who left get none."""
    member, person = participant.member, participant.member.person
    return (
        bool(person.email)
        and not member.is_test
        and member.active
        and participant.left_at is None
        and person.platform.keeps_names
        and kind not in (person.mail_off or [])
    )


def _add(
    session: Session, kind: str, key: str, participant: models.Participant, facts: dict[str, Any]
) -> int:
    now = clock.now()
    row = models.Delivery(
        kind="mail",
        route=ROUTE,
        key=f"{key}:{participant.id}" if kind != REVIEWS else key,
        version=1,
        participant_id=participant.id,
        body=json.dumps({"kind": kind, **facts}, sort_keys=True),
        state="pending",
        attempts=0,
        due_at=now,
        created_at=now,
    )
    try:
        # A repeat writes nothing: then the database refuses only this savepoint.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return 0
    return 1
