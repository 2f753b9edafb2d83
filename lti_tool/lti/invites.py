"""One-time addresses at which a platform registers itself (Dynamic Registration 1.0, section 3.1)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti.launch import text
from lti_tool.lti.registration_errors import RegistrationRefused

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Issued:
    """An invite and its address, which is known only now."""

    invite: models.Invite
    url: str


def create(session: Session, public_url: str, name: str | None = None) -> Issued:
    """Make an invite for one platform. Flushes, never commits.

    Args:
        public_url: of the tool.
        name: what to call the platform that comes by it.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    invite = models.Invite(
        digest=digest(secret), name=text(name, 200), created_at=now, expires_at=now + LIFETIME, used_at=None
    )
    session.add(invite)
    session.flush()
    return Issued(invite, f"{public_url}/lti/register?invite={secret}")


def find(session: Session, secret: str | None) -> models.Invite:
    """The invite that an address holds, while it is good.

    Raises:
        RegistrationRefused: invite-missing, invite-unknown, invite-used, invite-expired.
    """
    if not secret:
        raise RegistrationRefused("invite-missing")
    invite = session.scalar(select(models.Invite).where(models.Invite.digest == digest(secret)))
    if invite is None:
        raise RegistrationRefused("invite-unknown")
    if invite.used_at is not None:
        raise RegistrationRefused("invite-used")
    if invite.expires_at <= clock.now():
        raise RegistrationRefused("invite-expired")
    return invite


def consume(session: Session, invite_id: int, platform: models.Platform) -> None:
    """Use an invite up: only here, when a platform has come by it. Of two at a time one gets past here.

    Raises:
        RegistrationRefused: invite-used.
    """
    used = session.execute(
        update(models.Invite)
        .where(models.Invite.id == invite_id, models.Invite.used_at.is_(None))
        .values(used_at=clock.now(), platform_id=platform.id)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise RegistrationRefused("invite-used")


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
