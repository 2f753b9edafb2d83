"""Deep linking (LTI Deep Linking 2.0): what a platform accepts, and the signed answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import keys
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import service_url

LIFETIME = timedelta(hours=1)
"""For so long a person may choose; platforms forget their question, too."""
_ANSWER_LIFE = timedelta(minutes=5)
_SLOW_CLOCK = timedelta(seconds=5)
_LONGEST_DATA = 8000
_MOST_TARGETS = 10
RESOURCE_LINK = "ltiResourceLink"


@dataclass(frozen=True)
class Settings:
    """`deep_linking_settings` (section 4.4.1), as far as the tool makes use of it."""

    return_url: str
    accepts_resource_link: bool
    accepts_several: bool
    accepts_line_item: bool | None
    targets: tuple[str, ...]
    data: str | None
    title: Any
    text: Any


def problem_of(claim: Any) -> str | None:
    """The code of what is missing in a request's settings; None when nothing is."""
    if not isinstance(claim, dict):
        return "deep-linking-settings-missing"
    if service_url(claim.get("deep_link_return_url")) is None:
        return "deep-linking-return-missing"
    types = claim.get("accept_types")
    if not isinstance(types, list) or not types or not all(isinstance(one, str) for one in types):
        return "deep-linking-types-missing"
    data = claim.get("data")
    if data is not None and not (isinstance(data, str) and len(data) <= _LONGEST_DATA and "\x00" not in data):
        return "deep-linking-data-wrong"
    return None


def parse(claim: Mapping[str, Any]) -> Settings:
    """The settings of a request in which `problem_of` found nothing."""
    several, line_item = claim.get("accept_multiple"), claim.get("accept_lineitem")
    return Settings(
        return_url=claim["deep_link_return_url"],
        accepts_resource_link=RESOURCE_LINK in claim["accept_types"],
        accepts_several=several is True,
        accepts_line_item=line_item if isinstance(line_item, bool) else None,
        targets=_targets(claim.get("accept_presentation_document_targets")),
        data=claim.get("data"),
        title=claim.get("title"),
        text=claim.get("text"),
    )


def _targets(value: Any) -> tuple[str, ...]:
    # Canvas has sent a text with commas here; others a list, as the specification says.
    named = value.split(",") if isinstance(value, str) else value
    if not isinstance(named, list):
        return ()
    known = ("iframe", "window")
    return tuple(one for one in known if one in [part for part in named[:_MOST_TARGETS] if part in known])


def remember(
    session: Session, member: models.Member, wanted: Settings, title: str | None, text: str | None
) -> models.DeepLinkRequest:
    """Keep a platform's question until it is answered. Flushes, never commits."""
    request = models.DeepLinkRequest(
        member_id=member.id,
        return_url=wanted.return_url,
        accepts_several=wanted.accepts_several,
        accepts_line_item=wanted.accepts_line_item,
        targets=list(wanted.targets),
        data=wanted.data,
        title=title,
        text=text,
        expires_at=clock.now() + LIFETIME,
        nonce=secrets.token_urlsafe(32),
    )
    session.add(request)
    session.flush()
    return request


def response(request: models.DeepLinkRequest, message: str | None) -> str:
    """The answer as a signed token (section 4.5). Call it outside any transaction that writes.

    Args:
        request: one that was answered.
        message: what the platform may show to the person.
    """
    platform = request.member.course.deployment.platform
    signing = keys.signing_key()
    issued = int((clock.now() - _SLOW_CLOCK).timestamp())
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": issued,
        "exp": issued + int(_ANSWER_LIFE.total_seconds()),
        "nonce": request.nonce,
        lti.DEPLOYMENT_ID: request.member.course.deployment.deployment_id,
        lti.MESSAGE_TYPE: lti.DEEP_LINKING_RESPONSE,
        lti.VERSION: "1.3.0",
        lti.CONTENT_ITEMS: request.items or [],
    }
    if request.data is not None:
        claims[lti.DEEP_LINKING_DATA] = request.data
    if message:
        claims[lti.DEEP_LINKING_MESSAGE] = message
    return jwt.encode({"alg": "RS256", "kid": signing.kid, "typ": "JWT"}, claims, signing.key)


def forget_expired(session: Session, *, most: int) -> None:
    """Delete questions that nobody can answer any more, at most so many."""
    expired = (
        select(models.DeepLinkRequest.id)
        .where(models.DeepLinkRequest.expires_at < clock.now() - LIFETIME)
        .limit(most)
    )
    session.execute(delete(models.DeepLinkRequest).where(models.DeepLinkRequest.id.in_(expired)))
