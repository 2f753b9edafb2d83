"""Mail over SMTP (RFC 5321), one connection for a batch."""

import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import engine, models
from lti_tool.outbox import calendar_files, mail_text
from lti_tool.outbox.outcome import BEGIN_WITHIN, Message, Outcome
from lti_tool.settings import Settings

BATCH = 20
TIMEOUT = 10.0
"""Seconds for each answer of the mail server."""
UNAUTHORIZED = 401
PERMANENT = 500
"""From this reply code on a server will never take a message (RFC 5321 section 4.2.1)."""


@dataclass(frozen=True)
class _Ready:
    id: int
    mail: mail_text.Mail
    key: str
    made_at: datetime


def send(session: Session, messages: Sequence[Message]) -> dict[int, Outcome]:
    """Send mails one by one; when the server is not to be had, the rest waits with that one.

    One that is not in the answer was not begun: the server was too slow.
    """
    values = settings.current()
    if values.smtp_url is None:
        return {one.id: Outcome("paused", None, "No mail server is configured.") for one in messages}
    ready = _in_words(session, messages)
    wanted = {one.id for one in ready}
    outcomes = {
        one.id: Outcome("unwanted", None, "It is not wanted any more.")
        for one in messages
        if one.id not in wanted
    }
    return outcomes | _send_all(values, values.smtp_url, ready)


def _in_words(session: Session, messages: Sequence[Message]) -> list[_Ready]:
    rows = session.execute(
        select(models.Delivery, models.Participant)
        .join(models.Delivery.participant)
        .where(models.Delivery.id.in_([one.id for one in messages]))
        .order_by(models.Delivery.id)
    ).all()
    found = [(row, mail_text.of_delivery(session, participant, row.body)) for row, participant in rows]
    ready = [_Ready(row.id, made, row.key, row.created_at) for row, made in found if made is not None]
    engine.rollback(session)
    return ready


def _send_all(values: Settings, url: str, ready: Sequence[_Ready]) -> dict[int, Outcome]:
    if not ready:
        return {}
    outcomes: dict[int, Outcome] = {}
    try:
        server = _connect(values, url)
    except (OSError, smtplib.SMTPException) as error:
        return dict.fromkeys([one.id for one in ready], _failure(error))
    begun = time.monotonic()
    # What the server says to our leaving, or that it hangs up, changes nothing of what it took.
    with suppress(OSError, smtplib.SMTPException), server:
        for one in ready:
            if time.monotonic() - begun > BEGIN_WITHIN:
                break
            outcomes[one.id] = _send_one(server, values, one)
            if outcomes[one.id].kind in {"retry", "paused"}:
                break
    waiting = next((one for one in outcomes.values() if one.kind in {"retry", "paused"}), None)
    if waiting is None:
        return outcomes
    return dict.fromkeys([one.id for one in ready], waiting) | outcomes


def _connect(values: Settings, url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    server.ehlo()
    encrypted = parts.scheme == "smtps"
    if not encrypted and server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
        encrypted = True
    if parts.username:
        if not encrypted and not values.allow_loopback:
            server.close()
            raise smtplib.SMTPAuthenticationError(UNAUTHORIZED, b"the mail server offers no encryption")
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _send_one(server: smtplib.SMTP, values: Settings, one: _Ready) -> Outcome:
    try:
        server.send_message(_message(values, one))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return _failure(error)
    return Outcome("delivered", 250)


def _message(values: Settings, one: _Ready) -> EmailMessage:
    """The same message id at each try, so that a mail program can tell a repeat (RFC 5322 3.6.4)."""
    host = urlsplit(values.public_url).hostname
    message = EmailMessage()
    message["From"] = f"Peer Mentor <{values.sender}>"
    message["To"] = one.mail.address
    message["Subject"] = one.mail.subject
    message["Date"] = format_datetime(one.made_at)
    message["Message-ID"] = f"<{one.key.replace(':', '.')}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(one.mail.text)
    if one.mail.appointment is not None:
        _add_calendar(message, values, one, one.mail.appointment)
    return message


def _add_calendar(
    message: EmailMessage, values: Settings, one: _Ready, what: calendar_files.Appointment
) -> None:
    people = values.sender, one.mail.address
    made = calendar_files.calendar_file(what, one.mail.subject, values.public_url, one.made_at, people)
    message.add_alternative(
        made.decode(),
        subtype="calendar",
        params={"method": calendar_files.method(what, invites=True)},
        filename="session.ics",
    )


def _failure(error: Exception) -> Outcome:
    """What a server's refusal means: for this mail, for the sender, or only for now."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _by_code(code, text)
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return Outcome("paused", UNAUTHORIZED, _words(error.smtp_code, error.smtp_error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Outcome("refused", None, f"{type(error).__name__}: the address cannot be written to")
    return Outcome("retry", None, type(error).__name__)


def _by_code(code: int, text: bytes | str) -> Outcome:
    # A mailbox that is full or a server that is busy says 4xx: the mail waits.
    return Outcome("refused" if code >= PERMANENT else "retry", code, _words(code, text))


def _words(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {said}"
