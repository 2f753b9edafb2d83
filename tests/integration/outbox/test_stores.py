"""Several record stores at once, with passwords and with tokens: each statement once to each that is due."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import responses
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool import jobs, worker
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.db.secrets import encrypt
from lti_tool.outbox import counts, ledger, store_tokens, stores
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.test_delivery_to_store import HOUR
from tests.unit.xapi.test_profile import PROFILE

TOOL = "https://lrs.example/xapi"
OWN = "https://biology.example/xapi"
TOKENS = "https://id.example/token"


@pytest.fixture
def lrs_endpoint() -> str:
    return TOOL


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
    store_tokens._kept.clear()


def add_store(session: Session, cast: Cast, **others: object) -> models.RecordStore:
    values: dict[str, object] = {
        "course_id": cast.course.id,
        "name": "Biology",
        "endpoint": OWN,
        "version": "1.0.3",
        "auth": "basic",
        "username": "bio",
        "secret": encrypt("hush"),
        "created_at": clock.now(),
    }
    row = models.RecordStore(**(values | others))
    session.rollback()
    engine.begin_write(session)
    session.add(row)
    engine.commit(session)
    return row


def by_token(session: Session, cast: Cast) -> models.RecordStore:
    return add_store(
        session, cast, auth="oauth2", token_url=TOKENS, scope="statements/write", username="client"
    )


def tell(session: Session, cast: Cast) -> list[str]:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    ids = sorted(story.statement_ids(session))
    session.rollback()
    return ids


def sent(net: responses.RequestsMock, url: str) -> list[str]:
    calls = [one.request for one in net.calls if one.request.url == f"{url}/statements"]
    return sorted(each["id"] for one in calls for each in json.loads(one.body or "[]"))


def test_each_statement_goes_once_to_each_store_that_is_due(
    app: Flask, session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    row = add_store(session, cast)
    off = add_store(session, cast, endpoint="https://off.example", disabled_at=clock.now())
    elsewhere = add_store(session, cast, course_id=cast.outsider.course_id, endpoint="https://other.example")
    ids = tell(session, cast)
    for url in (TOOL, OWN):
        net.post(f"{url}/statements", json=[])
    assert deliver()["delivered"] == 2 * len(ids)
    assert sent(net, TOOL) == sent(net, OWN) == ids
    assert {stores.route_of(one) for one in (off, elsewhere)}.isdisjoint(
        session.scalars(select(models.Delivery.route))
    )
    found = counts.count(session, cast.course.id)
    assert {key[2]: one.delivered for key, one in found.items()} == {"lrs": 10, stores.route_of(row): 10}


def test_a_store_that_is_out_of_order_does_not_hold_up_the_other(
    session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    add_store(session, cast)
    tell(session, cast)
    net.post(f"{TOOL}/statements", json=[])
    net.post(f"{OWN}/statements", status=503)
    assert deliver() == {"delivered": 10, "retry": 10}


def test_a_store_of_version_2_gets_its_own_shape_under_the_same_ids(
    session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    add_store(session, cast, version="2.0.0")
    tell(session, cast)
    for url in (TOOL, OWN):
        net.post(f"{url}/statements", json=[])
    deliver()
    texts = {
        url: next(one.request for one in net.calls if (one.request.url or "").startswith(url))
        for url in (TOOL, OWN)
    }
    assert texts[OWN].headers["X-Experience-API-Version"] == "2.0.0"
    old, new = (json.loads(texts[url].body or "") for url in (TOOL, OWN))
    assert [one["id"] for one in old] == [one["id"] for one in new]
    assert "contextAgents" in json.dumps(new)
    assert "contextAgents" not in json.dumps(old)
    assert PROFILE["versions"][0]["id"] in json.dumps(new)


def test_a_token_is_asked_for_once_and_kept(
    session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    by_token(session, cast)
    tell(session, cast)
    net.post(f"{TOOL}/statements", json=[])
    net.post(f"{OWN}/statements", json=[])
    net.post(TOKENS, json={"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600})
    assert deliver()["delivered"] == 20
    (asked,) = [one.request for one in net.calls if one.request.url == TOKENS]
    assert asked.headers["Authorization"].startswith("Basic ")
    assert parse_qs(str(asked.body)) == {"grant_type": ["client_credentials"], "scope": ["statements/write"]}
    given = [one.request.headers["Authorization"] for one in net.calls if OWN in (one.request.url or "")]
    assert given == ["Bearer a-token"]
    session.rollback()
    engine.begin_write(session)
    session.execute(update(models.Delivery).values(state="pending", due_at=clock.now()))
    engine.commit(session)
    assert deliver()["delivered"] == 20
    assert len([one for one in net.calls if one.request.url == TOKENS]) == 1


def test_a_token_that_was_revoked_is_renewed_once(
    session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    by_token(session, cast)
    tell(session, cast)
    net.post(f"{TOOL}/statements", json=[])
    net.post(f"{OWN}/statements", status=401)
    net.post(f"{OWN}/statements", json=[])
    for number in (1, 2):
        net.post(TOKENS, json={"access_token": f"token-{number}", "expires_in": 3600})
    assert deliver()["delivered"] == 20
    given = [one.request.headers["Authorization"] for one in net.calls if OWN in (one.request.url or "")]
    assert given == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        ({"status": 401, "json": {"error": "invalid_client"}}, "paused"),
        ({"status": 200, "json": {"token_type": "Bearer"}}, "paused"),
        ({"status": 200, "body": "<p>hello</p>"}, "paused"),
        ({"status": 200, "json": {"access_token": "two\nlines"}}, "paused"),
        ({"status": 503, "body": "later"}, "retry"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_token_the_statements_wait(
    session: Session,
    cast: Cast,
    deliver: Deliver,
    net: responses.RequestsMock,
    answer: dict[str, object],
    ended: str,
) -> None:
    by_token(session, cast)
    tell(session, cast)
    net.post(f"{TOOL}/statements", json=[])
    net.add(responses.POST, TOKENS, **answer)  # type: ignore[arg-type]
    assert deliver() == {"delivered": 10, ended: 10}
    waiting = session.scalars(select(models.Delivery).where(models.Delivery.state == "pending")).first()
    assert waiting is not None
    assert (waiting.answer or "").startswith("No access token")


def test_the_ledger_asks_each_store_for_what_it_has(
    app: Flask, session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    row = add_store(session, cast)
    ids = tell(session, cast)
    for url in (TOOL, OWN):
        net.post(f"{url}/statements", json=[])
    deliver()
    bodies = {str(one.id): json.loads(one.body) for one in session.scalars(select(models.Statement))}
    session.rollback()
    for one in ids:
        net.get(
            f"{TOOL}/statements",
            match=[responses.matchers.query_param_matcher({"statementId": one})],
            json=bodies[one],
        )
    net.get(f"{OWN}/statements", status=404)
    with app.app_context(), clock.at(clock.now() + HOUR):
        assert ledger.reconcile(db.session) == {"same": 10, "missing": 10}
    entries = {one.route: one for one in session.scalars(select(models.LedgerEntry))}
    assert {
        route: (one.checked, one.missing, one.delivered, one.pending) for route, one in entries.items()
    } == {
        "lrs": (10, 0, 10, 0),
        stores.route_of(row): (10, 10, 0, 10),
    }


def test_a_backfill_fills_a_new_store_with_the_same_ids_and_shows_how_far_it_is(
    app: Flask, session: Session, cast: Cast, deliver: Deliver, net: responses.RequestsMock
) -> None:
    ids = tell(session, cast)
    net.post(f"{TOOL}/statements", json=[])
    deliver()
    add_store(session, cast)
    net.post(f"{OWN}/statements", json=[])
    session.rollback()
    engine.begin_write(session)
    job = jobs.start(session, cast.course.id, "backfill")
    job_id = job.id
    engine.commit(session)
    with app.app_context():
        worker.run(job_id)
    session.expire_all()
    done = session.get_one(models.Job, job_id)
    assert (done.state, done.percent, done.result) == ("done", 100, {"to_send": 10})
    session.rollback()
    assert deliver()["delivered"] == 10
    assert sent(net, OWN) == ids


def test_what_a_test_student_did_is_not_sent_by_a_backfill(app: Flask, session: Session, cast: Cast) -> None:
    session.rollback()
    engine.begin_write(session)
    cast.mentee.is_test = True
    engine.commit(session)
    tell(session, cast)
    session.rollback()
    engine.begin_write(session)
    session.execute(delete(models.Delivery))
    engine.commit(session)
    session.rollback()
    engine.begin_write(session)
    job_id = jobs.start(session, cast.course.id, "backfill").id
    engine.commit(session)
    with app.app_context():
        worker.run(job_id)
    session.expire_all()
    said = " ".join(session.scalars(select(models.Delivery.body)))
    assert '"ana"' not in said
    assert said
