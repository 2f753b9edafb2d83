"""Statements to the record stores."""

from collections.abc import Sequence

import requests
from sqlalchemy.orm import Session

import xapi
from lti_tool import outgoing, settings
from lti_tool.db import engine
from lti_tool.db.secrets import Unreadable
from lti_tool.outbox import store_tokens, stores
from lti_tool.outbox.outcome import BEGIN_WITHIN, Kind, Message, Outcome
from lti_tool.outbox.stores import Store

BATCH = 100
TIMEOUT = (outgoing.CONNECT_SECONDS, outgoing.READ_SECONDS)
UNAUTHORIZED = 401


def send(
    session: Session, http: requests.Session, route: str, messages: Sequence[Message]
) -> dict[int, Outcome]:
    """Send statements in one request where the store allows it; gives the outcome by the message's id.

    One that is not in the answer was not begun: the store was too slow.
    """
    try:
        store = stores.of_route(session, route)
    except Unreadable:
        return _all(messages, Outcome("paused", None, "The stored password cannot be read any more."))
    finally:
        engine.rollback(session)
    if store is None:
        return _all(messages, Outcome("paused", None, "No record store is configured."))
    try:
        report = _send(store, http, [xapi.StatementText(one.key, one.body.encode()) for one in messages])
    except store_tokens.TokenRefused as refused:
        return _all(messages, Outcome("paused", UNAUTHORIZED, f"No access token: {refused}"))
    except requests.RequestException as error:
        return _all(messages, Outcome("retry", None, f"No access token: {type(error).__name__}"))
    unsent = set(report.unsent)
    if len(unsent) == len(messages):
        # Going back as if nothing had been tried, they would be tried for ever.
        return _all(messages, Outcome("retry", None, "The record store took too long."))
    return {one.id: _outcome(report, one.key) for one in messages if one.key not in unsent}


def _send(store: Store, http: requests.Session, texts: Sequence[xapi.StatementText]) -> xapi.SendReport:
    """A token that was revoked meanwhile is renewed once."""
    report = client(store, http).send(texts, within=BEGIN_WITHIN)
    if store.token_url is not None and report.status == UNAUTHORIZED:
        store_tokens.forget(store)
        waiting = set(report.retry)
        again = client(store, http).send([text for text in texts if text.id in waiting], within=BEGIN_WITHIN)
        again.delivered = report.delivered + again.delivered
        again.refused = report.refused | again.refused
        return again
    return report


def look_up(store: Store, messages: Sequence[Message]) -> dict[int, xapi.Found]:
    """What the store has of statements that it once took, by the message's id.

    Ends at the first one for which there is no usable answer; that one and the rest are left out.
    """
    found: dict[int, xapi.Found] = {}
    with outgoing.http(settings.current()) as http:
        try:
            asked = client(store, http)
        except (store_tokens.TokenRefused, requests.RequestException):
            return found
        for message in messages:
            one = asked.find(message.body)
            if one == "unknown":
                store_tokens.forget(store)
                break
            found[message.id] = one
    return found


def client(store: Store, http: requests.Session) -> xapi.Client:
    """A client of this store that is let in.

    Raises:
        store_tokens.TokenRefused: there is no token to be had for it.
        requests.RequestException: the token's issuer gave no answer.
    """
    if store.token_url is not None:
        http.headers["Authorization"] = f"Bearer {store_tokens.token(store, http)}"
    by_password = store.token_url is None
    return xapi.Client(
        store.endpoint,
        store.username if by_password else None,
        store.secret if by_password else None,
        store.version,
        session=http,
        timeout=TIMEOUT,
    )


def _all(messages: Sequence[Message], outcome: Outcome) -> dict[int, Outcome]:
    return {message.id: outcome for message in messages}


def _outcome(report: xapi.SendReport, statement_id: str) -> Outcome:
    if statement_id in report.refused:
        refusal = report.refused[statement_id]
        return Outcome("refused", refusal.status, refusal.answer)
    if statement_id in report.retry:
        kind: Kind = "paused" if report.paused else "retry"
        return Outcome(kind, report.status, report.answer, report.retry_after)
    return Outcome("delivered", 200)
