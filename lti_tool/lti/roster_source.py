"""Where a course's people and groups are read."""

from dataclasses import dataclass

from lti_tool.db import models
from lti_tool.lti import services
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.services import ServicePlatform


@dataclass(frozen=True)
class RosterSource:
    """No row, since it outlives the transaction."""

    platform: ServicePlatform
    memberships_url: str
    groups_url: str | None
    group_sets_url: str | None


def source_of(course: models.Course) -> RosterSource:
    """
    Raises:
        ServiceError: refused, when the course has no roster.
    """
    if not course.memberships_url:
        raise ServiceError("refused", "the platform offers no roster to this course")
    return RosterSource(
        services.platform_of(course), course.memberships_url, course.groups_url, course.group_sets_url
    )
