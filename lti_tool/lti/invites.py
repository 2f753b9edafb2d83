"""One-time addresses at which a platform registers itself (Dynamic Registration 1.0, section 3.1)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_tool.db import clock, models

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
        digest=digest(secret), name=name, created_at=now, expires_at=now + LIFETIME, used_at=None
    )
    session.add(invite)
    session.flush()
    return Issued(invite, f"{public_url}/lti/register?invite={secret}")


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
