"""The course list as the platform gives it (Names and Role Provisioning Services 2.0)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.lti import services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.course_groups import Keys, custom_keys, enrolled
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.launch import is_identifier, text
from lti_tool.lti.roles import Role, is_test_user, role_of
from lti_tool.lti.roster_source import RosterSource

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
    groups: Keys | None = None
    sections: Keys | None = None
    """The platform's ids of the groups and sections this person is in; None where it does not say."""


def members(
    source: RosterSource, *, link_id: str | None = None, with_groups: bool = False
) -> Iterator[RosterMember]:
    """Everybody in the course list, page by page. Call it outside any transaction.

    Entries without a usable ``user_id``, repeated ones and Canvas' test student are left out. No role is ever
    asked for: Moodle forgets that filter from the second page on.

    Args:
        link_id: ask only for those who can open this resource link (NRPS 2.0, section 2.4.2, ``rlid``).
        with_groups: ask for each person's groups, too (Course Groups Service 1.0, section 3.3).

    Raises:
        ServiceError: see there; refused, for a list without end.
    """
    asked = {"limit": str(PAGE_SIZE)}
    asked |= {"rlid": link_id} if link_id is not None else {}
    asked |= {"groups": "true"} if with_groups else {}
    scopes = [lti.SCOPE_MEMBERSHIP_READ, *([lti.SCOPE_GROUP_READ] if with_groups else [])]
    seen: set[str] = set()
    pages = services.pages(
        lambda url: tokens.call(source.platform, scopes, "GET", url, headers=_ACCEPT),
        services.with_query(source.memberships_url, asked),
        "members",
    )
    for page in services.bounded(pages, MOST_PAGES):
        for row in page:
            member = _member(row)
            if member is None or member.sub in seen:
                continue
            seen.add(member.sub)
            if len(seen) > MOST_MEMBERS:
                raise ServiceError("refused", f"the course list has more than {MOST_MEMBERS} people")
            yield member


# Exactly this one media type: Moodle answers 400 to any other and to a list of them.
_ACCEPT = {"Accept": lti.MEDIA_MEMBERSHIPS}


def _member(row: Any) -> RosterMember | None:
    if not isinstance(row, dict):
        return None
    sub = row.get("user_id")
    sub = str(sub) if isinstance(sub, int) else sub
    roles = [role for role in _list(row.get("roles")) if isinstance(role, str)]
    if not isinstance(sub, str) or not is_identifier(sub) or is_test_user(roles):
        return None
    parts = (text(row.get("given_name"), 255), text(row.get("family_name"), 255))
    custom = _custom(row)
    return RosterMember(
        sub=sub,
        name=text(row.get("name"), 500) or " ".join(part for part in parts if part)[:500] or None,
        email=text(row.get("email"), 320),
        role=role_of(roles),
        active=str(row.get("status", "Active")).lower() == "active",
        groups=_first(enrolled(row.get("group_enrollments")), custom_keys(custom, "group")),
        sections=custom_keys(custom, "section"),
    )


def _custom(row: dict[str, Any]) -> dict[str, Any]:
    """Custom values as a launch of this person would carry them; some platforms give them with ``rlid``."""
    for message in _list(row.get("message")):
        custom = message.get(lti.CUSTOM) if isinstance(message, dict) else None
        if isinstance(custom, dict):
            return custom
    return {}


def _first(*found: Keys | None) -> Keys | None:
    return next((keys for keys in found if keys is not None), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
