"""Access tokens for record stores that ask for them: OAuth 2.0 client credentials (RFC 6749 section 4.4).

Kept in this process only: a new one costs one call, and nothing has to be kept secret at rest.
"""

import time
from threading import Lock

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Auth
from authlib.integrations.requests_client.oauth2_session import OAuth2ClientAuth
from authlib.oauth2.client import OAuth2Client

from lti_tool.outbox.stores import Store

RENEW_BEFORE = 60.0
USUAL_LIFE = 300.0
"""Seconds; for a token whose life is not told (RFC 6749 section 5.1 leaves it out where it is documented)."""
LONGEST_LIFE = 24 * 3600.0

_kept: dict[Store, tuple[str, float]] = {}
_lock = Lock()


class TokenRefused(Exception):
    """The token's issuer lets nobody in; the text is its reason."""


class _Client(OAuth2Client):  # type: ignore[misc]  # Authlib has no types
    client_auth_class = OAuth2ClientAuth
    token_auth_class = OAuth2Auth
    oauth_error_class = OAuthError
    SESSION_REQUEST_PARAMS = ("timeout", "allow_redirects")


def token(store: Store, http: requests.Session) -> str:
    """A token for this store, kept or new; fetched through the guarded session.

    Raises:
        TokenRefused: the credentials, the scope or the answer are no good.
        requests.RequestException: no answer.
    """
    with _lock:
        known = _kept.get(store)
    if known is not None and known[1] > time.monotonic() + RENEW_BEFORE:
        return known[0]
    value, life = _fetch(store, http)
    with _lock:
        _kept[store] = value, time.monotonic() + life
    return value


def forget(store: Store) -> None:
    """Drop a token that the store does not accept any more."""
    with _lock:
        _kept.pop(store, None)


def _fetch(store: Store, http: requests.Session) -> tuple[str, float]:
    client = _Client(http, client_id=store.username, client_secret=store.secret, scope=store.scope)
    client.register_compliance_hook("access_token_response", _readable)
    try:
        found = client.fetch_token(store.token_url, grant_type="client_credentials")
    except OAuthError as error:
        raise TokenRefused(f"{error.error}: {error.description or ''}".rstrip(": ")) from None
    value = found.get("access_token")
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise TokenRefused("the answer holds no access token")
    return value, _life(found.get("expires_in"))


def _readable(response: requests.Response) -> requests.Response:
    """Only JSON objects go on to Authlib; a server that is out of order is asked again later."""
    if response.status_code >= 500:
        raise requests.ConnectionError(f"the token's issuer answers {response.status_code}")
    try:
        found = response.json()
    except requests.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise TokenRefused(f"the token's issuer answers {response.status_code} and no JSON object")
    return response


def _life(expires_in: object) -> float:
    try:
        return min(max(float(str(expires_in)), 0.0), LONGEST_LIFE)
    except ValueError:
        return USUAL_LIFE
