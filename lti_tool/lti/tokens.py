"""Access tokens for a platform's services: client credentials with a signed assertion.

RFC 6749 section 4.4, RFC 7523 section 2.2, LTI Security Framework 4.1. Tokens are kept in the database,
encrypted, for all processes of the tool, and renewed a minute before they end.
"""

import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from joserfc import jwt
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.db.secrets import Unreadable, decrypt, encrypt
from lti_tool.lti import keys, services
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.own_transaction import own_transaction
from lti_tool.lti.services import ServicePlatform

RENEW_BEFORE = timedelta(seconds=60)
_ASSERTION_LIFE = timedelta(minutes=2)
_SLOW_CLOCK = timedelta(seconds=5)
_LONGEST_LIFE = 24 * 3600
_USUAL_LIFE = 3600
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Token:
    value: str
    granted: frozenset[str]
    """The scopes that it carries: platforms grant fewer than were asked for without a word."""


def token(platform: ServicePlatform, scopes: Collection[str]) -> Token:
    """A token for these scopes, kept or new. Call it outside any transaction that writes.

    Raises:
        ServiceError: retry or paused; paused, too, when none of the scopes is granted.
    """
    asked = " ".join(sorted(set(scopes)))
    found = _kept(platform.id, asked)
    if found is None:
        found, expires_at = _fetch(platform, asked)
        _keep(platform.id, asked, found, expires_at)
    if not found.granted & set(scopes):
        raise ServiceError("paused", f"the platform grants none of: {asked}")
    return found


def forget(platform: ServicePlatform, scopes: Collection[str]) -> None:
    """Drop a kept token that the platform accepts no more."""
    with own_transaction() as session:
        session.execute(
            delete(models.AccessToken).where(
                models.AccessToken.platform_id == platform.id,
                models.AccessToken.scopes == " ".join(sorted(set(scopes))),
            )
        )


def call(
    platform: ServicePlatform, scopes: Collection[str], method: str, url: str, **arguments: Any
) -> requests.Response:
    """Call a service with a token; a token that was revoked meanwhile is renewed once.

    Returns:
        An answer with a 2xx status.

    Raises:
        ServiceError: see there.
    """
    response = _send(platform, scopes, method, url, arguments)
    if response.status_code == requests.codes.unauthorized:
        forget(platform, scopes)
        response = _send(platform, scopes, method, url, arguments)
    if not 200 <= response.status_code < 300:
        raise services.failure(response)
    return response


def _send(
    platform: ServicePlatform, scopes: Collection[str], method: str, url: str, arguments: dict[str, Any]
) -> requests.Response:
    headers = arguments.get("headers", {}) | {"Authorization": f"Bearer {token(platform, scopes).value}"}
    return services.request(method, url, **(arguments | {"headers": headers}))


def _kept(platform_id: int, asked: str) -> Token | None:
    with Session(db.engine) as session:
        row = session.scalar(
            select(models.AccessToken).where(
                models.AccessToken.platform_id == platform_id,
                models.AccessToken.scopes == asked,
                models.AccessToken.expires_at > clock.now() + RENEW_BEFORE,
            )
        )
        # After a change of the encryption key the old tokens are worth nothing; new ones are fetched.
        with suppress(Unreadable):
            return Token(decrypt(row.token), frozenset(row.granted.split())) if row else None
    return None


def _keep(platform_id: int, asked: str, fetched: Token, expires_at: datetime) -> None:
    # Two workers may ask at the same time: the platform gave both a good token, either may stay.
    with suppress(IntegrityError), own_transaction() as session:
        session.execute(
            delete(models.AccessToken).where(
                models.AccessToken.platform_id == platform_id, models.AccessToken.scopes == asked
            )
        )
        session.add(
            models.AccessToken(
                platform_id=platform_id,
                scopes=asked,
                granted=" ".join(sorted(fetched.granted))[:1000],
                token=encrypt(fetched.value),
                expires_at=expires_at,
            )
        )


def _fetch(platform: ServicePlatform, asked: str) -> tuple[Token, datetime]:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION_TYPE,
        "client_assertion": _assertion(platform),
        "scope": asked,
    }
    response = services.request("POST", platform.token_url, data=form, headers={"Accept": "application/json"})
    if response.status_code != requests.codes.ok:
        raise _refusal(response)
    # Moodle says text/html here; what counts is the body.
    return _read(services.json_of(response), asked)


def _refusal(response: requests.Response) -> ServiceError:
    error = services.failure(response)
    if error.kind == "refused":
        # Client, key or scope are not accepted: no call will succeed until somebody mends that.
        return ServiceError("paused", error.answer, status=error.status)
    return error


def _assertion(platform: ServicePlatform) -> str:
    signing = keys.signing_key()
    # A platform whose clock is a little behind refuses an assertion from its future.
    issued = int((clock.now() - _SLOW_CLOCK).timestamp())
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.audience or platform.token_url,
        "iat": issued,
        "exp": issued + int(_ASSERTION_LIFE.total_seconds()),
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode({"alg": "RS256", "kid": signing.kid, "typ": "JWT"}, claims, signing.key)


def _read(body: Any, asked: str) -> tuple[Token, datetime]:
    value = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise ServiceError("retry", "the token answer holds no access_token", status=200)
    scope = body.get("scope")
    granted = frozenset((scope if isinstance(scope, str) else asked).split())
    return Token(value, granted), clock.now() + timedelta(seconds=_seconds(body.get("expires_in")))


def _seconds(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LONGEST_LIFE:
        return _USUAL_LIFE
    return int(value)
