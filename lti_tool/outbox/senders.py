"""Which part of the outbox sends on which route, and how many messages at once."""

from collections.abc import Mapping, Sequence

import requests
from sqlalchemy.orm import Session

from lti_tool.outbox import mail, routes_ags, routes_lrs, routes_mail, stores
from lti_tool.outbox.outcome import Message, Outcome


def batch(route: str) -> int:
    """How many messages of this route are taken at once."""
    if route == mail.ROUTE:
        return routes_mail.BATCH
    return routes_lrs.BATCH if stores.is_store(route) else routes_ags.BATCH


def send(
    session: Session, http: requests.Session, route: str, messages: Sequence[Message]
) -> Mapping[int, Outcome]:
    """Send messages of one route, outside any transaction; gives what became of each by its id.

    http: kept from one batch of the route to the next, so that they share a connection.
    """
    if stores.is_store(route):
        return routes_lrs.send(session, http, route, messages)
    if route == mail.ROUTE:
        return routes_mail.send(session, messages)
    return routes_ags.send(session, messages)
