"""Platforms and their deployments are made known to the tool (LTI 1.3 core 3.1.3), by hand or by invite."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import audit, settings
from lti_tool.db import clock, models
from lti_tool.lti.addresses import service_url
from lti_tool.lti.launch import is_identifier
from lti_tool.lti.own_transaction import own_transaction

_LONGEST_ISSUER = 500
MOST_PENDING = 50
"""Deployments of one platform that wait for an approval; beyond it, launches leave nothing behind."""


def add_platform(
    session: Session,
    *,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployment_ids: Collection[str] = (),
    name: str | None = None,
) -> models.Platform:
    """Register a platform, or update it when issuer and client id are known. Flushes, never commits.

    Deployments are only ever added; each is let in at once. Doing it again changes nothing.

    Args:
        issuer: exactly as the platform's messages have it, letter by letter.
        name: what to call it; the issuer's host by default.

    Raises:
        ValueError: naming the option that is wrong.
    """
    _check_issuer(issuer)
    _check_identifier("client-id", client_id)
    for option, url in (("auth-url", auth_url), ("token-url", token_url), ("jwks-url", jwks_url)):
        _check_url(option, url)
    for deployment_id in deployment_ids:
        _check_identifier("deployment-id", deployment_id)
    platform = _known(session, issuer, client_id)
    if platform is None:
        platform = models.Platform(issuer=issuer, client_id=client_id, name="", created_at=clock.now())
    else:
        _forget_what_moved(session, platform, token_url, jwks_url)
    platform.auth_url, platform.token_url, platform.jwks_url = auth_url, token_url, jwks_url
    platform.name = (name or platform.name or urlsplit(issuer).hostname or issuer)[:200]
    session.add(platform)
    session.flush()
    _approve(session, platform, deployment_ids)
    return platform


def note_deployment(platform_id: int, deployment_id: str) -> bool:
    """Remember a deployment that a launch came from and nobody has approved, in a transaction of its own.

    Call it outside any transaction that writes.

    Returns:
        Whether an administrator now finds it waiting; not beyond `MOST_PENDING` of them.
    """
    try:
        with own_transaction() as session:
            known = select(models.Deployment.id).where(
                models.Deployment.platform_id == platform_id,
                models.Deployment.deployment_id == deployment_id,
            )
            if session.scalar(known) is not None:
                return True
            waiting = select(func.count()).where(
                models.Deployment.platform_id == platform_id, models.Deployment.approved_at.is_(None)
            )
            if session.scalars(waiting).one() >= MOST_PENDING:
                return False
            session.add(models.Deployment(platform_id=platform_id, deployment_id=deployment_id))
    except IntegrityError:
        pass  # another launch from there was quicker
    return True


def approve_deployment(session: Session, deployment: models.Deployment, actor: str) -> None:
    """Let a deployment in from now on. Flushes, never commits; doing it again changes nothing.

    Args:
        actor: as `lti_tool.audit.record` wants it.
    """
    if deployment.approved_at is not None:
        return
    deployment.approved_at = clock.now()
    _record(session, actor, "deployment.approved", deployment)


def withdraw_deployment(session: Session, deployment: models.Deployment, actor: str) -> None:
    """Refuse a deployment's launches and visits from now on; its data stays. Flushes, never commits."""
    if deployment.approved_at is None:
        return
    deployment.approved_at = None
    _record(session, actor, "deployment.withdrawn", deployment)


def _record(session: Session, actor: str, action: str, deployment: models.Deployment) -> None:
    audit.record(session, actor, action, deployment.platform, deployment_id=deployment.deployment_id)
    session.flush()


def _known(session: Session, issuer: str, client_id: str) -> models.Platform | None:
    return session.scalar(
        select(models.Platform).where(
            models.Platform.issuer == issuer, models.Platform.client_id == client_id
        )
    )


def _forget_what_moved(session: Session, platform: models.Platform, token_url: str, jwks_url: str) -> None:
    """Keys and tokens that came from another address than the one given now are believed no more."""
    if platform.jwks_url != jwks_url:
        session.execute(delete(models.PlatformKeySet).where(models.PlatformKeySet.platform_id == platform.id))
    if platform.token_url != token_url:
        session.execute(delete(models.AccessToken).where(models.AccessToken.platform_id == platform.id))


def _approve(session: Session, platform: models.Platform, deployment_ids: Collection[str]) -> None:
    known = {one.deployment_id: one for one in platform.deployments}
    for deployment_id in dict.fromkeys(deployment_ids):
        deployment = known.get(deployment_id)
        if deployment is None:
            deployment = models.Deployment(deployment_id=deployment_id)
            platform.deployments.append(deployment)
        deployment.approved_at = deployment.approved_at or clock.now()
    session.flush()


def _check_issuer(issuer: str) -> None:
    if not issuer or len(issuer) > _LONGEST_ISSUER or not issuer.isprintable() or " " in issuer:
        raise ValueError("issuer: must be the platform's iss, such as https://lms.example.edu")


def _check_identifier(option: str, value: str) -> None:
    if not is_identifier(value) or value != value.strip():
        raise ValueError(f"{option}: must be a text of 1 to 255 characters")


def _check_url(option: str, url: str) -> None:
    if service_url(url) is None:
        raise ValueError(f"{option}: must be a URL such as https://lms.example.edu/path")
    if not url.startswith("https://") and not settings.current().allow_loopback:
        raise ValueError(f"{option}: must begin with https://")
