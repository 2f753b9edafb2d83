"""Dynamic registration, the platform's part (LTI Dynamic Registration 1.0, sections 3.5 and 3.6)."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr, model_validator
from sqlalchemy import func, select

from lti_tool.sandbox.hints import read_registration_token, sign_registration_token
from lti_tool.sandbox.json_body import read_body
from lti_tool.sandbox.models import InstalledTool
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.spent import spend
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import MOST_TOOLS
from lti_tool.sandbox.vocabulary import ALL_SCOPES

blueprint = Blueprint("registration", __name__)
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
TOKEN_LIFE = timedelta(hours=1)
_MESSAGES = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiSubmissionReviewRequest")


def _is_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or not value.isprintable():
        raise ValueError("must be an absolute http(s) address")
    return value


Address = Annotated[StrictStr, Field(max_length=2000), AfterValidator(_is_address)]


class ToolMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: StrictStr
    target_link_uri: Address | None = None


class ToolConfiguration(BaseModel):
    """The claim `lti-tool-configuration` (section 4)."""

    model_config = ConfigDict(extra="ignore")

    domain: StrictStr
    target_link_uri: Address
    claims: list[StrictStr]
    messages: list[ToolMessage] = Field(min_length=1, max_length=50)
    custom_parameters: dict[str, StrictStr] = Field(default_factory=dict, max_length=50)

    @model_validator(mode="after")
    def _lies_on_its_domain(self) -> "ToolConfiguration":
        if urlsplit(self.target_link_uri).netloc != self.domain:
            raise ValueError("domain must be the host, and the port if there is one, of target_link_uri")
        return self


class ClientRegistration(BaseModel):
    """What a tool sends (OpenID Connect Dynamic Client Registration 1.0, with LTI's claim)."""

    model_config = ConfigDict(extra="ignore")

    application_type: Literal["web"]
    response_types: list[Literal["id_token"]] = Field(min_length=1)
    grant_types: list[Literal["implicit", "client_credentials"]] = Field(min_length=2)
    initiate_login_uri: Address
    redirect_uris: list[Address] = Field(min_length=1, max_length=20)
    client_name: StrictStr = Field(min_length=1, max_length=200)
    jwks_uri: Address
    token_endpoint_auth_method: Literal["private_key_jwt"]
    scope: StrictStr
    tool: ToolConfiguration = Field(alias="https://purl.imsglobal.org/spec/lti-tool-configuration")


def new_token() -> str:
    """A registration token: for one hour and one registration, of a client id that is chosen now."""
    return sign_registration_token(secrets.token_hex(8))


@blueprint.post("/register")
def register() -> Response:
    client_id = _bearer()
    if request.mimetype != "application/json":
        raise ServiceError(415, "unsupported_media_type", "Send it as application/json.")
    wanted = read_body(ClientRegistration)
    if not spend("registration", client_id, client_id, 2 * TOKEN_LIFE):
        raise ServiceError(401, "invalid_token", "This registration token was used before.")
    tool = _keep(client_id, wanted)
    answer = jsonify(_described(tool, request.get_json()))
    answer.status_code = 201
    return answer


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    client_id = read_registration_token(token.strip()) if kind.lower() == "bearer" else None
    if client_id is None:
        raise ServiceError(
            401,
            "invalid_token",
            "Send a registration token that is still good.",
            {"WWW-Authenticate": "Bearer"},
        )
    return client_id


def _keep(client_id: str, wanted: ClientRegistration) -> InstalledTool:
    last = session().scalar(select(func.max(InstalledTool.deployment_number))) or 1
    if last > MOST_TOOLS:
        raise ServiceError(403, "too_many", "This LMS holds no more tools.")
    row = InstalledTool(
        client_id=client_id,
        deployment_number=last + 1,
        name=wanted.client_name,
        login_url=wanted.initiate_login_uri,
        redirect_uris=list(wanted.redirect_uris),
        target_link_uri=wanted.tool.target_link_uri,
        deep_linking_url=_deep_linking_url(wanted.tool),
        jwks_url=wanted.jwks_uri,
        scopes=[scope for scope in dict.fromkeys(wanted.scope.split()) if scope in ALL_SCOPES],
        shares_profile="name" in wanted.tool.claims,
        custom=dict(wanted.tool.custom_parameters),
        active=False,
    )
    session().add(row)
    session().flush()
    return row


def _deep_linking_url(tool: ToolConfiguration) -> str | None:
    wanted = next((one for one in tool.messages if one.type == "LtiDeepLinkingRequest"), None)
    return (wanted.target_link_uri or tool.target_link_uri) if wanted else None


def _described(tool: InstalledTool, sent: Mapping[str, Any]) -> dict[str, Any]:
    kept = [one for one in sent[TOOL]["messages"] if one["type"] in _MESSAGES]
    configuration = {**sent[TOOL], "messages": kept, "deployment_id": tool.deployment_id}
    return {**sent, "client_id": tool.client_id, "scope": " ".join(tool.scopes), TOOL: configuration}
