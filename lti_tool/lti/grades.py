"""Scores into the gradebook and results out of it (Assignment and Grade Services 2.0, sections 3.3 and 3.4).

Each call reads what it needs, ends the session's transaction, and only then goes out: nothing is locked while
a platform takes its time. Flush and commit before calling.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import line_items, services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError

__all__ = [
    "Result",
    "ServiceError",
    "can_look_up",
    "create_line_item",
    "find_line_item",
    "line_item_is_gone",
    "offered",
    "results",
    "results_offered",
    "send_score",
]


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


def can_look_up(course: models.Course) -> bool:
    """Whether the tool may ask for columns of this course."""
    reading = {lti.SCOPE_LINE_ITEM, lti.SCOPE_LINE_ITEM_READ}
    return course.lineitems_url is not None and not reading.isdisjoint(course.scopes)


def results_offered(course: models.Course) -> bool:
    """Whether the platform lets the tool read what its columns show."""
    return lti.SCOPE_RESULT_READ in course.scopes


def find_line_item(
    session: Session,
    course: models.Course,
    *,
    resource_id: str,
    tag: str,
    link_ids: Collection[str] = (),
) -> str | None:
    """The address of the tool's column with this resource id and tag, if the course has one.

    An activity that somebody copied brings a column with the same two under its own link, so a column counts
    only when it is of one of ``link_ids``, which are asked for first, or of no link.

    Raises:
        ServiceError: see there.
    """
    book = line_items.gradebook_of(course)
    session.rollback()
    found = line_items.find(book, resource_id=resource_id, tag=tag)
    fitting = [item for item in found if item.resource_link_id is None or item.resource_link_id in link_ids]
    # The oldest first, where there is more than one: a column made twice by somebody else stays one.
    fitting.sort(key=lambda item: item.resource_link_id is None)
    return fitting[0].url if fitting else None


def create_line_item(
    session: Session, course: models.Course, *, resource_id: str, tag: str, label: str, maximum: float
) -> str:
    """Add a column of its own to the course; gives its address. Look first whether there is one.

    Raises:
        ServiceError: see there; refused, when the tool may not add one.
    """
    book = line_items.gradebook_of(course)
    session.rollback()
    return line_items.create(book, label=label, maximum=maximum, resource_id=resource_id, tag=tag).url


def line_item_is_gone(session: Session, course: models.Course, lineitem_url: str) -> bool:
    """Whether the platform says of a column itself that it does not have it.

    Raises:
        ServiceError: it could not be asked, or answered neither way.
    """
    book = line_items.gradebook_of(course)
    session.rollback()
    return not line_items.is_there(book, lineitem_url)


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
