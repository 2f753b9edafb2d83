"""Scores into the gradebook and results out of it (Assignment and Grade Services 2.0, sections 3.3 and 3.4).

Each call reads what it needs, ends the session's transaction, and only then goes out: nothing is locked while
a platform takes its time. Flush and commit before calling.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import line_items, services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError

__all__ = ["Result", "ServiceError", "find_or_create_line_item", "offered", "results", "send_score"]


@dataclass(frozen=True)
class Result:
    """A grade as it stands in the gradebook; None for points where there is none."""

    user_id: str
    points: float | None
    maximum: float | None
    comment: str | None


def offered(course: models.Course) -> bool:
    """Whether the platform lets the tool send scores to this course, as far as launches tell."""
    return lti.SCOPE_SCORE in course.scopes


def find_or_create_line_item(
    session: Session,
    course: models.Course,
    *,
    resource_id: str,
    tag: str,
    label: str,
    maximum: float,
    resource_link_id: str | None = None,
) -> str:
    """The address of the column with this resource id and tag, which is added when the course has none.

    Args:
        resource_link_id: the link under which it is, or is to be; None for a column on its own.

    Raises:
        ServiceError: see there; refused, when there is none and the tool may not add one.
    """
    book = line_items.gradebook_of(course)
    session.rollback()
    found = line_items.find(book, resource_id=resource_id, tag=tag, resource_link_id=resource_link_id)
    if found:
        return found[0].url
    return line_items.create(
        book,
        label=label,
        maximum=maximum,
        resource_id=resource_id,
        tag=tag,
        resource_link_id=resource_link_id,
    ).url


def send_score(
    session: Session, source: models.Course | models.Platform, lineitem_url: str, body: bytes
) -> int:
    """Post a score: exactly these bytes.

    Returns:
        The status of the answer (2xx).

    Raises:
        ServiceError: see there. Refused with status 409: the gradebook has a score of the same second or a
            later one; with 404: the column is gone.
    """
    platform = services.platform_of(source)
    session.rollback()
    response = tokens.call(
        platform,
        [lti.SCOPE_SCORE],
        "POST",
        scores_url(lineitem_url),
        data=body,
        headers={"Content-Type": lti.MEDIA_SCORE},
    )
    return response.status_code


def results(
    session: Session, course: models.Course, lineitem_url: str, user_id: str | None = None
) -> list[Result]:
    """What the gradebook shows, for everybody or for one person.

    No ``limit`` is sent: Moodle answers 404 to one.

    Raises:
        ServiceError: see there.
    """
    platform = services.platform_of(course)
    session.rollback()
    url = line_items.with_query(results_url(lineitem_url), {"user_id": user_id} if user_id else {})
    rows = line_items.entries(platform, url, [lti.SCOPE_RESULT_READ], lti.MEDIA_RESULTS)
    return [result for result in map(_result, rows) if result and user_id in {None, result.user_id}]


def scores_url(lineitem_url: str) -> str:
    """Where scores of a column go: below its path, before its query."""
    return _below(lineitem_url, "scores")


def results_url(lineitem_url: str) -> str:
    """Where the results of a column are."""
    return _below(lineitem_url, "results")


def _below(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}", fragment=""))


def _result(row: Any) -> Result | None:
    user_id = row.get("userId") if isinstance(row, dict) else None
    if not isinstance(user_id, str | int) or user_id == "":
        return None
    comment = row.get("comment")
    return Result(
        user_id=str(user_id),
        points=_number(row.get("resultScore")),
        maximum=_number(row.get("resultMaximum")),
        comment=comment if isinstance(comment, str) else None,
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
