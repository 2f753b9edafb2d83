"""What each recorded answer of Moodle, and each documented one of Canvas, leads to."""

import json
from typing import Any

import pytest
import requests
import responses
from sqlalchemy.orm import Session

from lti_tool.lti import grades, score_answers, services
from lti_tool.lti.errors import ServiceError
from lti_tool.rooms.reports import wording
from tests.captures import moodle
from tests.cast import Cast

ITEM = "https://lms.example/items/1/lineitem?type_id=1"
SCORES = "https://lms.example/items/1/lineitem/scores?type_id=1"

OUTDATED = ("refused", "outdated")
"""Sent again at once with a newer timestamp, whatever the kind says."""
PERSON = ("refused", "person-unknown")
COLUMN = ("refused", "column-gone")
FORMAT = ("refused", "not-taken")
PAUSE = ("paused", "not-allowed")
BUSY = ("retry", "busy")
LOCKED = ("retry", "locked")

SCORE_ANSWERS = {
    "older_timestamp": OUTDATED,
    "same_timestamp_again": OUTDATED,
    "now_after_future": OUTDATED,
    "no_type_id_in_url": OUTDATED,
    "to_created_item_older": OUTDATED,
    "unknown_user": PERSON,
    "outsider_not_enrolled": PERSON,
    "teacher_user": PERSON,
    "tutor_user": PERSON,
    # Moodle says the same of a score that lacks something; none of ours does.
    "no_timestamp": PERSON,
    "bad_timestamp": PERSON,
    "no_scoreMaximum": PERSON,
    "no_activityProgress": PERSON,
    "no_gradingProgress": PERSON,
    "empty_object": PERSON,
    "text_userId": BUSY,  # its process broke down
    "ct_json": FORMAT,
    "readonly_token": PAUSE,
    "GET_scores": FORMAT,
}
LINE_ITEM_ANSWERS = {
    "list_accept_any": FORMAT,
    "list_accept_json": FORMAT,
    "list_accept_lineitem_singular": FORMAT,
    "create_no_label": FORMAT,
    "create_max_text": FORMAT,
    "create_foreign_link": PAUSE,
    "create_ct_json": FORMAT,
    "create_long_label_300": BUSY,
    "get_deleted": COLUMN,
    "delete_again": COLUMN,
    "put_deleted": COLUMN,
    "score_deleted": COLUMN,
    "unknown_item": COLUMN,
    "wrong_type_id": PAUSE,
    "no_token": PAUSE,
    "readonly_scope_post": PAUSE,
    "readonly_scope_put": PAUSE,
}
RESULT_ANSWERS = {
    "limit=2": COLUMN,  # Moodle's own fault: no limit is ever sent
    "limit2_from2": COLUMN,
    "accept_json": FORMAT,
    "no_result_scope": PAUSE,
}
LIFECYCLE_ANSWERS = {
    ("locked_item", "response"): LOCKED,
    ("student_unenrolled", "score_after"): PERSON,
    ("course_reset_grades_groups_unenrol_students", "score_to_unenrolled"): PERSON,
}
CANVAS_ANSWERS = {
    (422, "User not found in course or is not a student"): PERSON,
    (400, "Provided timestamp of 2026-11-25T10:00:00Z before last updated timestamp of 2026-11-25"): OUTDATED,
    (400, "Provided timestamp of yesterday not a valid timestamp"): FORMAT,
    (422, "ScoreMaximum not supplied when ScoreGiven present."): FORMAT,
    (412, "ScoreMaximum not supplied when ScoreGiven present."): FORMAT,
    (422, "The maximum number of allowed attempts has been reached for this submission"): FORMAT,
    (422, "Resource link id points to Tool not associated with this Context"): FORMAT,
    (401, "Tool does not have permission to view line_item"): PAUSE,
    (404, "The specified resource does not exist."): COLUMN,  # deleted, or the course is concluded
    (403, "403 Forbidden (Rate Limit Exceeded)"): BUSY,
    (504, "failed to communicate with file service"): BUSY,
}


def recorded(name: str) -> dict[str, dict[str, Any]]:
    """The answers outside 2xx of a recording, by their names."""
    rows = {key: row["response"] for key, row in moodle(name).items() if isinstance(row, dict)}
    return {key: answer for key, answer in rows.items() if not 200 <= answer["status"] < 300}


def answer_of(recording: dict[str, Any]) -> requests.Response:
    answer = requests.Response()
    answer.status_code, answer.reason = recording["status"], recording["reason"]
    body = recording["body"]
    answer._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return answer


def mapped(recording: dict[str, Any]) -> tuple[str, str]:
    error = services.failure(answer_of(recording))
    return error.kind, score_answers.of(error)


@pytest.mark.parametrize(
    ("capture", "table"),
    [
        ("ags_score_errors", SCORE_ANSWERS),
        ("ags_score_variants", SCORE_ANSWERS),
        ("ags_lineitem_variants_and_errors", LINE_ITEM_ANSWERS),
        ("results_variants", RESULT_ANSWERS),
    ],
)
def test_every_recorded_answer_is_named_and_mapped(capture: str, table: dict[str, tuple[str, str]]) -> None:
    answers = recorded(capture)
    assert {name: mapped(answer) for name, answer in answers.items()} == {
        name: table[name] for name in answers
    }


@pytest.mark.parametrize("place", LIFECYCLE_ANSWERS, ids="-".join)
def test_answers_after_a_lock_an_unenrolment_and_a_reset_are_mapped(place: tuple[str, str]) -> None:
    step, part = place
    answer = moodle("lifecycle_duplicate_override_unenrol_reset")[step][part]
    assert mapped(answer) == LIFECYCLE_ANSWERS[place]


def test_an_override_in_moodle_is_no_error() -> None:
    """It takes the score, keeps the teacher's grade, and shows that in its results."""
    step = moodle("lifecycle_duplicate_override_unenrol_reset")["teacher_override_then_score"]
    assert step["score_response"]["status"] == 200
    assert step["results"][0]["resultScore"] == 3


@pytest.mark.parametrize("answer", CANVAS_ANSWERS, ids=str)
def test_canvas_answers_are_mapped(answer: tuple[int, str]) -> None:
    status, said = answer
    assert mapped({"status": status, "reason": "", "body": said}) == CANVAS_ANSWERS[answer]


@pytest.mark.parametrize(
    "name",
    [name for name, row in moodle("token_errors").items() if isinstance(row, dict) and row["status"] != 200],
)
def test_every_token_refusal_pauses_the_course(
    session: Session, cast: Cast, lms: responses.RequestsMock, name: str
) -> None:
    refusal = moodle("token_errors")[name]
    lms.replace(
        responses.POST, cast.platform.token_url, status=refusal["status"], body=answer_of(refusal).content
    )
    with pytest.raises(ServiceError) as caught:
        grades.send_score(session, cast.course, ITEM, b"{}")
    assert caught.value.kind == "paused"


def test_a_token_that_was_revoked_is_renewed_once(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    unauthorized = answer_of(moodle("ags_score_errors")["readonly_token"]["response"])
    lms.post(SCORES, status=401, body=unauthorized.content)
    lms.post(SCORES, status=200)
    assert grades.send_score(session, cast.course, ITEM, b"{}") == 200
    asked = [call.request.url for call in lms.calls]
    assert asked == [cast.platform.token_url, SCORES, cast.platform.token_url, SCORES]


def test_each_meaning_has_a_sentence_with_what_to_do(app: Any) -> None:
    meanings = {meaning for _kind, meaning in [*SCORE_ANSWERS.values(), *LINE_ITEM_ANSWERS.values(), LOCKED]}
    refused = {"person-unknown", "column-gone", "outdated", "not-allowed", "locked"}
    assert refused | {"busy", "not-taken"} == meanings
    assert refused <= set(wording.REFUSALS)
    assert {"busy", "locked", "not-allowed", "outdated"} <= set(wording.WAITS)
