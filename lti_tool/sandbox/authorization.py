"""OIDC third-party-initiated login, the platform's part (LTI Security Framework 1.0, section 5.1.1)."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask import session as cookie

from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.hints import LaunchHint, read_hint
from lti_tool.sandbox.messages import Message, Review, id_token_claims, roles_in
from lti_tool.sandbox.models import Course, LineItem, Person, ResourceLink
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.platform_key import platform_key
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import find_tool
from lti_tool.sandbox.vocabulary import ALL_SCOPES

blueprint = Blueprint("authorization", __name__)
_REQUIRED = {
    "response_type": ("id_token", "unsupported_response_type"),
    "scope": ("openid", "invalid_scope"),
    "response_mode": ("form_post", "invalid_request"),
    "prompt": ("none", "invalid_request"),
}


class AuthorizationRefusedError(Exception):
    """An error of OIDC core 3.1.2.6, to be sent to the tool."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@blueprint.route("/auth", methods=["GET", "POST"])
def authorize() -> Response:
    parameters = request.form if request.method == "POST" else request.args
    tool = find_tool(parameters.get("client_id"))
    redirect_uri = parameters.get("redirect_uri", "")
    if tool is None:
        return _shown("No tool is registered under this client_id.")
    if redirect_uri not in tool.redirect_uris:
        # Sending anything to an address that was not registered would be an open redirect.
        return _shown("The redirect_uri is not one of those registered for this tool, letter by letter.")
    try:
        fields = {"id_token": _id_token(tool, parameters)}
    except AuthorizationRefusedError as error:
        fields = {"error": error.code, "error_description": error.description}
    if parameters.get("state"):
        fields["state"] = parameters["state"]
    return _form_post(redirect_uri, fields)


def _id_token(tool: ToolRegistration, parameters: Mapping[str, str]) -> str:
    for name, (value, code) in _REQUIRED.items():
        if parameters.get(name) != value:
            raise AuthorizationRefusedError(code, f"{name} must be {value}.")
    for name in ("state", "nonce", "login_hint", "lti_message_hint"):
        if not parameters.get(name):
            raise AuthorizationRefusedError("invalid_request", f"{name} is missing.")
    hint = _checked_hint(tool, parameters)
    return platform_key().sign(id_token_claims(_message(tool, hint), parameters["nonce"]))


def _checked_hint(tool: ToolRegistration, parameters: Mapping[str, str]) -> LaunchHint:
    hint = read_hint(parameters["lti_message_hint"])
    if hint is None or hint.client_id != tool.client_id:
        raise AuthorizationRefusedError("invalid_request", "lti_message_hint is not one given to this tool.")
    if parameters["login_hint"] != hint.person:
        raise AuthorizationRefusedError(
            "invalid_request", "login_hint and lti_message_hint do not belong together."
        )
    if cookie.get("person") != hint.person:
        raise AuthorizationRefusedError("login_required", "This person has not entered the LMS here.")
    return hint


def _message(tool: ToolRegistration, hint: LaunchHint) -> Message:
    course = session().get(Course, hint.course)
    person = session().get(Person, hint.person)
    roles = roles_in(hint.course, person) if person else None
    if course is None or person is None or roles is None:
        raise AuthorizationRefusedError("access_denied", "This person is not in this course.")
    link = session().get(ResourceLink, hint.link) if hint.link else None
    if hint.link and (link is None or link.course_id != course.id):
        raise AuthorizationRefusedError("access_denied", "This link is no longer in the course.")
    return Message(tool, course, person, roles, hint.target, link, _review(hint))


def _review(hint: LaunchHint) -> Review | None:
    if hint.learner is None:
        return None
    learner, item = session().get(Person, hint.learner), session().get(LineItem, hint.column)
    if learner is None or item is None or item.resource_link_id != hint.link:
        raise AuthorizationRefusedError("access_denied", "This column is no longer in the gradebook.")
    return Review(learner, item)


def _form_post(address: str, fields: Mapping[str, str]) -> Response:
    answer = make_response(render_template("form_post.html", address=address, fields=fields))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown(reason: str) -> Response:
    return make_response(render_template("message.html", title="This launch cannot go on", text=reason), 400)


@blueprint.get("/jwks")
def jwks() -> Response:
    return jsonify(platform_key().public_set())


@blueprint.get("/.well-known/openid-configuration")
def openid_configuration() -> Response:
    issuer = platform().issuer
    return jsonify(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{issuer}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{issuer}/jwks",
            "registration_endpoint": f"{issuer}/register",
            "scopes_supported": ["openid", *ALL_SCOPES],
            "response_types_supported": ["id_token"],
            "response_modes_supported": ["form_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": [
                "sub",
                "iss",
                "name",
                "given_name",
                "family_name",
                "email",
                "locale",
                "zoneinfo",
            ],
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "peer-mentor-sandbox",
                "version": "1",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest"},
                    {"type": "LtiSubmissionReviewRequest"},
                ],
                "variables": [
                    "User.id",
                    "Context.id",
                    "Context.id.history",
                    "ResourceLink.id",
                    "ResourceLink.id.history",
                    "Person.address.timezone",
                ],
            },
        }
    )
