"""Statements to the record store."""

from collections.abc import Sequence

import xapi
from lti_tool import outgoing
from lti_tool.outbox.outcome import Kind, Message, Outcome
from lti_tool.settings import Settings

BATCH = 50


def send(settings: Settings, messages: Sequence[Message]) -> dict[int, Outcome]:
    """Send statements in one request where the store allows it; gives the outcome by the message's id."""
    if settings.lrs_endpoint is None:
        unset = Outcome("paused", None, "No record store is configured.")
        return {message.id: unset for message in messages}
    with outgoing.http(settings) as http:
        client = xapi.Client(
            settings.lrs_endpoint,
            settings.lrs_username,
            settings.lrs_password,
            settings.lrs_version,
            session=http,
        )
        report = client.send([message.body for message in messages])
    return {message.id: _outcome(report, message.key) for message in messages}


def _outcome(report: xapi.SendReport, statement_id: str) -> Outcome:
    if statement_id in report.refused:
        refusal = report.refused[statement_id]
        return Outcome("refused", refusal.status, refusal.answer)
    if statement_id in report.retry:
        kind: Kind = "paused" if report.paused else "retry"
        return Outcome(kind, report.status, report.answer, report.retry_after)
    return Outcome("delivered", 200)
