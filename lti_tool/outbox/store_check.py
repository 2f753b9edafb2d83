"""Whether a record store lets the tool in and speaks its version of xAPI."""

import requests

from lti_tool import outgoing, settings
from lti_tool.outbox import routes_lrs, store_tokens
from lti_tool.outbox.stores import Store


class StoreRefused(Exception):
    """The store does not do what it has to; the text is for an administrator."""


def check(store: Store) -> str:
    """Ask the store for one statement (xAPI 1.0.3, Communication 2.1.3). Nothing is stored.

    Returns:
        What it answered.

    Raises:
        StoreRefused: no answer, or not one of a record store that knows the tool.
    """
    with outgoing.http(settings.current()) as http:
        try:
            answer = routes_lrs.client(store, http).any_statement()
        except store_tokens.TokenRefused as refused:
            raise StoreRefused(f"no access token ({refused})") from None
        except outgoing.Refused as refused:
            raise StoreRefused(str(refused)) from None
        except requests.RequestException as error:
            raise StoreRefused(f"no answer ({type(error).__name__})") from None
    if answer.status_code != requests.codes.ok:
        raise StoreRefused(f"it answers {answer.status_code} {answer.reason or ''}".strip())
    spoken = answer.headers.get("X-Experience-API-Version", "a version that it does not name")
    return f"it lets the tool in and speaks xAPI {spoken}"
