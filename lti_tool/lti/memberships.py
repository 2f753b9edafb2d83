"""The course list as the platform gives it (Names and Role Provisioning Services 2.0)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lti_tool.db import models
from lti_tool.lti import services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.launch import is_identifier, text
from lti_tool.lti.roles import Role, is_test_user, role_of
from lti_tool.lti.services import ServicePlatform

PAGE_SIZE = 100
MOST_PAGES = 1_000
MOST_MEMBERS = 50_000


@dataclass(frozen=True)
class RosterMember:
    sub: str
    name: str | None
    email: str | None
    role: Role
    active: bool
    """False for somebody whom the platform lists as inactive or deleted."""


def members(course: models.Course) -> Iterator[RosterMember]:
    """Everybody in the course list, page by page. Call it outside any transaction.

    Entries without a usable ``user_id``, repeated ones and Canvas' test student are left out.

    Raises:
        ServiceError: see there; refused, when the course has no roster, or one without end.
    """
    if not course.memberships_url:
        raise ServiceError("refused", "the platform offers no roster to this course")
    return _members(services.platform_of(course), _first_page(course.memberships_url))


def _members(platform: ServicePlatform, url: str) -> Iterator[RosterMember]:
    seen: set[str] = set()
    for page in services.bounded(_pages(platform, url), MOST_PAGES):
        for row in page:
            member = _member(row)
            if member is None or member.sub in seen:
                continue
            seen.add(member.sub)
            if len(seen) > MOST_MEMBERS:
                raise ServiceError("refused", f"the course list has more than {MOST_MEMBERS} people")
            yield member


def _pages(platform: ServicePlatform, first: str) -> Iterator[list[Any]]:
    at: str | None = first
    visited: set[str] = set()
    while at is not None:
        if at in visited:
            raise ServiceError("refused", "the course list leads back to a page that was read already")
        visited.add(at)
        # Exactly this one media type: Moodle answers 400 to any other and to a list of them.
        response = tokens.call(
            platform, [lti.SCOPE_MEMBERSHIP_READ], "GET", at, headers={"Accept": lti.MEDIA_MEMBERSHIPS}
        )
        body = services.json_of(response)
        page = body.get("members") if isinstance(body, dict) else None
        if not isinstance(page, list):
            raise ServiceError("retry", "the answer is no course list", status=response.status_code)
        yield page
        at = services.next_page(response, first)


def _first_page(url: str) -> str:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if all(name != "limit" for name, _value in pairs):
        pairs.append(("limit", str(PAGE_SIZE)))
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def _member(row: Any) -> RosterMember | None:
    if not isinstance(row, dict):
        return None
    sub = row.get("user_id")
    sub = str(sub) if isinstance(sub, int) else sub
    roles = [role for role in _list(row.get("roles")) if isinstance(role, str)]
    if not isinstance(sub, str) or not is_identifier(sub) or is_test_user(roles):
        return None
    parts = (text(row.get("given_name"), 255), text(row.get("family_name"), 255))
    return RosterMember(
        sub=sub,
        name=text(row.get("name"), 500) or " ".join(part for part in parts if part)[:500] or None,
        email=text(row.get("email"), 320),
        role=role_of(roles),
        active=str(row.get("status", "Active")).lower() == "active",
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
