"""OIDC login initiation: a platform asks to be asked (Security Framework 5.1.1.1 and 5.1.1.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import login_state
from lti_tool.lti.addresses import is_ours
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.login_state import Begun

_LONGEST_HINT = 8000
_REQUIRED = {
    "iss": "issuer-missing",
    "login_hint": "login-hint-missing",
    "target_link_uri": "target-link-missing",
}
_LONGEST = {
    "iss": 500,
    "login_hint": _LONGEST_HINT,
    "target_link_uri": 2000,
    "lti_message_hint": _LONGEST_HINT,
    "client_id": 255,
    "lti_deployment_id": 255,
    "lti_storage_target": 255,
}


@dataclass(frozen=True)
class Login:
    """Where to send the browser, and the secret to give it."""

    url: str
    begun: Begun


def start(
    session: Session, parameters: Mapping[str, str], public_url: str, *, in_storage: bool = False
) -> Login:
    """Answer a login initiation.

    Args:
        session: in a transaction that writes.
        parameters: iss, login_hint, target_link_uri; perhaps client_id, lti_deployment_id, lti_message_hint,
            lti_storage_target.
        public_url: of the tool.
        in_storage: the browser keeps its secret in the platform's storage instead of a cookie.

    Raises:
        LaunchRefused: issuer-missing, login-hint-missing, target-link-missing, target-link-elsewhere,
            parameter-unreadable, platform-unknown, client-unknown, client-ambiguous, platform-disabled.
    """
    sent = _read(parameters)
    platform = _platform(session, sent)
    if not is_ours(sent["target_link_uri"], public_url):
        raise LaunchRefused("target-link-elsewhere")
    target = sent.get("lti_storage_target") if in_storage else None
    begun = login_state.begin(session, platform, sent, target)
    question = _question(platform, sent, (begun.state, begun.nonce), public_url)
    if target is not None:
        question["lti_storage_target"] = target
    return Login(_with_query(platform.auth_url, question), begun)


def resume(login: models.Login, public_url: str) -> str:
    """Where a login goes on that was begun just now and waited for a look at the browser's cookies."""
    platform = login.platform
    question = _question(platform, login.initiation or {}, (login.state, login.nonce), public_url)
    return _with_query(platform.auth_url, question)


def _read(parameters: Mapping[str, str]) -> dict[str, str]:
    sent = {name: parameters[name] for name in _LONGEST if parameters.get(name)}
    for name, code in _REQUIRED.items():
        if name not in sent:
            raise LaunchRefused(code)
    for name, value in sent.items():
        if len(value) > _LONGEST[name] or "\x00" in value:
            raise LaunchRefused("parameter-unreadable", name)
    return sent


def _platform(session: Session, sent: Mapping[str, str]) -> models.Platform:
    known = session.scalars(select(models.Platform).where(models.Platform.issuer == sent["iss"])).all()
    if not known:
        raise LaunchRefused("platform-unknown", sent["iss"])
    platform = _by_client(known, sent["client_id"]) if "client_id" in sent else _only(session, known, sent)
    if platform.disabled_at is not None:
        raise LaunchRefused("platform-disabled")
    return platform


def _by_client(known: Sequence[models.Platform], client_id: str) -> models.Platform:
    for platform in known:
        if platform.client_id == client_id:
            return platform
    raise LaunchRefused("client-unknown", client_id)


def _only(session: Session, known: Sequence[models.Platform], sent: Mapping[str, str]) -> models.Platform:
    """The registration that is meant when no client_id was sent: the only one, or the one so deployed."""
    if len(known) > 1 and "lti_deployment_id" in sent:
        deployed = select(models.Deployment.platform_id).where(
            models.Deployment.platform_id.in_([platform.id for platform in known]),
            models.Deployment.deployment_id == sent["lti_deployment_id"],
        )
        ids = set(session.scalars(deployed))
        known = [platform for platform in known if platform.id in ids]
    if len(known) != 1:
        raise LaunchRefused("client-ambiguous", sent["iss"])
    return known[0]


def _question(
    platform: models.Platform, sent: Mapping[str, Any], own: tuple[str, str], public_url: str
) -> dict[str, str]:
    """The authentication request (OpenID Connect Core 3.1.2.1); ``own`` are state and nonce."""
    state, nonce = own
    question = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        # Platforms compare it letter by letter with what was registered.
        "redirect_uri": f"{public_url}/lti/launch",
        "login_hint": sent["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    if "lti_message_hint" in sent:
        question["lti_message_hint"] = sent["lti_message_hint"]
    return question


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*own, *parameters.items()]), fragment=""))
