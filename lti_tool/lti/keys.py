"""The tool's own signing keys: made here, published as a key set, the private halves encrypted at rest."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.db.secrets import decrypt, encrypt
from lti_tool.lti.own_transaction import own_transaction

KEY_BITS = 2048
PUBLISHED_BEFORE = timedelta(hours=24)
"""A further key is published for so long before it signs: platforms keep the key set for a while."""
STILL_PUBLISHED = timedelta(days=14)
"""A retired key stays in the key set this long: what it signed may be checked a little later."""


class LastKey(Exception):
    """The key cannot be retired: nothing would be left to sign with."""


@dataclass(frozen=True)
class SigningKey:
    kid: str
    key: RSAKey


def generate(session: Session, *, signs_from: datetime | None = None) -> models.ToolKey:
    """Add a new RSA key; it signs from the time given, or else from now on. Flushes, never commits."""
    now = clock.now()
    key = RSAKey.generate_key(KEY_BITS)
    kid = secrets.token_hex(10)
    row = models.ToolKey(
        kid=kid,
        private_pem=encrypt(key.as_pem(private=True).decode("ascii")),
        public_jwk={**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"},
        created_at=now,
        signs_from=signs_from or now,
    )
    session.add(row)
    session.flush()
    return row


def rotate(session: Session, *, at_once: bool = False) -> models.ToolKey:
    """Add the key that takes over: published now, signing a day later. A repeated call adds no second one.

    Args:
        at_once: it signs from now on; platforms that kept the old key set refuse calls until they ask again.
    """
    now = clock.now()
    coming = next((key for key in _active(session) if key.signs_from > now), None)
    if coming is None:
        signs_now = any(key.signs_from <= now for key in _active(session))
        waits = signs_now and not at_once
        return generate(session, signs_from=now + PUBLISHED_BEFORE if waits else now)
    if at_once:
        coming.signs_from = now
        session.flush()
    return coming


def retire(session: Session, kid: str) -> models.ToolKey | None:
    """Let a key sign no more. It stays published for a while. None when there is no such key.

    Raises:
        LastKey: when no other key signs now.
    """
    active = _active(session)
    found = session.get(models.ToolKey, kid)
    if found is None or found.retired_at is not None:
        return found
    now = clock.now()
    if not any(key.signs_from <= now for key in active if key.kid != kid):
        raise LastKey
    found.retired_at = now
    session.flush()
    return found


def _active(session: Session) -> Sequence[models.ToolKey]:
    query = select(models.ToolKey).where(models.ToolKey.retired_at.is_(None)).order_by(models.ToolKey.kid)
    # Two administrators at the same moment must not retire the last two keys.
    return session.scalars(query.with_for_update()).all()


def signs(key: models.ToolKey) -> bool:
    """Whether its time to sign has come and not gone."""
    return key.retired_at is None and key.signs_from <= clock.now()


def published(session: Session) -> Sequence[models.ToolKey]:
    """Keys that platforms may need now or soon, the signing one first."""
    now = clock.now()
    query = (
        select(models.ToolKey)
        .where(
            or_(
                models.ToolKey.retired_at.is_(None),
                models.ToolKey.retired_at > now - STILL_PUBLISHED,
            )
        )
        .order_by(
            models.ToolKey.retired_at.is_not(None),
            models.ToolKey.signs_from > now,
            models.ToolKey.signs_from.desc(),
            models.ToolKey.kid,
        )
    )
    return session.scalars(query).all()


def signing_key() -> SigningKey:
    """The key to sign with, made on first need. Call it outside any transaction that writes.

    Raises:
        lti_tool.db.secrets.Unreadable: when PEER_MENTOR_ENCRYPTION_KEY is not the one it was stored with.
    """
    row = _published_with_one()[0]
    return SigningKey(row.kid, RSAKey.import_key(decrypt(row.private_pem)))


def key_set() -> dict[str, Any]:
    """The public keys as a JWK set (RFC 7517). Call it outside any transaction that writes."""
    return {"keys": [row.public_jwk for row in _published_with_one()]}


def _published_with_one() -> Sequence[models.ToolKey]:
    with Session(db.engine) as session:
        rows = published(session)
    if rows and rows[0].retired_at is None:
        return rows
    with own_transaction() as session:
        # Two processes may both get here on the first day: two keys are published, and both are good.
        if not any(row.retired_at is None for row in published(session)):
            generate(session)
        return published(session)
