"""The tool's own signing keys: made here, published as a key set, the private halves encrypted at rest."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.db.secrets import decrypt, encrypt
from lti_tool.lti.own_transaction import own_transaction

KEY_BITS = 2048
STILL_PUBLISHED = timedelta(days=14)
"""A retired key stays in the key set this long: what it signed may be checked a little later."""


@dataclass(frozen=True)
class SigningKey:
    kid: str
    key: RSAKey


def generate(session: Session) -> models.ToolKey:
    """Add a new RSA key; from now on it signs. Flushes, never commits."""
    key = RSAKey.generate_key(KEY_BITS)
    kid = secrets.token_hex(10)
    row = models.ToolKey(
        kid=kid,
        private_pem=encrypt(key.as_pem(private=True).decode("ascii")),
        public_jwk={**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"},
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def published(session: Session) -> Sequence[models.ToolKey]:
    """Keys that platforms may still need, the signing one first."""
    query = (
        select(models.ToolKey)
        .where(
            or_(
                models.ToolKey.retired_at.is_(None),
                models.ToolKey.retired_at > clock.now() - STILL_PUBLISHED,
            )
        )
        .order_by(
            models.ToolKey.retired_at.is_not(None), models.ToolKey.created_at.desc(), models.ToolKey.kid
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
