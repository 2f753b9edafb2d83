"""From the roles that an LMS names (LTI 1.3 core, appendix A.2) to the one that counts in the tool."""

from collections.abc import Iterable
from enum import StrEnum

_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/"
_MEMBERSHIP = _VOCABULARY + "membership"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

_ADMINISTRATORS = frozenset(
    f"{_VOCABULARY}{place}/person#{name}"
    for place in ("institution", "system")
    for name in ("Administrator", "SysAdmin", "AccountAdmin")
)
_ASSISTING = ("TeachingAssistant", "Grader")
"""How the sub-roles of an instructor who assists begin (TeachingAssistantSection and so on)."""


class Role(StrEnum):
    """What somebody is in a course."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    ADMINISTRATOR = "administrator"
    LEARNER = "learner"
    OBSERVER = "observer"
    NONE = "none"

    @property
    def teaches(self) -> bool:
        return self in {Role.INSTRUCTOR, Role.ASSISTANT, Role.ADMINISTRATOR}


_PRINCIPAL = {
    "Administrator": Role.ADMINISTRATOR,
    "ContentDeveloper": Role.INSTRUCTOR,
    "Instructor": Role.INSTRUCTOR,
    "Learner": Role.LEARNER,
    "Manager": Role.INSTRUCTOR,
    # LTI's Mentor looks after a learner (a parent, an adviser): no peer mentor, and no part in the course.
    "Mentor": Role.OBSERVER,
}
_STRONGEST_FIRST = (Role.INSTRUCTOR, Role.ASSISTANT, Role.ADMINISTRATOR, Role.LEARNER, Role.OBSERVER)


def role_of(names: Iterable[str]) -> Role:
    """The one role that counts, of all that the LMS named (full URIs, or the short names of context roles).

    Roles in the course outrank those in the institution; teaching outranks learning, so that nobody who
    teaches is matched by mistake. An administrator of the LMS who has no role in the course is let in as
    administrator. Unknown and other institution roles give none.
    """
    named = set(names)
    in_course = _course_roles(named)
    for role in _STRONGEST_FIRST:
        if role in in_course:
            return role
    return Role.ADMINISTRATOR if named & _ADMINISTRATORS else Role.NONE


def administers(names: Iterable[str]) -> bool:
    """Whether somebody administers the LMS itself, whatever they are in the course."""
    return bool(set(names) & _ADMINISTRATORS)


def is_test_user(names: Iterable[str]) -> bool:
    """Whether this is Canvas' student view: everything works, but nothing may reach the gradebook."""
    return _TEST_USER in set(names)


def _course_roles(named: set[str]) -> set[Role]:
    parsed = {part for part in map(_principal_and_sub, named) if part is not None}
    found = {_PRINCIPAL[principal] for principal, sub in parsed if principal in _PRINCIPAL and not sub}
    subs = {(principal, sub) for principal, sub in parsed if principal in _PRINCIPAL and sub}
    assists = {sub for principal, sub in subs if principal == "Instructor" and sub.startswith(_ASSISTING)}
    leads = {sub for principal, sub in subs if principal == "Instructor"} - assists
    found |= {_PRINCIPAL[principal] for principal, _sub in subs if principal != "Instructor"}
    if leads:
        found.add(Role.INSTRUCTOR)
    if assists:
        # The principal role comes with each sub-role (A.2.3): here it says no more than the sub-role.
        found.add(Role.ASSISTANT)
        if not leads:
            found.discard(Role.INSTRUCTOR)
    return found


def _principal_and_sub(name: str) -> tuple[str, str] | None:
    """("Instructor", "") or ("Instructor", "TeachingAssistant") for a context role, full or short."""
    if ":" not in name:
        principal, _hash, sub = name.partition("#")
        return _short(principal, sub)
    if not name.startswith(_MEMBERSHIP):
        return None
    path, _hash, fragment = name.removeprefix(_MEMBERSHIP).partition("#")
    return (path.removeprefix("/"), fragment) if path else (fragment, "")


def _short(principal: str, sub: str) -> tuple[str, str]:
    if principal.startswith(_ASSISTING):
        return "Instructor", principal
    return principal, sub
