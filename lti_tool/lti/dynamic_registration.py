"""A platform registers the tool by an invite (Dynamic Registration 1.0, sections 3.5 to 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from sqlalchemy.orm import Session

from lti_tool import audit, outgoing, settings
from lti_tool.db import models
from lti_tool.db.engine import begin_write
from lti_tool.lti import client_registration, invites, registration
from lti_tool.lti.client_registration import TOOL
from lti_tool.lti.launch import is_identifier
from lti_tool.lti.platform_configuration import PlatformConfiguration, bearer, json_object
from lti_tool.lti.registration_errors import RegistrationRefused

_MOST_SCOPES = 50


@dataclass(frozen=True)
class Registered:
    """What the platform answered."""

    client_id: str
    deployment_id: str | None
    """None: it has not been deployed yet; its first launch waits for an approval."""
    scopes: tuple[str, ...]
    """As granted, which may be less than was asked for."""


def register_at(platform: PlatformConfiguration, token: str | None, public_url: str) -> Registered:
    """Post the registration. Call it outside any transaction.

    Raises:
        RegistrationRefused: registration-unreachable, registration-refused, answer-unreadable.
    """
    wanted = client_registration.build(platform, public_url)
    headers = {"Accept": "application/json", **bearer(token)}
    try:
        with outgoing.http(settings.current()) as http:
            answer = http.post(platform.registration_url, json=wanted, headers=headers)
    except (requests.RequestException, ValueError) as error:
        raise RegistrationRefused("registration-unreachable", str(error)[:200]) from None
    if answer.status_code not in {requests.codes.ok, requests.codes.created}:
        raise RegistrationRefused("registration-refused", f"HTTP {answer.status_code}: {answer.text[:200]!r}")
    return read_answer(json_object(answer), wanted["scope"])


def read_answer(body: Mapping[str, Any], asked: str) -> Registered:
    """What an answer says.

    Raises:
        RegistrationRefused: answer-unreadable, without a usable client_id.
    """
    client_id = _identifier(body.get("client_id"))
    if client_id is None:
        raise RegistrationRefused("answer-unreadable", str(sorted(body))[:200])
    described = body.get(TOOL)
    tool: dict[str, Any] = described if isinstance(described, dict) else {}
    scope = body.get("scope")
    granted = (scope if isinstance(scope, str) else asked).split()[:_MOST_SCOPES]
    usable = dict.fromkeys(one for one in granted if is_identifier(one))
    return Registered(client_id, _identifier(tool.get("deployment_id")), tuple(usable))


def keep(
    session: Session, invite_id: int, platform: PlatformConfiguration, registered: Registered
) -> models.Platform:
    """Write a registration down and use its invite up, in one transaction that begins here; never commits.

    The same issuer and client id again (Moodle: an update of the tool) updates what is there.

    Raises:
        RegistrationRefused: invite-used, answer-unreadable.
    """
    begin_write(session)
    invite = session.get_one(models.Invite, invite_id)
    is_new = registration.known(session, platform.issuer, registered.client_id) is None
    try:
        row = registration.add_platform(
            session,
            issuer=platform.issuer,
            client_id=registered.client_id,
            auth_url=platform.auth_url,
            token_url=platform.token_url,
            jwks_url=platform.jwks_url,
            deployment_ids=[registered.deployment_id] if registered.deployment_id else [],
            name=invite.name or platform.account_name,
        )
    except ValueError as error:
        raise RegistrationRefused("answer-unreadable", str(error)) from None
    row.product = platform.product
    row.token_audience = platform.token_audience
    row.granted_scopes = list(registered.scopes)
    row.messages = {kind: list(placements) for kind, placements in platform.messages.items()} or None
    invites.consume(session, invite_id, row)
    actor = f"invite {invite_id}"
    audit.record(session, actor, "platform.added" if is_new else "platform.updated", row)
    audit.record(session, actor, "invite.used", row, invite=invite_id)
    session.flush()
    return row


def _identifier(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
        return str(value)
    return value if is_identifier(value) and value == value.strip() else None
