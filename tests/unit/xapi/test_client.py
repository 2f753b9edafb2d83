"""What the client makes of a store's answers."""

import json
from collections.abc import Iterator

import pytest
import requests
import responses

from xapi import Client

ENDPOINT = "https://lrs.example/xapi"
STATEMENTS = f"{ENDPOINT}/statements"
TEXTS = [json.dumps({"id": f"id-{number}", "timestamp": "2026-11-24T10:00:00.000Z"}) for number in range(4)]
IDS = [f"id-{number}" for number in range(4)]


@pytest.fixture
def store() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> Iterator[Client]:
    with requests.Session() as session:
        yield Client(f"{ENDPOINT}/", "user", "secret", session=session)


def test_statements_are_sent_as_the_very_bytes_given(store: responses.RequestsMock, client: Client) -> None:
    store.post(STATEMENTS, json=[])
    odd = b'{ "id":"id-9",\n "name": "\xc3\xa9" }'
    client.send([odd, TEXTS[0]])
    request = store.calls[0].request
    assert request.body == b"[" + odd + b"," + TEXTS[0].encode() + b"]"
    assert request.headers["X-Experience-API-Version"] == "1.0.3"
    assert request.headers["Authorization"].startswith("Basic ")
    assert request.headers["Content-Type"] == "application/json"


def test_the_version_is_the_one_that_the_store_expects(store: responses.RequestsMock) -> None:
    store.post(STATEMENTS, json=[])
    with requests.Session() as session:
        Client(ENDPOINT, version="2.0.0", session=session).send(TEXTS)
    headers = store.calls[0].request.headers
    assert headers["X-Experience-API-Version"] == "2.0.0"
    assert "Authorization" not in headers


@pytest.mark.parametrize(("status", "body"), [(200, "[]"), (200, "<p>hello</p>"), (204, ""), (202, "")])
def test_any_2xx_means_delivered_whatever_it_says(
    store: responses.RequestsMock, client: Client, status: int, body: str
) -> None:
    store.post(STATEMENTS, body=body, status=status)
    assert client.send(TEXTS).delivered == IDS


def test_nothing_is_sent_when_there_is_nothing_to_send(store: responses.RequestsMock, client: Client) -> None:
    report = client.send([])
    assert (report.delivered, report.retry, report.paused) == ([], [], False)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 405])
def test_an_answer_about_the_sender_pauses_and_refuses_nothing(
    store: responses.RequestsMock, client: Client, status: int
) -> None:
    store.post(STATEMENTS, status=status, body="not you", headers={"Location": "https://elsewhere.example"})
    report = client.send(TEXTS)
    assert (report.paused, report.retry, report.refused) == (True, IDS, {})
    assert (report.status, report.answer) == (status, "not you")
    assert len(store.calls) == 1


@pytest.mark.parametrize(
    ("header", "at_least", "at_most"),
    [
        ("120", 120, 120),
        ("9" * 400, 86_400, 86_400),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 0, 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400, 86_400),
    ],
)
def test_the_wait_that_a_busy_store_asks_for_is_reported(
    store: responses.RequestsMock, client: Client, header: str, at_least: float, at_most: float
) -> None:
    store.post(STATEMENTS, status=503, headers={"Retry-After": header})
    report = client.send(TEXTS)
    assert report.retry_after is not None
    assert at_least <= report.retry_after <= at_most


def test_an_unreadable_wait_is_no_wait(store: responses.RequestsMock, client: Client) -> None:
    store.post(STATEMENTS, status=429, headers={"Retry-After": "soon"})
    assert client.send(TEXTS).retry_after is None


@pytest.mark.parametrize("error", [requests.ConnectTimeout, requests.ReadTimeout, requests.ConnectionError])
def test_no_answer_means_again_later(
    store: responses.RequestsMock, client: Client, error: type[requests.RequestException]
) -> None:
    store.post(STATEMENTS, body=error("gone"))
    report = client.send(TEXTS)
    assert (report.retry, report.paused, report.status) == (IDS, False, None)


def test_what_was_taken_before_the_store_got_busy_stays_delivered(
    store: responses.RequestsMock, client: Client
) -> None:
    store.post(STATEMENTS, status=400)
    store.post(STATEMENTS, status=200)
    store.post(STATEMENTS, status=500)
    report = client.send(TEXTS)
    assert (report.delivered, report.retry) == (IDS[:2], IDS[2:])


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_single_statement_refused_keeps_the_answer(
    store: responses.RequestsMock, client: Client, status: int
) -> None:
    store.post(STATEMENTS, status=status, body="no verb")
    assert client.send(TEXTS[:1]).refused == {"id-0": (status, "no verb")}


@pytest.mark.parametrize(
    "shown",
    [
        {"id": "id-0", "timestamp": "2026-11-24T10:00:00+00:00", "stored": "x", "version": "2.0.0"},
        {"id": "id-0", "timestamp": "2026-11-24T11:00:00.000000+01:00", "authority": {}},
        {"statements": [{"id": "id-0", "timestamp": "2026-11-24T10:00:00.000Z"}]},
    ],
)
def test_a_conflict_with_the_same_statement_is_a_delivery(
    store: responses.RequestsMock, client: Client, shown: dict[str, object]
) -> None:
    store.post(STATEMENTS, status=409)
    store.get(STATEMENTS, json=shown, match=[responses.matchers.query_param_matcher({"statementId": "id-0"})])
    assert client.send(TEXTS[:1]).delivered == ["id-0"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"id": "id-0", "timestamp": "2026-11-24T10:00:01.000Z"}'),
        (200, '{"statements": [], "more": ""}'),
        (200, "no JSON"),
        (403, "write only"),
        (404, ""),
    ],
)
def test_a_conflict_with_anything_else_is_a_refusal(
    store: responses.RequestsMock, client: Client, status: int, body: str
) -> None:
    store.post(STATEMENTS, status=409, body="taken")
    store.get(STATEMENTS, status=status, body=body)
    assert client.send(TEXTS[:1]).refused == {"id-0": (409, "taken")}


def test_a_conflict_that_cannot_be_looked_into_now_waits(
    store: responses.RequestsMock, client: Client
) -> None:
    store.post(STATEMENTS, status=409)
    store.get(STATEMENTS, status=503)
    assert client.send(TEXTS[:1]).retry == ["id-0"]


@pytest.mark.parametrize("text", ["[]", "{}", '{"id": 3}', "nothing"])
def test_what_is_no_statement_is_not_sent(store: responses.RequestsMock, client: Client, text: str) -> None:
    with pytest.raises(ValueError, match=r"id|Expecting"):
        client.send([text])
