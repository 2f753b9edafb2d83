"""The fault switch: a service out of order, over HTTP, until it is switched off."""

import threading
from collections.abc import Callable

import pytest
import requests

from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox.vocabulary import MEDIA_MEMBERSHIPS, MEDIA_RESULTS, MEDIA_SCORE
from tests.integration.sandbox.stub_tool import StubTool
from tests.integration.sandbox.test_scores import SCORE

Switch = Callable[..., None]
ROSTER = "/lti/courses/C1/memberships"
pytestmark = pytest.mark.usefixtures("lms")


def _state(lms: SandboxServer) -> dict[str, dict[str, object]]:
    answer = requests.get(f"{lms.url}/faults", headers={"Accept": "application/json"}, timeout=20)
    return dict(answer.json())


def test_a_service_that_is_off_answers_503_and_the_others_work(
    tool: StubTool, token: str, switch: Switch
) -> None:
    switch("roster", "unavailable")
    for _ in range(2):
        answer = tool.call("GET", ROSTER, token, accept=MEDIA_MEMBERSHIPS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert tool.ask_token().status_code == 200
    switch("roster", "off")
    assert tool.call("GET", ROSTER, token, accept=MEDIA_MEMBERSHIPS).status_code == 200


def test_a_fault_may_be_for_a_number_of_requests(tool: StubTool, lms: SandboxServer, switch: Switch) -> None:
    switch("token", "unavailable", "2")
    before = _state(lms)["token"]["hits"]
    assert isinstance(before, int)
    assert [tool.ask_token().status_code for _ in range(3)] == [503, 503, 200]
    assert _state(lms)["token"] == {"mode": None, "left": None, "hits": before + 2}


def test_a_dropped_answer_has_been_stored(
    tool: StubTool, token: str, new_line_item: Callable[..., str], switch: Switch
) -> None:
    url = new_line_item()
    switch("gradebook", "drop", "1")
    with pytest.raises(requests.ConnectionError):
        tool.call("POST", f"{url}/scores", token, media=MEDIA_SCORE, json=SCORE)
    results = tool.call("GET", f"{url}/results", token, accept=MEDIA_RESULTS).json()
    assert [result["resultScore"] for result in results] == [40.0]
    again = tool.call("POST", f"{url}/scores", token, media=MEDIA_SCORE, json=SCORE)
    assert again.status_code == 409


def test_a_service_that_does_not_answer_lets_go_when_switched_off(
    tool: StubTool, lms: SandboxServer, token: str, switch: Switch
) -> None:
    switch("roster", "timeout")
    hits = _state(lms)["roster"]["hits"]
    answers: list[int] = []
    waiting = threading.Thread(
        target=lambda: answers.append(tool.call("GET", ROSTER, token, accept=MEDIA_MEMBERSHIPS).status_code)
    )
    waiting.start()
    while _state(lms)["roster"]["hits"] == hits:  # until the request is being held
        pass
    assert answers == []
    switch("roster", "off")
    waiting.join(timeout=20)
    assert answers == [503]


def test_the_log_tells_of_faults_and_refusals(tool: StubTool, lms: SandboxServer, switch: Switch) -> None:
    switch("token", "unavailable", "1")
    tool.ask_token()
    page = requests.get(f"{lms.url}/courses/C1/gradebook", timeout=20).text
    assert "503 refused" in page
    assert "fault switched on: unavailable" in page


@pytest.mark.parametrize(
    "form",
    [
        {"area": "moon", "mode": "drop"},
        {"area": "token", "mode": "explode"},
        {"area": "token", "mode": "drop", "times": "0"},
        {"area": "token", "mode": "drop", "times": "²"},
        {"area": "token", "mode": "drop", "times": "many"},
        {},
    ],
)
def test_a_wrong_switch_changes_nothing(lms: SandboxServer, form: dict[str, str]) -> None:
    answer = requests.post(f"{lms.url}/faults", data=form, timeout=20)
    assert answer.status_code == 400
    assert not any(state["mode"] for state in _state(lms).values())


def test_another_sites_form_switches_nothing(lms: SandboxServer) -> None:
    form = {"area": "token", "mode": "drop"}
    answer = requests.post(
        f"{lms.url}/faults", data=form, headers={"Origin": "https://evil.example"}, timeout=20
    )
    assert answer.status_code == 403
    assert not any(state["mode"] for state in _state(lms).values())
