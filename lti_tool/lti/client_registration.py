"""The tool as it presents itself to a platform (Dynamic Registration 1.0, sections 3.5 and 4)."""

from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti import vocabulary as lti
from lti_tool.lti.platform_configuration import PlatformConfiguration
from lti_tool.lti.platforms import canvas, moodle

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
NAME = "Find a peer mentor"
_SCOPES = (
    lti.SCOPE_LINE_ITEM,
    lti.SCOPE_LINE_ITEM_READ,
    lti.SCOPE_RESULT_READ,
    lti.SCOPE_SCORE,
    lti.SCOPE_MEMBERSHIP_READ,
)
_SCOPES_WHERE_OFFERED = (
    lti.SCOPE_GROUP_READ,
    lti.SCOPE_NOTICE_HANDLERS,
)
_CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale", "zoneinfo")
_CUSTOM = {
    "timezone": "$Person.address.timezone",
    "context_id_history": "$Context.id.history",
    "link_id_history": "$ResourceLink.id.history",
}


def build(platform: PlatformConfiguration, public_url: str) -> dict[str, Any]:
    """The JSON to post to the platform's registration endpoint.

    Args:
        public_url: of the tool. Moodle compares its host and port with ``domain``.
    """
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{public_url}/lti/login",
        "redirect_uris": [f"{public_url}/lti/launch"],
        "client_name": NAME,
        "client_uri": public_url,
        "logo_uri": f"{public_url}/static/favicon.svg",
        "jwks_uri": f"{public_url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes(platform)),
        TOOL: {
            "domain": urlsplit(public_url).netloc,
            "description": "Peer mentoring inside the course.",
            "target_link_uri": f"{public_url}/lti/launch",
            "custom_parameters": _custom(platform, public_url),
            "claims": claims(platform),
            "messages": _messages(platform, public_url),
            **(canvas.tool_claims(public_url) if platform.product == canvas.PRODUCT else {}),
        },
    }


def scopes(platform: PlatformConfiguration) -> list[str]:
    """What is asked for: of the tool's scopes those that the platform has, or the usual ones."""
    offered = platform.scopes or frozenset(_SCOPES)
    return [one for one in (*_SCOPES, *_SCOPES_WHERE_OFFERED) if one in offered]


def claims(platform: PlatformConfiguration) -> list[str]:
    """Name and e-mail come only to those who list them."""
    offered = platform.claims or frozenset(_CLAIMS)
    return [one for one in _CLAIMS if one in offered or one in {"iss", "sub"}]


def _custom(platform: PlatformConfiguration, public_url: str) -> dict[str, str]:
    if platform.product == canvas.PRODUCT:
        return canvas.custom(public_url)
    return _CUSTOM | (moodle.CUSTOM if platform.product == moodle.PRODUCT else {})


def _messages(platform: PlatformConfiguration, public_url: str) -> list[dict[str, Any]]:
    if platform.product == canvas.PRODUCT:
        return canvas.messages(public_url)
    target = f"{public_url}/lti/launch"
    messages: list[dict[str, Any]] = [{"type": lti.RESOURCE_LINK_REQUEST, "target_link_uri": target}]
    placing = {"type": lti.DEEP_LINKING_REQUEST, "target_link_uri": target, "label": NAME}
    if not platform.messages or lti.DEEP_LINKING_REQUEST in platform.messages:
        placements = platform.messages.get(lti.DEEP_LINKING_REQUEST, ())
        content_area = {"placements": ["ContentArea"]} if "ContentArea" in placements else {}
        messages.append(placing | content_area)
    if lti.SUBMISSION_REVIEW_REQUEST in platform.messages:
        messages.append({"type": lti.SUBMISSION_REVIEW_REQUEST, "target_link_uri": target})
    return messages
