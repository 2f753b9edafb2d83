"""Scores are checked, kept in their order, and become results and the gradebook."""

from collections.abc import Callable

import pytest
import requests

from lti_tool.sandbox.vocabulary import MEDIA_RESULTS, MEDIA_SCORE
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.walker import Walker, forms_of

SCORE: dict[str, object] = {
    "userId": "ana",
    "timestamp": "2026-11-24T10:00:00.250Z",
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "scoreGiven": 8,
    "scoreMaximum": 10,
}
pytestmark = pytest.mark.usefixtures("lms")


class Column:
    """A fresh line item of 50 points."""

    def __init__(self, tool: StubTool, token: str, url: str) -> None:
        self.tool, self.token, self.url = tool, token, url

    def send(self, **changes: object) -> requests.Response:
        """A correct score but for ``changes``; None leaves a member out."""
        body = {name: value for name, value in (SCORE | changes).items() if value is not None}
        return self.tool.call("POST", f"{self.url}/scores", self.token, media=MEDIA_SCORE, json=body)

    def results(self, query: str = "") -> requests.Response:
        return self.tool.call("GET", f"{self.url}/results{query}", self.token, accept=MEDIA_RESULTS)

    def grade(self, person: str = "ana") -> float | None:
        found = self.results(f"?user_id={person}").json()
        return found[0]["resultScore"] if found else None


@pytest.fixture
def column(tool: StubTool, token: str, new_line_item: Callable[..., str]) -> Column:
    return Column(tool, token, new_line_item())


def test_a_score_becomes_a_result_in_the_columns_points(column: Column) -> None:
    answer = column.send(comment="Eight of ten sessions")
    assert (answer.status_code, answer.content) == (204, b"")
    assert column.results().json() == [
        {
            "id": f"{column.url}/results?user_id=ana",
            "scoreOf": column.url,
            "userId": "ana",
            "resultScore": 40.0,
            "resultMaximum": 50.0,
            "comment": "Eight of ten sessions",
        }
    ]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"userId": None}, "userId"),
        ({"userId": "nobody"}, "userId"),
        ({"userId": "zoe"}, "userId"),
        ({"userId": "tess"}, "userId"),
        ({"userId": "dee"}, "userId"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": "2026-11-24T10:00:00"}, "timestamp"),
        ({"timestamp": "2026-11-24"}, "timestamp"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": 1790000000}, "timestamp"),
        ({"timestamp": "1790000000"}, "timestamp"),
        ({"activityProgress": None}, "activityProgress"),
        ({"activityProgress": "Done"}, "activityProgress"),
        ({"gradingProgress": None}, "gradingProgress"),
        ({"gradingProgress": "fullygraded"}, "gradingProgress"),
        ({"scoreGiven": -1}, "scoreGiven"),
        ({"scoreGiven": "8"}, "scoreGiven"),
        ({"scoreMaximum": None}, "scoreMaximum"),
        ({"scoreMaximum": 0}, "scoreMaximum"),
        ({"comment": ["x"]}, "comment"),
        ({"submission": {"startedAt": "2026-11-24"}}, "startedAt"),
    ],
)
def test_a_wrong_member_is_named(column: Column, changes: dict[str, object], named: str) -> None:
    answer = column.send(**changes)
    assert answer.status_code == 400
    assert named in answer.json()["error_description"]
    assert column.results().json() == []


@pytest.mark.parametrize("later", ["2026-11-24T10:00:00.250Z", "2026-11-24T10:59:59+01:00"])
def test_a_timestamp_that_is_not_later_is_a_conflict(column: Column, later: str) -> None:
    column.send()
    answer = column.send(scoreGiven=1, timestamp=later)
    assert (answer.status_code, answer.json()["error"]) == (409, "stale_timestamp")
    assert column.grade() == 40.0


def test_a_later_timestamp_replaces_the_grade(column: Column) -> None:
    column.send()
    assert column.send(scoreGiven=9, timestamp="2026-11-24T10:00:00.251Z").status_code == 204
    assert column.grade() == 45.0


@pytest.mark.parametrize("progress", ["Pending", "PendingManual", "Failed", "NotReady"])
def test_only_a_full_grading_changes_the_grade(column: Column, progress: str) -> None:
    column.send()
    answer = column.send(scoreGiven=1, gradingProgress=progress, timestamp="2026-11-24T11:00:00Z")
    assert answer.status_code == 204
    assert column.grade() == 40.0


def test_a_full_grading_without_a_score_takes_the_grade_away(column: Column) -> None:
    column.send()
    column.send(scoreGiven=None, scoreMaximum=None, timestamp="2026-11-24T11:00:00Z")
    assert column.grade() is None


def test_a_score_may_be_above_the_maximum_or_nothing(column: Column) -> None:
    column.send(scoreGiven=11)
    column.send(scoreGiven=0, userId="bo")
    assert (column.grade("ana"), column.grade("bo")) == (55.0, 0.0)


def test_a_comment_stays_when_the_next_score_has_none(column: Column) -> None:
    column.send(comment="Well done")
    column.send(scoreGiven=9, timestamp="2026-11-24T11:00:00Z")
    assert column.results().json()[0]["comment"] == "Well done"


def test_results_come_in_pages(column: Column) -> None:
    for person in ("ana", "bo", "chi"):
        column.send(userId=person)
    first = column.results("?limit=2")
    rest = column.tool.call("GET", first.links["next"]["url"], column.token, accept=MEDIA_RESULTS)
    assert [result["userId"] for result in first.json() + rest.json()] == ["ana", "bo", "chi"]
    assert "next" not in rest.links


def test_deleting_a_column_deletes_its_scores(column: Column) -> None:
    column.send()
    assert column.tool.call("DELETE", column.url, column.token).status_code == 204
    assert column.results().status_code == 404


def test_the_gradebook_page_shows_grade_comment_and_request(column: Column, walker: Walker) -> None:
    column.send(comment="Kept <b>calm</b>")
    page = walker.http.get(f"{walker.lms_url}/courses/C1/gradebook", timeout=20).text
    assert "40 of 50" in page
    assert "Kept &lt;b&gt;calm&lt;/b&gt;" in page
    assert "ana: 8 of 10, FullyGraded" in page


def hand_of(walker: Walker) -> str:
    """Where a teacher changes the newest grade."""
    walker.enter("C1", "tess")
    page = walker.http.get(f"{walker.lms_url}/courses/C1/gradebook", timeout=20)
    actions = [form.action for form in forms_of(page) if "/gradebook/" in form.action]
    return max(actions, key=lambda action: int(action.rsplit("/", 1)[1]))


def change(walker: Walker, address: str, **fields: str) -> int:
    return walker.http.post(address, data=fields, timeout=20, allow_redirects=False).status_code


def test_a_teachers_own_grade_stays_and_a_locked_one_takes_no_score(column: Column, walker: Walker) -> None:
    column.send()
    address = hand_of(walker)
    assert change(walker, address, action="set", grade="12.5") == 303
    assert column.send(timestamp="2026-11-24T10:00:02Z").status_code == 204
    assert column.grade() == 12.5
    change(walker, address, action="lock")
    assert column.send(timestamp="2026-11-24T10:00:04Z").status_code == 500
    change(walker, address, action="unlock")
    change(walker, address, action="give_back")
    assert column.send(timestamp="2026-11-24T10:00:06Z").status_code == 204
    assert column.grade() == 40


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("ana", {"action": "set", "grade": "50"}, 403),
        ("tess", {"action": "set", "grade": "51"}, 400),
        ("tess", {"action": "set", "grade": "nan"}, 400),
        ("tess", {"action": "set"}, 400),
        ("tess", {"action": "burn"}, 400),
    ],
)
def test_who_may_change_a_grade_and_to_what(
    column: Column, walker: Walker, who: str, fields: dict[str, str], status: int
) -> None:
    column.send()
    address = hand_of(walker)
    walker.enter("C1", who)
    assert change(walker, address, **fields) == status
    assert column.grade() == 40
