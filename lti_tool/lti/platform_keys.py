"""A platform's public keys: kept in the database, fetched again when they are old or lack the one named.

Verification is never skipped: where no keys can be had, the launch is refused for the time being.
"""

import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import requests
from flask import current_app
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import outgoing, settings
from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.own_transaction import own_transaction

FRESH = timedelta(hours=1)
"""For so long the kept keys are believed without asking again."""
USABLE = timedelta(days=7)
"""For so long the last good keys serve while the platform cannot be reached."""
ASK_AGAIN = timedelta(seconds=60)
"""Unknown key ids make us ask the platform no more often than this."""
_SMALLEST_KEY = 2048
"""Bits of the modulus (RFC 7518, section 3.3)."""
_MOST_KEYS = 100


def find(platform_id: int, jwks_url: str, kid: str) -> RSAKey:
    """The platform's RSA key of this id. Call it outside any transaction.

    Raises:
        LaunchRefused: key-unknown, or platform-keys-unavailable (503).
    """
    kept = _kept(platform_id)
    age = clock.now() - kept.fetched_at if kept else None
    known = _pick(kept.document, kid) if kept else None
    if known is not None and age is not None and age < FRESH:
        return known
    if age is not None and age < ASK_AGAIN:
        return _or_refuse(known, kid)
    # While the kept keys may serve, a platform that just failed to answer does not hold up every launch.
    waits = age is not None and age < USABLE and _failed_lately(platform_id)
    fetched = None if waits else _fetch(platform_id, jwks_url)
    if fetched is not None:
        return _or_refuse(_pick(fetched, kid), kid)
    if age is None or age >= USABLE:
        raise LaunchRefused("platform-keys-unavailable", jwks_url)
    return _or_refuse(known, kid, unreachable=True)


def _or_refuse(key: RSAKey | None, kid: str, *, unreachable: bool = False) -> RSAKey:
    if key is None:
        # The platform may have changed its keys while it cannot be asked: that is not the sender's fault.
        raise LaunchRefused("platform-keys-unavailable" if unreachable else "key-unknown", kid[:100])
    return key


def _kept(platform_id: int) -> models.PlatformKeySet | None:
    with Session(db.engine) as session:
        return session.get(models.PlatformKeySet, platform_id)


def _fetch(platform_id: int, jwks_url: str) -> dict[str, Any] | None:
    try:
        with outgoing.http(settings.current()) as http:
            answer = http.get(jwks_url, headers={"Accept": "application/json"})
        document = _usable(answer.json()) if answer.status_code == 200 else None
    except (requests.RequestException, ValueError, RecursionError):
        document = None
    if document is None:
        _failures()[platform_id] = time.monotonic()
        return None
    _failures().pop(platform_id, None)
    _keep(platform_id, document, clock.now())
    return document


def _usable(document: Any) -> dict[str, Any] | None:
    """The RSA keys of a key set (RFC 7517, section 5); None when it is none."""
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        return None
    rsa = [key for key in keys[:_MOST_KEYS] if isinstance(key, dict) and key.get("kty") == "RSA"]
    wanted = ("kty", "kid", "use", "alg", "n", "e")
    return {"keys": [{name: key[name] for name in wanted if isinstance(key.get(name), str)} for key in rsa]}


def _keep(platform_id: int, document: dict[str, Any], moment: datetime) -> None:
    # Two launches may fetch at the same time; either's keys will do.
    with suppress(IntegrityError), own_transaction() as session:
        session.merge(models.PlatformKeySet(platform_id=platform_id, document=document, fetched_at=moment))


def _pick(document: Mapping[str, Any], kid: str) -> RSAKey | None:
    for entry in document["keys"]:
        if entry.get("kid") != kid or not _may_sign(entry):
            continue
        with suppress(JoseError, ValueError, TypeError, KeyError):
            return RSAKey.import_key(entry)
    return None


def _may_sign(entry: Mapping[str, Any]) -> bool:
    if entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return False
    modulus = entry.get("n", "")
    try:
        size = int.from_bytes(urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))).bit_length()
    except ValueError:
        return False
    return size >= _SMALLEST_KEY


def _failures() -> dict[int, float]:
    """When each platform last failed to answer this process (monotonic seconds)."""
    failures: dict[int, float] = current_app.extensions.setdefault("lti_key_failures", {})
    return failures


def _failed_lately(platform_id: int) -> bool:
    failed_at = _failures().get(platform_id)
    return failed_at is not None and time.monotonic() - failed_at < ASK_AGAIN.total_seconds()
