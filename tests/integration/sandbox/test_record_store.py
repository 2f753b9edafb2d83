"""The sandbox's record store: keeps what a client of xAPI sends, once, and lets only its tool in."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

import xapi
from lti_tool.sandbox import SandboxServer, demo_config

LOGIN = ("tool", "secret")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with SandboxServer(replace(demo_config(), record_store_login=LOGIN)) as lms:
        yield f"{lms.url}/xapi"


@pytest.fixture
def client(endpoint: str) -> xapi.Client:
    return xapi.Client(endpoint, *LOGIN)


def statement(name: str = "read", **others: Any) -> str:
    parts = {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://lms.example", "name": "ana"}},
        "verb": {"id": f"https://verbs.example/{name}", "display": {"en": name}},
        "object": {"id": "https://things.example/1", "definition": {"name": {"en": "A thing"}}},
        "timestamp": "2026-11-24T00:00:00.000Z",
    }
    return json.dumps(parts | others)


def test_what_is_sent_is_kept_once_and_found_again(client: xapi.Client, endpoint: str) -> None:
    batch = [statement(), statement("wrote")]
    assert len(client.send(batch).delivered) == 2
    assert len(client.send([*batch, statement()]).delivered) == 3
    assert [client.find(one) for one in [*batch, statement()]] == ["same", "same", "missing"]
    shown = requests.get(f"{endpoint.removesuffix('/xapi')}/record-store", timeout=20).text
    assert "3 statements" in shown
    assert "wrote" in shown


def test_another_statement_under_a_known_id_is_a_conflict(client: xapi.Client) -> None:
    number = str(uuid.uuid4())
    client.send([statement(id=number)])
    assert client.send([statement("wrote", id=number)]).refused[number].status == 409


@pytest.mark.parametrize("changed", [{"actor": None}, {"verb": "x"}, {"id": "not-a-uuid"}])
def test_what_is_no_statement_is_refused_with_its_batch(client: xapi.Client, changed: dict[str, Any]) -> None:
    good = statement()
    report = client.send([good, statement(**changed)])
    assert len(report.refused) == 1
    assert client.find(good) == "same"  # on its own it was taken


def test_nobody_else_is_let_in(endpoint: str) -> None:
    for login in (None, ("tool", "wrong")):
        answer = requests.get(f"{endpoint}/statements", auth=login, timeout=20)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    no_version = requests.get(f"{endpoint}/statements", auth=LOGIN, timeout=20)
    assert no_version.status_code == 400


def test_one_switch_stops_store_and_gradebook_and_starts_them_again(
    client: xapi.Client, endpoint: str
) -> None:
    faults = f"{endpoint.removesuffix('/xapi')}/faults"
    page = requests.post(faults, data={"area": "outage", "mode": "unavailable"}, timeout=20).text
    assert "Start record store and gradebook" in page
    report = client.send([statement()])
    assert (report.status, len(report.retry)) == (503, 1)
    state = requests.get(faults, headers={"Accept": "application/json"}, timeout=20).json()
    assert [area for area, one in state.items() if one["mode"]] == ["gradebook", "record_store"]
    page = requests.post(faults, data={"area": "outage", "mode": "off"}, timeout=20).text
    assert "Stop record store and gradebook" in page
    assert len(client.send([statement()]).delivered) == 1
