"""What a launch says, in the tool's own words. Made once, from claims that were found valid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import category
from zoneinfo import available_timezones

from lti_tool.lti import deep_linking, way_back
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import origin_of, service_url
from lti_tool.lti.roles import Role, administers, is_test_user, role_of

_ZONE_VARIABLES = ("timezone", "time_zone", "zoneinfo", "person_address_timezone")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MOST_CUSTOM = 100
_MOST_LISTED = 50
_MOST_HISTORY = 20
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Launch:
    """One accepted message. Texts are trimmed to what the database holds; None where nothing came."""

    platform_id: int
    """Row id of the platform."""
    issuer: str
    client_id: str
    deployment_id: str
    message_type: str
    target_link_uri: str

    sub: str
    name: str | None
    given_name: str | None
    family_name: str | None
    email: str | None
    locale: str | None
    timezone: str | None
    """An IANA name, if the platform said one that exists."""
    role: Role
    is_test_user: bool
    administers: bool
    """Administers the LMS itself, whatever the role in the course."""

    context_id: str | None
    context_label: str | None
    context_title: str | None
    link_id: str | None
    link_title: str | None
    link_description: str | None
    custom: Mapping[str, str]
    """Without those whose variable the platform did not know."""
    cohort_id: int | None
    """The cohort for which the link was placed: a row id, or what somebody typed in its place."""

    deep_linking: deep_linking.Settings | None
    """What may be placed; only in a deep linking request."""
    for_user: str | None
    """``sub`` of whose work is to be shown; only in a submission review request."""

    context_history: tuple[str, ...]
    """Ids of the contexts of which this one is a copy, the latest first (LTI 1.3 core, appendix B)."""
    link_history: tuple[str, ...]

    lineitems_url: str | None
    lineitem_url: str | None
    scopes: tuple[str, ...]
    """AGS scopes that the platform offers; what the token grants decides."""
    memberships_url: str | None
    groups_url: str | None
    group_sets_url: str | None
    notices_url: str | None
    """Where addresses for notices are registered; None unless the platform grants the scope for it."""
    notice_kinds: tuple[str, ...]

    return_url: str | None
    frame_origins: tuple[str, ...]
    """Where pages of the platform live that may frame the tool."""
    product_family: str | None


def parse(claims: Mapping[str, Any], *, platform_id: int, auth_url: str) -> Launch:
    """Turn claims that `validator` accepted into a `Launch`; an optional claim of a wrong shape is absent.

    Args:
        claims: the payload of the id_token.
        platform_id: row id of the platform that sent it.
        auth_url: the platform's authorisation endpoint; its pages frame the tool, too.
    """
    roles = claims[lti.ROLES]
    context = _object(claims, lti.CONTEXT)
    link = _object(claims, lti.RESOURCE_LINK)
    presentation = _object(claims, lti.LAUNCH_PRESENTATION)
    endpoint = _object(claims, lti.AGS_ENDPOINT)
    groups = _object(claims, lti.GROUPS_SERVICE)
    notices = _object(claims, lti.NOTIFICATION_SERVICE)
    custom = _custom(claims)
    return Launch(
        platform_id=platform_id,
        issuer=claims["iss"],
        client_id=_client(claims),
        deployment_id=claims[lti.DEPLOYMENT_ID],
        message_type=claims[lti.MESSAGE_TYPE],
        target_link_uri=claims[lti.TARGET_LINK_URI],
        sub=claims["sub"],
        name=_name(claims),
        given_name=text(claims.get("given_name"), 255),
        family_name=text(claims.get("family_name"), 255),
        email=text(claims.get("email"), 320),
        locale=text(presentation.get("locale"), 35) or text(claims.get("locale"), 35),
        timezone=_timezone(claims, custom),
        role=role_of(roles),
        is_test_user=is_test_user(roles),
        administers=administers(roles),
        context_id=context.get("id"),
        context_label=text(context.get("label"), 255),
        context_title=text(context.get("title"), 1000),
        link_id=link.get("id"),
        link_title=text(link.get("title"), 1000),
        link_description=text(link.get("description"), 2000),
        custom=custom,
        cohort_id=_cohort_id(custom),
        context_history=_history(custom, "context_id_history"),
        link_history=_history(custom, "link_id_history"),
        deep_linking=_deep_linking(claims),
        for_user=_for_user(claims),
        lineitems_url=service_url(endpoint.get("lineitems")),
        lineitem_url=service_url(endpoint.get("lineitem")),
        scopes=_texts(endpoint.get("scope")),
        memberships_url=service_url(_object(claims, lti.NRPS_SERVICE).get("context_memberships_url")),
        groups_url=service_url(groups.get("context_groups_url")),
        group_sets_url=service_url(groups.get("context_group_sets_url")),
        notices_url=_notices_url(notices),
        notice_kinds=_texts(notices.get("notice_types_supported")),
        return_url=way_back.return_url(claims, claims["iss"]),
        frame_origins=_frame_origins(claims["iss"], auth_url, presentation.get("return_url")),
        product_family=text(_object(claims, lti.TOOL_PLATFORM).get("product_family_code"), 100),
    )


def text(value: Any, limit: int) -> str | None:
    """A text that any database and any page can hold: no control characters, at most ``limit`` long.

    Joiners stay (Persian and Indic names need them); marks that turn the direction of what follows do not.
    """
    if not isinstance(value, str):
        return None
    clean = "".join(mark if _is_writing(mark) else " " for mark in value[: limit * 2])
    return " ".join(clean.split())[:limit].strip() or None


def _is_writing(mark: str) -> bool:
    return category(mark) not in {"Cc", "Cs"} and mark not in _TURNING


def is_identifier(value: Any) -> bool:
    """Whether a value is a text of 1 to 255 characters that may be stored and compared as it is."""
    return isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable()


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _client(claims: Mapping[str, Any]) -> str:
    audience = claims["aud"]
    if isinstance(audience, str):
        return audience
    return str(claims.get("azp") or audience[0])


def _name(claims: Mapping[str, Any]) -> str | None:
    whole = text(claims.get("name"), 500)
    parts = (text(claims.get("given_name"), 255), text(claims.get("family_name"), 255))
    return whole or " ".join(part for part in parts if part)[:500] or None


def _timezone(claims: Mapping[str, Any], custom: Mapping[str, str]) -> str | None:
    said = [claims.get("zoneinfo"), *(custom.get(name) for name in _ZONE_VARIABLES)]
    return next((zone for zone in said if isinstance(zone, str) and zone in _zones()), None)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads a folder each time it is asked


def _custom(claims: Mapping[str, Any]) -> dict[str, str]:
    pairs = list(_object(claims, lti.CUSTOM).items())[:_MOST_CUSTOM]
    return {
        name[:255]: str(value)[:2000]
        for name, value in pairs
        if isinstance(value, str | int | float)
        and not isinstance(value, bool)
        # A variable that the platform does not know arrives as it was written (LTI 1.3 core 6.1).
        and not str(value).startswith("$")
    }


def _cohort_id(custom: Mapping[str, str]) -> int | None:
    value = custom.get("cohort_id", "")
    return int(value) if _NUMBER.fullmatch(value) else None


def _history(custom: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Ids separated by commas; those that could not be stored are none."""
    ids = (part.strip() for part in custom.get(name, "").split(",")[:_MOST_HISTORY])
    return tuple(one for one in ids if is_identifier(one))


def _deep_linking(claims: Mapping[str, Any]) -> deep_linking.Settings | None:
    if claims[lti.MESSAGE_TYPE] != lti.DEEP_LINKING_REQUEST:
        return None
    return deep_linking.parse(_object(claims, lti.DEEP_LINKING_SETTINGS))


def _for_user(claims: Mapping[str, Any]) -> str | None:
    if claims[lti.MESSAGE_TYPE] != lti.SUBMISSION_REVIEW_REQUEST:
        return None
    return str(claims[lti.FOR_USER]["user_id"])


def _notices_url(service: Mapping[str, Any]) -> str | None:
    granted = lti.SCOPE_NOTICE_HANDLERS in _texts(service.get("scope"))
    return service_url(service.get("platform_notification_service_url")) if granted else None


def _texts(listed: Any) -> tuple[str, ...]:
    """The texts in a list, such as scopes."""
    if not isinstance(listed, list):
        return ()
    named = (text(one, 255) for one in listed[:_MOST_LISTED])
    return tuple(one for one in named if one)


def _frame_origins(*addresses: Any) -> tuple[str, ...]:
    origins = (origin_of(address) for address in addresses)
    return tuple(dict.fromkeys(origin for origin in origins if origin is not None))
