"""The running platform's configuration and addresses."""

from flask import current_app

from lti_tool.sandbox.config import SandboxConfig


def platform() -> SandboxConfig:
    found = current_app.extensions["sandbox_config"]
    assert isinstance(found, SandboxConfig)
    return found


def line_items_url(course_id: str) -> str:
    return f"{platform().issuer}/lti/courses/{course_id}/lineitems"


def line_item_url(course_id: str, line_item_id: int) -> str:
    return f"{line_items_url(course_id)}/{line_item_id}/lineitem"


def memberships_url(course_id: str) -> str:
    return f"{platform().issuer}/lti/courses/{course_id}/memberships"


def groups_url(course_id: str) -> str:
    return f"{platform().issuer}/lti/courses/{course_id}/groups"


def group_sets_url(course_id: str) -> str:
    return f"{platform().issuer}/lti/courses/{course_id}/groupsets"


def notice_handlers_url(client_id: str) -> str:
    return f"{platform().issuer}/lti/tools/{client_id}/notice-handlers"


def return_url(course_id: str) -> str:
    return f"{platform().issuer}/courses/{course_id}/returned"


def deep_link_return_url(course_id: str, client_id: str) -> str:
    return f"{platform().issuer}/courses/{course_id}/deep-links/{client_id}"
