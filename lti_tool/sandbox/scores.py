"""Scores in (AGS 2.0, section 3.4) and results out (section 3.3)."""

from datetime import datetime
from typing import Any, Literal, Self

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from sqlalchemy import select

from lti_tool.sandbox.access import (
    membership,
    require_accept,
    require_content,
    require_line_item,
    require_scope,
)
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.json_body import Moment, json_answer, read_body
from lti_tool.sandbox.models import LineItem, Score
from lti_tool.sandbox.paging import add_link, read_page
from lti_tool.sandbox.platform import line_item_url
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import now, session
from lti_tool.sandbox.vocabulary import (
    MEDIA_RESULTS,
    MEDIA_SCORE,
    ROLE_LEARNER,
    SCOPE_RESULT_READ,
    SCOPE_SCORE,
)

blueprint = Blueprint("scores", __name__, url_prefix="/lti/courses/<course_id>/lineitems/<int:line_item_id>")


class Submission(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    started_at: Moment | None = None
    submitted_at: Moment | None = None


class ScoreBody(BaseModel):
    """A score as a tool sends it. `scoreGiven` may exceed `scoreMaximum` (extra credit)."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    user_id: str = Field(min_length=1)
    timestamp: Moment
    activity_progress: Literal["Initialized", "Started", "InProgress", "Submitted", "Completed"]
    grading_progress: Literal["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"]
    score_given: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    score_maximum: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    comment: str | None = None
    submission: Submission | None = None

    @model_validator(mode="after")
    def _has_maximum(self) -> Self:
        if self.score_given is not None and self.score_maximum is None:
            raise ValueError("scoreMaximum must stand beside scoreGiven")
        return self


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("gradebook")


@blueprint.post("/lineitem/scores")
def receive_score(course_id: str, line_item_id: int) -> Response:
    client_id = require_scope(SCOPE_SCORE)
    require_content(MEDIA_SCORE)
    item = require_line_item(course_id, line_item_id, client_id)
    body = read_body(ScoreBody)
    _check_learner(course_id, body.user_id)
    _store(item, body)
    describe(_summary(body))
    return Response(status=204)


def _check_learner(course_id: str, person_id: str) -> None:
    found = membership(course_id, person_id)
    if found is None or not found.active or ROLE_LEARNER not in found.roles:
        raise ServiceError(400, "invalid_user", "userId names no active learner of this course.")


def _store(item: LineItem, body: ScoreBody) -> None:
    score = session().scalar(
        select(Score).where(Score.line_item_id == item.id, Score.person_id == body.user_id)
    )
    if score is None:
        score = Score(line_item_id=item.id, person_id=body.user_id, times_received=0)
        session().add(score)
    elif score.locked:
        raise ServiceError(500, "locked", "A teacher locked this grade.")
    elif body.timestamp <= score.timestamp:
        raise ServiceError(409, "stale_timestamp", _stale(score.timestamp))
    score.timestamp = body.timestamp
    score.activity_progress = body.activity_progress
    score.grading_progress = body.grading_progress
    score.received_at = now()
    score.times_received += 1
    if body.comment is not None:
        score.comment = body.comment
    if body.grading_progress == "FullyGraded" and not score.overridden:
        score.grade = _points(item, body)


def _points(item: LineItem, body: ScoreBody) -> float | None:
    """In the line item's points. A full grading without a score takes the grade away (3.4.2)."""
    if body.score_given is None or body.score_maximum is None:
        return None
    return body.score_given * item.score_maximum / body.score_maximum


def _stale(stored: datetime) -> str:
    return f"timestamp must be later than {stored.isoformat()}, which is stored."


def _summary(body: ScoreBody) -> str:
    given = "no score" if body.score_given is None else f"{body.score_given:g} of {body.score_maximum:g}"
    return f"{body.user_id}: {given}, {body.grading_progress}"


@blueprint.get("/lineitem/results")
def list_results(course_id: str, line_item_id: int) -> Response:
    client_id = require_scope(SCOPE_RESULT_READ)
    require_accept(MEDIA_RESULTS)
    item = require_line_item(course_id, line_item_id, client_id)
    query = select(Score).where(Score.line_item_id == item.id, Score.grade.is_not(None))
    if "user_id" in request.args:
        query = query.where(Score.person_id == request.args["user_id"])
    scores, next_url = read_page(query, Score.id)
    return add_link(json_answer([_result(item, score) for score in scores], MEDIA_RESULTS), next_url)


def _result(item: LineItem, score: Score) -> dict[str, Any]:
    address = line_item_url(item.course_id, item.id)
    values = {
        "id": f"{address}/results?user_id={score.person_id}",
        "scoreOf": address,
        "userId": score.person_id,
        "resultScore": score.grade,
        "resultMaximum": item.score_maximum,
        "comment": score.comment,
    }
    return {name: value for name, value in values.items() if value is not None}
