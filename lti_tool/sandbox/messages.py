"""The claims of the messages that the platform sends (LTI core 1.3, 5; Deep Linking 2.0, 4)."""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from lti_tool.sandbox.access import membership
from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.hints import DeepLinkData, sign_deep_link_data
from lti_tool.sandbox.models import Course, LineItem, Person, ResourceLink
from lti_tool.sandbox.platform import (
    deep_link_return_url,
    group_sets_url,
    groups_url,
    line_item_url,
    line_items_url,
    memberships_url,
    notice_handlers_url,
    platform,
    return_url,
)
from lti_tool.sandbox.store import session
from lti_tool.sandbox.variables import custom_claim
from lti_tool.sandbox.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    CLAIM,
    COURSE_OFFERING,
    DEEP_LINKING_CLAIM,
    GROUPS_CLAIM,
    NOTICE_TYPES,
    NOTICES_CLAIM,
    NRPS_CLAIM,
    SCOPE_GROUP_READ,
    SCOPE_MEMBERSHIP_READ,
    SCOPE_NOTICE_HANDLERS,
)

_LIFETIME = 60  # seconds between iat and exp
_VERSION = "1.3.0"


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said, to which tool, about whom. ``link`` is None for deep linking.

    With ``review``, whose work it is and its column, it is a submission review.
    """

    tool: ToolRegistration
    course: Course
    person: Person
    roles: tuple[str, ...]
    target: Literal["iframe", "window"]
    link: ResourceLink | None
    review: "Review | None" = None


@dataclass(frozen=True, slots=True)
class Review:
    learner: Person
    item: LineItem


def roles_in(course_id: str, person: Person) -> tuple[str, ...] | None:
    """A person's roles (full URIs) there; None when they may not enter it."""
    found = membership(course_id, person.id)
    if found is not None and found.active:
        return tuple(found.roles)
    return tuple(person.system_roles) or None


def id_token_claims(message: Message, nonce: str) -> dict[str, Any]:
    moment = int(time.time())
    claims: dict[str, Any] = {
        "iss": platform().issuer,
        "aud": message.tool.client_id,
        "sub": message.person.id,
        "iat": moment,
        "exp": moment + _LIFETIME,
        "nonce": nonce,
        "jti": secrets.token_urlsafe(16),
        **profile_claims(message.tool, message.person),
        "locale": message.person.locale,
        "zoneinfo": message.person.zoneinfo,
        CLAIM + "version": _VERSION,
        CLAIM + "deployment_id": message.tool.deployment_id,
        CLAIM + "roles": list(message.roles),
        CLAIM + "context": context_claim(message.course),
        CLAIM + "tool_platform": _tool_platform(),
        CLAIM + "launch_presentation": _presentation(message),
        **_service_claims(message),
    }
    if message.link is None:
        return claims | _deep_linking_claims(message)
    claims |= _resource_link_claims(message, message.link)
    return claims | (_review_claims(message.review) if message.review else {})


def profile_claims(tool: ToolRegistration, person: Person) -> dict[str, str]:
    """Name and email, unless the person or the tool's registration withholds them."""
    if not (tool.shares_profile and person.shares_profile):
        return {}
    values = {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
    return {name: value for name, value in values.items() if value}


def _resource_link_claims(message: Message, link: ResourceLink) -> dict[str, Any]:
    claims: dict[str, Any] = {
        CLAIM + "message_type": "LtiResourceLinkRequest",
        CLAIM + "target_link_uri": link.url or message.tool.target_link_uri,
        CLAIM + "resource_link": {"id": link.id, "title": link.title},
    }
    custom = custom_claim(message.tool, link, message.person)
    return claims | ({CLAIM + "custom": custom} if custom else {})


def _review_claims(review: Review) -> dict[str, Any]:
    """Submission Review 1.0: the learner, and the column from which it was opened."""
    return {
        CLAIM + "message_type": "LtiSubmissionReviewRequest",
        CLAIM + "for_user": {"user_id": review.learner.id},
    }


def _deep_linking_claims(message: Message) -> dict[str, Any]:
    data = DeepLinkData(
        message.person.id, message.course.id, message.tool.client_id, secrets.token_urlsafe(16)
    )
    return {
        CLAIM + "message_type": "LtiDeepLinkingRequest",
        CLAIM + "target_link_uri": message.tool.deep_linking_url or message.tool.target_link_uri,
        DEEP_LINKING_CLAIM + "deep_linking_settings": {
            "deep_link_return_url": deep_link_return_url(message.course.id, message.tool.client_id),
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": False,
            "data": sign_deep_link_data(data),
        },
    }


def context_claim(course: Course) -> dict[str, Any]:
    return {"id": course.id, "label": course.label, "title": course.title, "type": [COURSE_OFFERING]}


def _tool_platform() -> dict[str, str]:
    return {
        "guid": "sandbox-lms.example",
        "name": "Sandbox LMS",
        "product_family_code": "peer-mentor-sandbox",
        "version": "1",
    }


def _presentation(message: Message) -> dict[str, Any]:
    return {
        "document_target": message.target,
        "locale": message.person.locale,
        "return_url": return_url(message.course.id),
    }


def _service_claims(message: Message) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    scopes = [scope for scope in AGS_SCOPES if scope in message.tool.scopes]
    if scopes:
        claims[AGS_CLAIM] = {"scope": scopes, "lineitems": line_items_url(message.course.id)}
        item = message.review.item if message.review else _only_line_item(message.link)
        if item is not None:
            claims[AGS_CLAIM]["lineitem"] = line_item_url(message.course.id, item.id)
    if SCOPE_MEMBERSHIP_READ in message.tool.scopes:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": memberships_url(message.course.id),
            "service_versions": ["2.0"],
        }
    if SCOPE_GROUP_READ in message.tool.scopes:
        claims[GROUPS_CLAIM] = {
            "scope": [SCOPE_GROUP_READ],
            "context_groups_url": groups_url(message.course.id),
            "context_group_sets_url": group_sets_url(message.course.id),
            "service_versions": ["1.0"],
        }
    if SCOPE_NOTICE_HANDLERS in message.tool.scopes:
        claims[NOTICES_CLAIM] = {
            "service_versions": ["1.0"],
            "platform_notification_service_url": notice_handlers_url(message.tool.client_id),
            "scope": [SCOPE_NOTICE_HANDLERS],
            "notice_types_supported": list(NOTICE_TYPES),
        }
    return claims


def _only_line_item(link: ResourceLink | None) -> LineItem | None:
    """`lineitem` stands in the claim only when the link has exactly one (AGS 2.0, 3.1.1)."""
    if link is None:
        return None
    found = session().scalars(select(LineItem).where(LineItem.resource_link_id == link.id).limit(2)).all()
    return found[0] if len(found) == 1 else None
