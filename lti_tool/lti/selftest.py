"""Trying out what a platform has to do for the tool: each try says whether it worked, or why it was not made.

Nothing is changed for good: the one gradebook column that is added is removed again, and no other is touched.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from lti_tool.db import clock, models
from lti_tool.lti import grades, keys, line_items, services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.line_items import Gradebook, LineItem

State = Literal["ok", "failed", "skipped", "unused"]
TEST_COLUMN = "Peer Mentor self-test (removed again at once)"
TEST_TAG = "self-test"


@dataclass(frozen=True)
class Result:
    """How one try ended.

    Attributes:
        name: of the try, a key of the wording where it is shown.
        detail: a fact for an administrator: a number of people, what the platform answered. No names.
    """

    name: str
    state: State
    detail: str = ""


class Skipped(Exception):
    """The try cannot be made, for the reason given."""


class Unused(Exception):
    """The platform says that it can, and nobody has done it yet."""


def tries(session: Session, platform_id: int, public_url: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """The tries in their order: a name, and what makes it and gives its detail.

    Each may raise `Skipped`, `ServiceError`, or anything that a broken platform causes. Call them outside
    any transaction.
    """
    yield "launch", lambda: _launch(session, platform_id)
    yield "keys", lambda: _own_keys(public_url)
    yield "token", lambda: _token(session, platform_id)
    yield "roster", lambda: _roster(_course(session, platform_id, "memberships_url"))
    yield "columns", lambda: _columns(_course(session, platform_id, "lineitems_url"))
    yield "score", lambda: _score(session, _course(session, platform_id, "lineitems_url"))
    yield "content", lambda: _content(session, platform_id)


def make(name: str, attempt: Callable[[], str]) -> Result:
    """Make one try; whatever happens in it is its result."""
    try:
        return Result(name, "ok", attempt())
    except Skipped as reason:
        return Result(name, "skipped", str(reason))
    except Unused as known:
        return Result(name, "unused", str(known))
    except ServiceError as error:
        return Result(name, "failed", error.answer[:500])


def _launch(session: Session, platform_id: int) -> str:
    latest = session.execute(
        select(models.Member.last_launch_at, models.Deployment.deployment_id)
        .join(models.Course, models.Course.id == models.Member.course_id)
        .join(models.Deployment, models.Deployment.id == models.Course.deployment_id)
        .where(models.Deployment.platform_id == platform_id, models.Member.last_launch_at.is_not(None))
        .order_by(models.Member.last_launch_at.desc())
        .limit(1)
    ).first()
    session.rollback()
    if latest is None:
        raise Skipped("nobody has opened Peer Mentor in a course of this platform yet")
    return f"{latest[0]:%Y-%m-%d %H:%M} UTC, deployment {latest[1]}"


def _content(session: Session, platform_id: int) -> str:
    """Only a person in the platform can begin deep linking: what was seen of it, or else what was said."""
    platform = session.get_one(models.Platform, platform_id)
    seen, messages = platform.deep_linked_at, platform.messages
    session.rollback()
    if seen is not None:
        return f"somebody was about to add content on {seen:%Y-%m-%d %H:%M} UTC"
    if messages is None:
        raise Skipped("the platform has not said whether it has it, and nobody has added content yet")
    if lti.DEEP_LINKING_REQUEST not in messages:
        raise Skipped("the platform said at its registration that it has no deep linking")
    where = ", ".join(messages[lti.DEEP_LINKING_REQUEST])
    raise Unused(f"the platform offers it{f' ({where})' if where else ''}, and nobody has used it yet")


def _own_keys(public_url: str) -> str:
    """The platform must be able to fetch the tool's keys: ask for them as it does."""
    answer = services.json_of(_ok(services.request("GET", f"{public_url}/lti/jwks")))
    listed = {key.get("kid") for key in answer.get("keys", [])} if isinstance(answer, dict) else set()
    missing = {key["kid"] for key in keys.key_set()["keys"]} - listed
    if missing:
        raise ServiceError("refused", "another key set is published there than the tool's own")
    return f"{len(listed)} published at {public_url}/lti/jwks"


def _token(session: Session, platform_id: int) -> str:
    platform = services.platform_of(session.get_one(models.Platform, platform_id))
    session.rollback()
    granted: set[str] = set()
    for scope in (lti.SCOPE_MEMBERSHIP_READ, lti.SCOPE_LINE_ITEM, lti.SCOPE_SCORE, lti.SCOPE_RESULT_READ):
        try:
            granted |= tokens.token(platform, [scope]).granted
        except ServiceError as error:
            if error.kind != "paused" or error.status is not None:
                raise
    if not granted:
        raise ServiceError("paused", "no scope is granted")
    return " ".join(sorted(scope.rpartition("/")[2] for scope in granted))


def _course(session: Session, platform_id: int, address: str) -> models.Course:
    """The course that was used last and has what is to be tried."""
    course = session.scalar(
        select(models.Course)
        .join(models.Deployment)
        .join(models.Member, models.Member.course_id == models.Course.id)
        .where(models.Deployment.platform_id == platform_id, getattr(models.Course, address).is_not(None))
        .order_by(models.Member.last_launch_at.desc().nulls_last(), models.Course.id.desc())
        .limit(1)
    )
    if course is None:
        raise Skipped("no course of this platform has offered it in a launch yet")
    return course


def _roster(course: models.Course) -> str:
    platform, url = services.platform_of(course), course.memberships_url or ""
    _end_reading(course)
    answer = tokens.call(
        platform, [lti.SCOPE_MEMBERSHIP_READ], "GET", url, headers={"Accept": lti.MEDIA_MEMBERSHIPS}
    )
    body = services.json_of(answer)
    found = body.get("members") if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise ServiceError("retry", "the answer is no course list")
    named = sum(1 for one in found if isinstance(one, dict) and (one.get("name") or one.get("given_name")))
    return f"{len(found)} people on the first page, {named} with a name"


def _columns(course: models.Course) -> str:
    book = line_items.gradebook_of(course)
    _end_reading(course)
    return f"{len(line_items.find(book))} columns of Peer Mentor"


def _score(session: Session, course: models.Course) -> str:
    """Add a column, send a score for one learner, and remove the column, whatever became of the score."""
    book, learner = line_items.gradebook_of(course), _learner(session, course)
    session.rollback()
    item = line_items.create(
        book, label=TEST_COLUMN, maximum=1, resource_id=f"self-test-{uuid.uuid4()}", tag=TEST_TAG
    )
    try:
        _send(session, book, item, learner[0])
    finally:
        _remove(book, item)
    return f"a column was added, scored for {learner[1]} and removed again"


def _learner(session: Session, course: models.Course) -> tuple[str, str]:
    """Subject and pseudonym of somebody whom the platform grades: staff cannot have a score."""
    found = session.execute(
        select(models.Person.sub, models.Member.pseudonym)
        .join(models.Member, models.Member.person_id == models.Person.id)
        .where(
            models.Member.course_id == course.id,
            models.Member.active,
            models.Member.role == "learner",
            models.Member.is_test.is_(False),
        )
        .order_by(models.Member.id)
        .limit(1)
    ).first()
    if found is None:
        raise Skipped("no learner of the course is known yet")
    return found[0], found[1]


def _send(session: Session, book: Gradebook, item: LineItem, sub: str) -> None:
    # Nothing is graded: the score says that work has begun, so that no number is seen even for a moment.
    body = {
        "userId": sub,
        "timestamp": clock.now().isoformat(timespec="seconds"),
        "activityProgress": "Started",
        "gradingProgress": "NotReady",
    }
    platform = session.get_one(models.Platform, book.platform.id)
    grades.send_score(session, platform, item.url, json.dumps(body).encode())


def _remove(book: Gradebook, item: LineItem) -> None:
    tokens.call(book.platform, [lti.SCOPE_LINE_ITEM], "DELETE", item.url)


def _ok(response: requests.Response) -> requests.Response:
    if not 200 <= response.status_code < 300:
        raise services.failure(response)
    return response


def _end_reading(course: models.Course) -> None:
    """What was read stays in the objects; no transaction is open while a platform takes its time."""
    session = object_session(course)
    if session is not None:
        session.rollback()
