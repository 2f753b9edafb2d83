"""Notices from a platform (LTI Platform Notification Service 1.0): signed messages that nobody launches.

A notice is believed like a launch: signed by the platform's own key, meant for this tool, in its time, from a
deployment that was let in, and taken once. Of a posted list all are good, or none is taken.
"""

import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import id_token, origins, platform_keys
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import is_identifier

MOST_NOTICES = 100
"""In one message: as many as a platform may send when no limit was agreed (Canvas: 100)."""
_MOST_ORIGINS = 20


@dataclass(frozen=True)
class Notice:
    """A notice that was found to be the platform's own."""

    platform_id: int
    deployment_id: int
    """Row ids."""
    kind: str
    nonce: str
    expires_at: datetime
    claims: Mapping[str, Any]


def read(session: Session, body: bytes) -> list[Notice]:
    """Validate what was posted: ``{"notices": [{"jwt": ...}]}``. Ends the session's transaction.

    Raises:
        LaunchRefused: notice-malformed, platform-unknown, client-unknown, or as a launch is refused.
    """
    rows = _object(body).get("notices")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_NOTICES:
        raise LaunchRefused("notice-malformed", "notices")
    tokens = [row.get("jwt") if isinstance(row, dict) else None for row in rows]
    if not all(isinstance(token, str) for token in tokens):
        raise LaunchRefused("notice-malformed", "jwt")
    return [_notice(session, str(token)) for token in tokens]


def take(session: Session, notices: Sequence[Notice]) -> None:
    """Do what the notices ask for; flushes, never commits.

    Raises:
        LaunchRefused: notice-used, when one was taken before.
    """
    for notice in notices:
        _spend(session, notice)
        if notice.kind == lti.CONTEXT_COPY_NOTICE:
            _note_copy(session, notice)


def forget_expired(session: Session, *, most: int) -> None:
    """Delete up to ``most`` notices whose tokens can be posted no more."""
    old = (
        select(models.Notice.id)
        .where(models.Notice.expires_at < clock.now())
        .order_by(models.Notice.expires_at)
        .limit(most)
    )
    session.execute(
        delete(models.Notice)
        .where(models.Notice.id.in_(session.scalars(old).all()))
        .execution_options(synchronize_session=False)
    )


def _notice(session: Session, token: str) -> Notice:
    platform = _platform(session, _unverified(token))
    platform_id, client_id, jwks_url = platform.id, platform.client_id, platform.jwks_url
    session.rollback()
    claims = id_token.read(token, lambda kid: platform_keys.find(platform_id, jwks_url, kid))
    id_token.check_envelope(claims, client_id, lambda: {client_id})
    if claims.get(lti.VERSION) != "1.3.0":
        raise LaunchRefused("version-wrong")
    about = claims.get(lti.NOTICE)
    if not isinstance(about, dict):
        raise LaunchRefused("notice-malformed", "notice")
    kind = about.get("type")
    if kind not in {lti.CONTEXT_COPY_NOTICE, lti.HELLO_WORLD_NOTICE}:
        raise LaunchRefused("notice-malformed", "type")
    return Notice(
        platform_id=platform_id,
        deployment_id=_deployment(session, platform_id, claims.get(lti.DEPLOYMENT_ID)),
        kind=kind,
        nonce=_nonce(claims, about),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC) + id_token.LEEWAY + timedelta(minutes=1),
        claims=claims,
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise LaunchRefused("notice-malformed", "no JSON") from None
    return found if isinstance(found, dict) else {}


def _unverified(token: str) -> Mapping[str, Any]:
    """Whom the token says that it comes from: only to know whose key to check it with."""
    parts = token.split(".")
    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, Base64Error, ValueError, RecursionError):
        raise LaunchRefused("token-malformed") from None
    if not isinstance(payload, dict):
        raise LaunchRefused("token-malformed")
    return payload


def _platform(session: Session, said: Mapping[str, Any]) -> models.Platform:
    issuer, audience = said.get("iss"), said.get("aud")
    clients = audience if isinstance(audience, list) else [audience]
    if not isinstance(issuer, str) or "\0" in issuer:
        raise LaunchRefused("platform-unknown")
    known = session.scalars(select(models.Platform).where(models.Platform.issuer == issuer)).all()
    if not known:
        raise LaunchRefused("platform-unknown", issuer[:100])
    found = next((one for one in known if one.client_id in clients), None)
    if found is None:
        raise LaunchRefused("audience-wrong")
    if found.disabled_at is not None:
        raise LaunchRefused("platform-disabled")
    return found


def _deployment(session: Session, platform_id: int, deployment_id: Any) -> int:
    if not is_identifier(deployment_id):
        raise LaunchRefused("deployment-missing")
    found = session.scalar(
        select(models.Deployment.id).where(
            models.Deployment.platform_id == platform_id,
            models.Deployment.deployment_id == deployment_id,
            models.Deployment.approved_at.is_not(None),
        )
    )
    session.rollback()
    if found is None:
        raise LaunchRefused("deployment-unknown")
    return found


def _nonce(claims: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    for value in (claims.get("nonce"), claims.get("jti"), about.get("id")):
        if is_identifier(value):
            return str(value)
    raise LaunchRefused("nonce-missing")


def _spend(session: Session, notice: Notice) -> None:
    try:
        with session.begin_nested():
            session.add(
                models.Notice(
                    platform_id=notice.platform_id, nonce=notice.nonce, expires_at=notice.expires_at
                )
            )
    except IntegrityError:
        raise LaunchRefused("notice-used") from None


def _note_copy(session: Session, notice: Notice) -> None:
    context, told = notice.claims.get(lti.CONTEXT), notice.claims.get(lti.ORIGIN_CONTEXTS)
    context_id = context.get("id") if isinstance(context, dict) else None
    if not is_identifier(context_id) or not isinstance(told, list):
        raise LaunchRefused("notice-malformed", "context")
    ids = [one for one in told[:_MOST_ORIGINS] if is_identifier(one)]
    origins.note(session, notice.deployment_id, str(context_id), ids)
