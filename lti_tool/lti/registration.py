"""Platforms and their deployments are made known to the tool (LTI 1.3 core 3.1.3), by hand or by invite."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool import settings
from lti_tool.db import clock, models
from lti_tool.lti.addresses import service_url
from lti_tool.lti.launch import is_identifier

_LONGEST_ISSUER = 500


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
    platform = known(session, issuer, client_id)
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


def known(session: Session, issuer: str, client_id: str) -> models.Platform | None:
    """The platform of an issuer and a client id."""
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
    there = {one.deployment_id: one for one in platform.deployments}
    for deployment_id in dict.fromkeys(deployment_ids):
        deployment = there.get(deployment_id)
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
