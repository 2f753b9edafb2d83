"""The row of a login under way: made by the login, used up by the one launch that answers it.

It ties together what a launch has to prove: the state, the nonce, the platform that was asked, the page that
was wanted, and the browser that wanted it (Security Framework 5.1.1.2, OpenID Connect Core 3.1.2.1).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti.errors import LaunchRefused

LIFETIME = timedelta(minutes=10)
_FORGET_AFTER = timedelta(hours=1)
_FORGET_AT_ONCE = 100
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class PendingLogin:
    """A login row and its platform, detached: the keys are fetched outside any transaction."""

    id: int
    nonce: str
    target_link_uri: str
    platform_id: int
    issuer: str
    client_id: str
    auth_url: str
    jwks_url: str
    by_storage: bool
    """The browser proved itself through the platform's storage: cookies do not work where it is."""


@dataclass(frozen=True)
class Begun:
    """What a login sends out: state and nonce to the platform, the secret to the browser.

    The browser keeps the secret in a cookie or, where it keeps none, in the platform's storage.
    """

    state: str
    nonce: str
    secret: str

    @property
    def cookie_name(self) -> str:
        return cookie_name(self.state)


def cookie_name(state: str) -> str:
    """One cookie a login, so that two activities may be opened at the same time."""
    return f"pm_login_{state[:16]}"


def begin(
    session: Session,
    platform: models.Platform,
    initiation: Mapping[str, str],
    storage_target: str | None = None,
) -> Begun:
    """Record a login. State, nonce and secret hold 256 random bits each.

    Args:
        initiation: the platform's parameters, checked.
        storage_target: the platform's frame that will keep the secret; None for a cookie.
    """
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    now = clock.now()
    session.add(
        models.Login(
            state=begun.state,
            nonce=begun.nonce,
            platform_id=platform.id,
            target_link_uri=initiation["target_link_uri"],
            browser=_digest(begun.secret),
            initiation=dict(initiation),
            storage_target=storage_target,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    # The worker's sweep does this, too; where none runs, the table still does not grow.
    forget_expired(session, most=_FORGET_AT_ONCE)
    return begun


def forget_expired(session: Session, *, most: int) -> None:
    """Delete up to ``most`` logins, the oldest first, a while beyond their end: a late launch hears so."""
    expired = (
        select(models.Login.id)
        .where(models.Login.expires_at < clock.now() - _FORGET_AFTER)
        .order_by(models.Login.expires_at)
        .limit(most)
        # Several logins at once each delete other rows, and do not wait for each other.
        .with_for_update(skip_locked=True)
    )
    session.execute(
        delete(models.Login)
        .where(models.Login.id.in_(session.scalars(expired).all()))
        .execution_options(synchronize_session=False)
    )


def find(
    session: Session, state: str | None, cookies: Mapping[str, str], proof: str | None = None
) -> PendingLogin:
    """The login that a launch answers, if it is unexpired, unused, and this browser's own.

    Args:
        proof: what the browser read back from the platform's storage, if the login was begun with that.

    Raises:
        LaunchRefused: state-missing, state-unknown, state-used, state-expired, state-other-browser,
            platform-disabled.
    """
    row = pending(session, state)
    by_cookie = holds_cookie(row, cookies)
    if not (by_cookie or _holds_proof(row, proof)):
        raise LaunchRefused("state-other-browser")
    if row.platform.disabled_at is not None:
        raise LaunchRefused("platform-disabled")
    return _detached(row, by_storage=not by_cookie)


def pending(session: Session, state: str | None) -> models.Login:
    """The row of a login that may still be answered, whoever asks.

    Raises:
        LaunchRefused: state-missing, state-unknown, state-used, state-expired.
    """
    row = unanswered(session, state)
    if row.expires_at <= clock.now():
        raise LaunchRefused("state-expired")
    return row


def unanswered(session: Session, state: str | None) -> models.Login:
    """The row of a login that was not used, even when it is too late to answer it.

    Raises:
        LaunchRefused: state-missing, state-unknown, state-used.
    """
    if not state:
        raise LaunchRefused("state-missing")
    row = (
        session.query(models.Login).filter_by(state=state).one_or_none() if _STATE.fullmatch(state) else None
    )
    if row is None:
        raise LaunchRefused("state-unknown")
    if row.used_at is not None:
        raise LaunchRefused("state-used")
    return row


def holds_cookie(row: models.Login, cookies: Mapping[str, str]) -> bool:
    """Whether this is the browser that began the login, by its cookie."""
    return hmac.compare_digest(_digest(cookies.get(cookie_name(row.state), "")), row.browser)


def _holds_proof(row: models.Login, proof: str | None) -> bool:
    # Only a login whose secret was given to the storage: there the cookie was never set.
    return row.storage_target is not None and hmac.compare_digest(_digest(proof or ""), row.browser)


def use_up(session: Session, login: models.Login) -> None:
    """Use a login up, however late, for another that begins in its place.

    Raises:
        LaunchRefused: state-used.
    """
    _spend(session, models.Login.id == login.id)


def consume(session: Session, login: PendingLogin) -> None:
    """Use the login up. Of several launches with one state exactly one gets past here.

    Called only after the signature was checked: a forged message must not spoil a login under way.

    Raises:
        LaunchRefused: state-used.
    """
    _spend(session, models.Login.id == login.id, models.Login.expires_at > clock.now())


def _spend(session: Session, *which: ColumnElement[bool]) -> None:
    used = session.execute(
        update(models.Login)
        .where(models.Login.used_at.is_(None), *which)
        # What it was begun with names a person, and is needed no more.
        .values(used_at=clock.now(), initiation=None)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise LaunchRefused("state-used")


def _detached(row: models.Login, *, by_storage: bool) -> PendingLogin:
    platform = row.platform
    return PendingLogin(
        id=row.id,
        nonce=row.nonce,
        target_link_uri=row.target_link_uri,
        platform_id=platform.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=platform.auth_url,
        jwks_url=platform.jwks_url,
        by_storage=by_storage,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
