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

from sqlalchemy import delete, select, update
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


@dataclass(frozen=True)
class Begun:
    """What a login sends out: state and nonce to the platform, the cookie to the browser."""

    state: str
    nonce: str
    cookie: str

    @property
    def cookie_name(self) -> str:
        return cookie_name(self.state)


def cookie_name(state: str) -> str:
    """One cookie a login, so that two activities may be opened at the same time."""
    return f"pm_login_{state[:16]}"


def begin(session: Session, platform: models.Platform, target_link_uri: str) -> Begun:
    """Record a login. State, nonce and cookie hold 256 random bits each."""
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    now = clock.now()
    session.add(
        models.Login(
            state=begun.state,
            nonce=begun.nonce,
            platform_id=platform.id,
            target_link_uri=target_link_uri,
            browser=_digest(begun.cookie),
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


def find(session: Session, state: str | None, cookies: Mapping[str, str]) -> PendingLogin:
    """The login that a launch answers, if it is unexpired, unused, and this browser's own.

    Raises:
        LaunchRefused: state-missing, state-unknown, state-used, state-expired, state-other-browser,
            platform-disabled.
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
    if row.expires_at <= clock.now():
        raise LaunchRefused("state-expired")
    if not hmac.compare_digest(_digest(cookies.get(cookie_name(state), "")), row.browser):
        raise LaunchRefused("state-other-browser")
    if row.platform.disabled_at is not None:
        raise LaunchRefused("platform-disabled")
    return _detached(row)


def consume(session: Session, login: PendingLogin) -> None:
    """Use the login up. Of several launches with one state exactly one gets past here.

    Called only after the signature was checked: a forged message must not spoil a login under way.

    Raises:
        LaunchRefused: state-used.
    """
    now = clock.now()
    used = session.execute(
        update(models.Login)
        .where(models.Login.id == login.id, models.Login.used_at.is_(None), models.Login.expires_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise LaunchRefused("state-used")


def _detached(row: models.Login) -> PendingLogin:
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
    )


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
