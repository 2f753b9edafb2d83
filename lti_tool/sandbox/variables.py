"""Custom values and the variables in them (LTI 1.3 core, section 6.1 and appendix B)."""

from collections.abc import Mapping

from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.models import CopiedCourse, CopiedLink, Person, ResourceLink
from lti_tool.sandbox.store import session

_LONGEST_HISTORY = 20


def custom_claim(tool: ToolRegistration, link: ResourceLink, person: Person) -> dict[str, str]:
    """The tool's custom values and the link's, filled in; an unknown variable stays as it is."""
    variables = {
        "$User.id": person.id,
        "$Context.id": link.course_id,
        "$Context.id.history": ",".join(context_history(link.course_id)),
        "$ResourceLink.id": link.id,
        "$ResourceLink.id.history": ",".join(link_history(link.id)),
        "$Person.address.timezone": person.zoneinfo,
    }
    return _filled({**tool.custom, **link.custom}, variables)


def context_history(course_id: str) -> list[str]:
    """Ids of the courses that this one was copied from, the latest first."""
    found: list[str] = []
    at = session().get(CopiedCourse, course_id)
    while at is not None and len(found) < _LONGEST_HISTORY:
        found.append(at.source_id)
        at = session().get(CopiedCourse, at.source_id)
    return found


def link_history(link_id: str) -> list[str]:
    """Ids of the links that this one was copied from, the latest first."""
    found: list[str] = []
    at = session().get(CopiedLink, link_id)
    while at is not None and len(found) < _LONGEST_HISTORY:
        found.append(at.source_id)
        at = session().get(CopiedLink, at.source_id)
    return found


def _filled(values: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    return {name: variables.get(value, value) for name, value in values.items()}
