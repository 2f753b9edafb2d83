"""The gradebook client against Moodle's recorded answers and those of other platforms."""

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from sqlalchemy.orm import Session

from lti_tool.db import clock
from lti_tool.lti import grades, line_items
from lti_tool.lti.errors import ServiceError
from tests.captures import moodle
from tests.cast import Cast

ITEMS = "https://lms.example/course-1/lineitems"
ITEM = "http://127.0.0.1:8085/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
SCORES = "http://127.0.0.1:8085/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@pytest.fixture(autouse=True)
def _http_allowed(monkeypatch: pytest.MonkeyPatch, app: Any) -> None:
    """The recordings were made over http."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"allow_loopback": True})


def send(session: Session, cast: Cast, body: bytes = b"{}", url: str = ITEM) -> int:
    return grades.send_score(session, cast.course, url, body)


def test_a_score_goes_out_byte_by_byte_below_the_path_and_before_the_query(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    recorded = moodle("ags_score_ok")
    assert recorded["request"]["url"] == SCORES
    lms.post(SCORES, status=recorded["response"]["status"], body=recorded["response"]["body"])
    body = recorded["request"]["body"].encode() + b"  \n"
    assert send(session, cast, body) == 200
    request = lms.calls[1].request
    assert request.body == body
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.headers["Authorization"] == "Bearer t-1"


@pytest.mark.parametrize(
    ("url", "scores"),
    [
        ("https://a.example/items/1", "https://a.example/items/1/scores"),
        ("https://a.example/items/1/", "https://a.example/items/1/scores"),
        ("https://a.example/i?type_id=1&X=aB%2F", "https://a.example/i/scores?type_id=1&X=aB%2F"),
        ("https://a.example/i#part", "https://a.example/i/scores"),
    ],
)
def test_the_address_of_scores(url: str, scores: str) -> None:
    assert grades.scores_url(url) == scores
    assert grades.results_url(url) == scores.replace("/scores", "/results")


ERRORS = {
    name: recorded for name, recorded in moodle("ags_score_errors").items() if isinstance(recorded, dict)
}


@pytest.mark.parametrize("name", ERRORS)
def test_moodles_answers_to_a_score_are_mapped(
    session: Session, cast: Cast, lms: responses.RequestsMock, name: str
) -> None:
    answer = ERRORS[name]["response"]
    body = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
    lms.post(SCORES, status=answer["status"], body=body)
    kinds = {400: "refused", 401: "paused", 404: "refused", 405: "refused", 409: "refused", 502: "retry"}
    with pytest.raises(ServiceError) as caught:
        send(session, cast)
    assert (caught.value.status, caught.value.kind) == (answer["status"], kinds[answer["status"]])


@pytest.mark.parametrize(
    ("arguments", "kind", "wait"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, "retry", 7.0),
        ({"status": 503, "headers": {"Retry-After": "soon"}}, "retry", None),
        ({"status": 503, "headers": {"Retry-After": "99999999999"}}, "retry", 86400.0),
        ({"status": 500, "body": "locked"}, "retry", None),
        ({"status": 423}, "retry", None),
        ({"status": 403, "body": "403 Forbidden (Rate Limit Exceeded)"}, "retry", None),
        ({"status": 403, "body": "insufficient scope"}, "paused", None),
        ({"status": 301, "headers": {"Location": "https://evil.example/"}}, "paused", None),
        ({"status": 404}, "refused", None),
        ({"status": 422}, "refused", None),
        ({"body": requests.ReadTimeout("late")}, "retry", None),
        ({"body": requests.ConnectionError("lost")}, "retry", None),
    ],
    ids=str,
)
def test_other_answers_to_a_score_are_mapped(
    session: Session,
    cast: Cast,
    lms: responses.RequestsMock,
    arguments: dict[str, Any],
    kind: str,
    wait: float | None,
) -> None:
    lms.post(SCORES, **arguments)
    with pytest.raises(ServiceError) as caught:
        send(session, cast)
    assert (caught.value.kind, caught.value.retry_after) == (kind, wait)
    assert len(caught.value.answer) <= 1000


def test_a_wait_may_be_given_as_a_date(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    later = format_datetime(clock.now() + timedelta(seconds=100), usegmt=True)
    lms.post(SCORES, status=503, headers={"Retry-After": later})
    with pytest.raises(ServiceError) as caught:
        send(session, cast)
    assert caught.value.retry_after is not None
    assert 90 < caught.value.retry_after <= 100


def test_an_address_that_is_none_is_refused(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    for url in ("nonsense", "https://"):
        with pytest.raises(ServiceError) as caught:
            send(session, cast, url=url)
        assert caught.value.kind == "refused"


def test_no_transaction_is_open_while_the_platform_is_called(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    seen = []

    def look(_request: Any) -> tuple[int, dict[str, str], str]:
        seen.append(session.in_transaction())
        return 200, {}, ""

    lms.add_callback(responses.POST, SCORES, look)
    send(session, cast)
    assert seen == [False]


def test_moodles_line_items_are_read_and_filtered(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    lms.get(ITEMS, json=moodle("ags_lineitems")["response"]["body"])
    book = line_items.gradebook_of(cast.course)
    # The recorded list is the unfiltered one: the platform may ignore the filter, the tool does not.
    [found] = line_items.find(book, resource_id="prog-1", tag="mentoring")
    assert found == line_items.LineItem(
        ITEM, "Peer mentoring: cell biology", 20.0, "1", "prog-1", "mentoring"
    )
    assert len(line_items.find(book)) == 3
    assert line_items.find(book, resource_link_id="4")[0].resource_id is None
    request = lms.calls[1].request
    assert request.headers["Accept"] == LINE_ITEMS_TYPE
    query = dict(parse_qsl(urlsplit(str(request.url)).query))
    assert query == {"resource_id": "prog-1", "tag": "mentoring"}


def find(session: Session, cast: Cast, link_ids: tuple[str, ...] = ()) -> str | None:
    return grades.find_line_item(
        session, cast.course, resource_id="prog-1", tag="mentoring", link_ids=link_ids
    )


def create(session: Session, cast: Cast) -> str:
    return grades.create_line_item(
        session, cast.course, resource_id="hours-1", tag="hours", label="Mentor hours", maximum=12
    )


def test_a_column_of_no_link_is_found(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    known = moodle("ags_lineitem_create")["response"]["body"]
    lms.get(ITEMS, json=[known | {"resourceId": "prog-1", "tag": "mentoring", "resourceLinkId": ""}])
    assert find(session, cast) == known["id"]
    assert all(call.request.method == "GET" for call in lms.calls[1:])


def test_a_copied_activitys_column_is_not_taken_for_ours(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    """Recorded: Moodle copies resourceId and tag under a new link, so the two are not unique."""
    copies = moodle("lifecycle_duplicate_override_unenrol_reset")["duplicate_activity"]["lineitems"]
    names = ("id", "label", "resourceId", "tag", "resourceLinkId")
    rows = [dict(zip(names, one, strict=True)) | {"scoreMaximum": 20} for one in copies]
    same = [one for one in rows if (one["resourceId"], one["tag"]) == ("prog-1", "mentoring")]
    assert len(same) == 2
    lms.get(ITEMS, json=rows)
    for one in same:
        assert find(session, cast, (one["resourceLinkId"],)) == one["id"]
    assert find(session, cast) is None


def test_a_column_is_added(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    recorded = moodle("ags_lineitem_create")["response"]
    lms.post(ITEMS, status=recorded["status"], json=recorded["body"])
    assert create(session, cast) == recorded["body"]["id"]
    request = lms.calls[-1].request
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert json.loads(request.body or "") == {
        "label": "Mentor hours",
        "scoreMaximum": 12,
        "resourceId": "hours-1",
        "tag": "hours",
    }


def test_no_column_is_added_without_the_scope(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    cast.course.scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"]
    session.commit()
    with pytest.raises(ServiceError) as caught:
        create(session, cast)
    assert caught.value.kind == "refused"
    assert not any(call.request.url == ITEMS and call.request.method == "POST" for call in lms.calls)


def test_a_course_without_a_gradebook_is_refused(session: Session, cast: Cast) -> None:
    cast.course.lineitems_url = None
    session.commit()
    with pytest.raises(ServiceError) as caught:
        create(session, cast)
    assert caught.value.kind == "refused"


def test_long_lists_are_read_page_by_page(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    second = f"{ITEMS}?bookmark=CaseMatters%2F"
    item = moodle("ags_lineitems")["response"]["body"]
    lms.get(ITEMS, json=item[:1], headers={"Link": f'<{second}>; rel="next"'})
    lms.get(second, json=item[1:], headers={"Link": f'<{ITEMS}>; rel="first"'})
    found = line_items.find(line_items.gradebook_of(cast.course))
    assert [one.label for one in found] == [one["label"] for one in item]
    assert lms.calls[-1].request.url == second


@pytest.mark.parametrize(
    "link",
    [
        "<https://lms.example/x?limit=1&amp;from=1>; rel=\u00e2\u0080\u009cnext\u00e2\u0080\u009d",
        "<https://lms.example/x>; rel=",
        "nonsense",
        "",
    ],
)
def test_a_malformed_paging_header_ends_the_list(
    session: Session, cast: Cast, lms: responses.RequestsMock, link: str
) -> None:
    lms.get(ITEMS, json=[], headers={"Link": link})
    assert line_items.find(line_items.gradebook_of(cast.course)) == []


def test_a_list_without_end_is_given_up(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    lms.get(ITEMS, json=[{}], headers={"Link": f'<{ITEMS}?more=1>; rel="next"'})
    with pytest.raises(ServiceError) as caught:
        line_items.find(line_items.gradebook_of(cast.course))
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("body", ["[]", "null", '{"id": 7}', '{"label": "x"}', "<html>"])
def test_an_answer_that_is_no_line_item_is_tried_again(
    session: Session, cast: Cast, lms: responses.RequestsMock, body: str
) -> None:
    lms.post(ITEMS, status=201, body=body)
    with pytest.raises(ServiceError) as caught:
        create(session, cast)
    assert caught.value.kind == "retry"


def test_moodles_results_are_read(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    recorded = moodle("results")
    assert recorded["request"]["url"] == grades.results_url(ITEM)
    lms.get(
        recorded["request"]["url"].partition("?")[0],
        json=recorded["response"]["body"],
        match=[responses.matchers.query_param_matcher({"type_id": "1"}, strict_match=False)],
    )
    found = grades.results(session, cast.course, ITEM)
    assert found[0] == grades.Result("5", 16.0, 20.0, None)
    assert [one.user_id for one in grades.results(session, cast.course, ITEM, "6")] == ["6"]
    assert "limit" not in (lms.calls[-1].request.url or "")


def test_whether_grades_are_offered(cast: Cast) -> None:
    assert grades.offered(cast.course)
    cast.course.scopes = []
    assert not grades.offered(cast.course)
