"""Whether a posted launch is what it claims to be: the checks in their order, each in its own module.

    form -> state row and browser -> token header -> key -> signature -> issuer, audience, times, nonce
    -> LTI message -> deployment

Nothing is written here, but for the name of a deployment that waits for an approval. The caller uses the
login up (`login_state.consume`) in the transaction that records the launch, so that a refused message spoils
nothing and a repeated one loses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import deployments, id_token, launch, login_state, message, platform_keys, way_back
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import Launch
from lti_tool.lti.login_state import PendingLogin

_LOGIN_REQUIRED = frozenset(
    {"login_required", "interaction_required", "account_selection_required", "consent_required"}
)


@dataclass(frozen=True)
class Accepted:
    """A valid launch and the login that it answers, which is still to be used up."""

    launch: Launch
    login: PendingLogin


def validate(
    session: Session, form: Mapping[str, str], cookies: Mapping[str, str], public_url: str
) -> Accepted:
    """Validate a launch.

    Args:
        session: for reading; its transaction is ended before the platform's keys may be fetched.
        form: state and id_token, or the platform's error; perhaps the proof from the platform's storage.
        cookies: of the browser.
        public_url: of the tool.

    Raises:
        LaunchRefused: with the code of the first check that fails.
    """
    _check_form(form)
    login = login_state.find(session, form.get("state"), cookies, form.get("proof"))
    session.rollback()
    claims = id_token.read(
        form["id_token"], lambda kid: platform_keys.find(login.platform_id, login.jwks_url, kid)
    )
    id_token.check(claims, login, lambda: _own_clients(session, login.issuer))
    try:
        message.check(claims, target_link_uri=login.target_link_uri, public_url=public_url)
        _check_deployment(session, login.platform_id, claims[lti.DEPLOYMENT_ID])
    except LaunchRefused as refused:
        # The platform's own word by now: people may be led back to where it says.
        refused.return_url = way_back.return_url(claims, login.issuer)
        raise
    accepted = launch.parse(claims, platform_id=login.platform_id, auth_url=login.auth_url)
    session.rollback()
    return Accepted(accepted, login)


def _check_form(form: Mapping[str, str]) -> None:
    error = form.get("error")
    if error:
        raise LaunchRefused("login-required" if error in _LOGIN_REQUIRED else "platform-refused", error[:100])
    if not form.get("id_token"):
        raise LaunchRefused("form-incomplete")


def _own_clients(session: Session, issuer: str) -> set[str]:
    query = select(models.Platform.client_id).where(
        models.Platform.issuer == issuer, models.Platform.disabled_at.is_(None)
    )
    return set(session.scalars(query))


def _check_deployment(session: Session, platform_id: int, deployment_id: Any) -> None:
    known = session.scalar(
        select(models.Deployment.id).where(
            models.Deployment.platform_id == platform_id,
            models.Deployment.deployment_id == deployment_id,
            models.Deployment.approved_at.is_not(None),
        )
    )
    session.rollback()
    if known is not None:
        return
    waits = deployments.note(platform_id, deployment_id)
    raise LaunchRefused("deployment-pending" if waits else "deployment-unknown", str(deployment_id))
