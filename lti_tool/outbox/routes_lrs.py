"""Statements to the record store."""

from collections.abc import Sequence

import requests

import xapi
from lti_tool import outgoing
from lti_tool.outbox.outcome import Kind, Message, Outcome
from lti_tool.settings import Settings

BATCH = 50
TIMEOUT = (outgoing.CONNECT_SECONDS, outgoing.READ_SECONDS)


def send(settings: Settings, messages: Sequence[Message]) -> dict[int, Outcome]:
    """Send statements in one request where the store allows it; gives the outcome by the message's id."""
    if settings.lrs_endpoint is None:
        unset = Outcome("paused", None, "No record store is configured.")
        return {message.id: unset for message in messages}
    with outgoing.http(settings) as http:
        report = _client(settings, settings.lrs_endpoint, http).send([message.body for message in messages])
    return {message.id: _outcome(report, message.key) for message in messages}


def look_up(settings: Settings, messages: Sequence[Message]) -> dict[int, xapi.Found]:
    """What the store has of statements that it once took, by the message's id.

    Ends at the first one for which there is no usable answer; that one and the rest are left out.
    """
    found: dict[int, xapi.Found] = {}
    if settings.lrs_endpoint is None:
        return found
    with outgoing.http(settings) as http:
        client = _client(settings, settings.lrs_endpoint, http)
        for message in messages:
            one = client.find(message.body)
            if one == "unknown":
                break
            found[message.id] = one
    return found


def _client(settings: Settings, endpoint: str, http: requests.Session) -> xapi.Client:
    return xapi.Client(
        endpoint,
        settings.lrs_username,
        settings.lrs_password,
        settings.lrs_version,
        session=http,
        timeout=TIMEOUT,
    )


def _outcome(report: xapi.SendReport, statement_id: str) -> Outcome:
    if statement_id in report.refused:
        refusal = report.refused[statement_id]
        return Outcome("refused", refusal.status, refusal.answer)
    if statement_id in report.retry:
        kind: Kind = "paused" if report.paused else "retry"
        return Outcome(kind, report.status, report.answer, report.retry_after)
    return Outcome("delivered", 200)
