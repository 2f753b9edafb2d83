"""What a platform means by its answer to a score: its status alone does not tell.

The answers are those recorded from Moodle 4.5 (tests/captures), those that Canvas documents and has in its
source (instructure/canvas-lms, Score API), and what hypothesis/lms learned of Blackboard and D2L.
"""

from http import HTTPStatus
from typing import Literal

from lti_tool.lti.errors import ServiceError

Meaning = Literal[
    "outdated",
    "column-gone",
    "person-unknown",
    "not-allowed",
    "locked",
    "busy",
    "unreachable",
    "moved",
    "not-taken",
]
_BUSY = frozenset({408, 423, 425, 429, 502, 503, 504})
_OLDER = ("earlier timestamp", "before last updated timestamp", "stale_timestamp")
_NO_LEARNER = (
    "incorrect score received",  # Moodle says no more, also of somebody who is not enrolled
    "not found in course or is not a student",  # Canvas
    "invalid_user",
    "no active learner",
)


def meaning(status: int | None, answer: str) -> Meaning:
    """The meaning of an answer outside 2xx.

    Args:
        status: None when there was no answer.
        answer: what was said, the status line included.
    """
    said = answer.lower()
    if status is None:
        return "unreachable"
    if status == HTTPStatus.CONFLICT or _says(said, _OLDER):
        return "outdated"
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} and _says(said, _NO_LEARNER):
        return "person-unknown"
    if status in _BUSY or (status == HTTPStatus.FORBIDDEN and "rate limit" in said):
        return "busy"
    return _by_status(status)


def _by_status(status: int) -> Meaning:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return "column-gone"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "not-allowed"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Moodle answers so for a grade, or a column, that a teacher locked.
        return "locked"
    return "moved" if status < HTTPStatus.BAD_REQUEST else "not-taken"


def of(error: ServiceError) -> Meaning:
    return meaning(error.status, error.answer or "")


def _says(said: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in said for phrase in phrases)
