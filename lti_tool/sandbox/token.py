"""The token endpoint: client credentials with a signed assertion (RFC 6749, RFC 7523, LTI Security 4.1)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import delete

from lti_tool.sandbox.config import SandboxConfig, ToolRegistration
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.models import AccessToken
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.spent import spend
from lti_tool.sandbox.store import finish, now, session
from lti_tool.sandbox.tool_token import (
    TokenRefusedError,
    check_audience,
    check_times,
    read_signed,
    unverified_issuer,
)
from lti_tool.sandbox.tools import find_tool

blueprint = Blueprint("token", __name__)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion", "scope")


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("token")


@blueprint.after_request
def _forbid_caching(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@blueprint.post("/token")
def grant() -> Response:
    config = platform()
    form = _read_form()
    if form["grant_type"] != "client_credentials":
        raise _refused("unsupported_grant_type", "grant_type must be client_credentials.")
    tool = _authenticate(config, form)
    scopes = [scope for scope in dict.fromkeys(form["scope"].split()) if scope in tool.scopes]
    if not scopes:
        raise _refused("invalid_scope", "None of the scopes asked for is granted to this tool.")
    describe(f"{len(scopes)} of {len(form['scope'].split())} scopes granted")
    return jsonify(
        access_token=_issue(config, tool, scopes),
        token_type="Bearer",  # noqa: S106 - the type of token, no secret
        expires_in=config.token_seconds,
        scope=" ".join(scopes),
    )


def _read_form() -> dict[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise _refused("invalid_request", "Send the parameters as application/x-www-form-urlencoded.")
    form = {}
    for name in _PARAMETERS:
        values = request.form.getlist(name)
        if len(values) != 1 or not values[0].strip():
            raise _refused("invalid_request", f"{name} must be sent exactly once.")
        form[name] = values[0]
    if form["client_assertion_type"] != _ASSERTION_TYPE:
        raise _refused("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}.")
    return form


def _authenticate(config: SandboxConfig, form: dict[str, str]) -> ToolRegistration:
    assertion = form["client_assertion"]
    tool = find_tool(unverified_issuer(assertion))
    finish(success=True)  # its keys may have to be fetched, which is slow
    if tool is None:
        raise _refused("invalid_client", "No tool is registered under the assertion's iss.")
    g.client_id = tool.client_id
    if request.form.get("client_id", tool.client_id) != tool.client_id:
        raise _refused("invalid_client", "client_id and the assertion's iss differ.")
    try:
        _check_assertion(config, tool, read_signed(tool, assertion))
    except TokenRefusedError as error:
        raise _refused("invalid_client", f"The client assertion is refused: {error}.") from error
    return tool


def _check_assertion(config: SandboxConfig, tool: ToolRegistration, claims: dict[str, Any]) -> None:
    if claims.get("iss") != tool.client_id or claims.get("sub") != tool.client_id:
        raise TokenRefusedError("iss and sub must both be the client_id")
    check_audience(claims, f"{config.issuer}/token", config.issuer)
    check_times(claims, config.assertion_seconds, config.leeway_seconds)
    identifier = claims.get("jti")
    if not isinstance(identifier, str) or not identifier:
        raise TokenRefusedError("jti must be a string that is used once")
    lifetime = timedelta(seconds=config.assertion_seconds + 2 * config.leeway_seconds)
    if not spend("assertion", tool.client_id, identifier, lifetime):
        raise TokenRefusedError("its jti was used before")


def _issue(config: SandboxConfig, tool: ToolRegistration, scopes: list[str]) -> str:
    token = secrets.token_urlsafe(32)
    session().execute(delete(AccessToken).where(AccessToken.expires_at < now()))
    session().add(
        AccessToken(
            digest=digest(token),
            client_id=tool.client_id,
            scopes=scopes,
            expires_at=now() + timedelta(seconds=config.token_seconds),
        )
    )
    return token


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refused(code: str, message: str) -> ServiceError:
    """400 for all of them, invalid_client too, as RFC 7521 4.2.1 has it for assertions."""
    return ServiceError(400, code, message)
