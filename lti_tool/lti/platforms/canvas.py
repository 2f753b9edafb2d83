"""Canvas: the developer key, and what its dynamic registration needs beyond the specification.

Both say the same, from config/canvas.json. Source: Canvas' doc/api/registration.md, lti_dev_key_config.md.
"""

import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from lti_tool.data_folders import folder

PRODUCT = "canvas"
_CLAIM = "https://canvas.instructure.com/lti/"
ACCOUNT_NAME = _CLAIM + "account_name"
_HOSTED_ISSUERS = frozenset(
    {"canvas.instructure.com", "canvas.beta.instructure.com", "canvas.test.instructure.com"}
)
_HOSTED_DOMAINS = (".instructure.com", ".canvaslms.com")


def developer_key(public_url: str) -> dict[str, Any]:
    """The tool as the JSON that an administrator pastes, or whose address they give (developer key)."""
    filled = _template().replace("{tool}", public_url).replace("{domain}", urlsplit(public_url).netloc)
    described: dict[str, Any] = json.loads(filled)
    return described


def tool_claims(public_url: str) -> dict[str, Any]:
    """The members of the tool configuration that only Canvas knows."""
    extension = developer_key(public_url)["extensions"][0]
    return {_CLAIM + "privacy_level": extension["privacy_level"], _CLAIM + "tool_id": extension["tool_id"]}


def custom(public_url: str) -> dict[str, str]:
    fields: dict[str, str] = developer_key(public_url)["custom_fields"]
    return fields


def messages(public_url: str) -> list[dict[str, Any]]:
    """One message a placement, as its administrator may switch off each by itself."""
    settings = developer_key(public_url)["extensions"][0]["settings"]
    return [_message(placement, settings["icon_url"]) for placement in settings["placements"]]


def is_hosted(issuer: str, configuration_url: str) -> bool:
    """Whether Instructure runs it: one issuer for all schools, whose configuration lies on other hosts."""
    host = urlsplit(configuration_url).hostname or ""
    return urlsplit(issuer).hostname in _HOSTED_ISSUERS and host.endswith(_HOSTED_DOMAINS)


def _message(placement: dict[str, Any], icon: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "type": placement["message_type"],
        "target_link_uri": placement["target_link_uri"],
        "label": placement["text"],
        "icon_uri": icon,
        "placements": [placement["placement"]],
    }
    if "visibility" in placement:
        message[_CLAIM + "visibility"] = placement["visibility"]
    if placement["placement"] == "course_navigation":
        message[_CLAIM + "course_navigation/default_enabled"] = placement.get("default") != "disabled"
    return message


@cache
def _template() -> str:
    return (folder("config") / "canvas.json").read_text(encoding="utf-8")
