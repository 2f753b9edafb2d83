"""Whether the record store lets the tool in and speaks its version of xAPI."""

import requests

from lti_tool import outgoing
from lti_tool.settings import Settings


class StoreRefused(Exception):
    """The store does not do what it has to; the text is for an administrator."""


def check(settings: Settings) -> str | None:
    """Ask the store for one statement (xAPI 1.0.3, Communication 2.1.3). Nothing is stored.

    Returns:
        What it answered; None when no store is configured.

    Raises:
        StoreRefused: no answer, or not one of a record store that knows the tool.
    """
    if settings.lrs_endpoint is None:
        return None
    login = (settings.lrs_username, settings.lrs_password or "") if settings.lrs_username else None
    try:
        with outgoing.http(settings) as http:
            answer = http.get(
                f"{settings.lrs_endpoint.rstrip('/')}/statements",
                params={"limit": "1"},
                headers={"X-Experience-API-Version": settings.lrs_version},
                auth=login,
            )
    except requests.RequestException as error:
        raise StoreRefused(f"no answer ({type(error).__name__})") from None
    if answer.status_code != requests.codes.ok:
        raise StoreRefused(f"it answers {answer.status_code} {answer.reason or ''}".strip())
    spoken = answer.headers.get("X-Experience-API-Version", "a version that it does not name")
    return f"it lets the tool in and speaks xAPI {spoken}"
