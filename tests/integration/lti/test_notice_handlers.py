"""Our address is registered for notices: once a launch said where, by the worker, until it is taken."""

import json
from datetime import timedelta
from typing import Any

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.db import clock, models
from lti_tool.lti import notice_handlers
from lti_tool.lti import vocabulary as lti
from tests.cast import administer
from tests.integration.rooms.writing import fresh, write
from tests.lms import CLAIM, GONE, Lms

SERVICE = "https://lms.example/api/notice-handlers/7"
OFFER = {
    "service_versions": ["1.0"],
    "platform_notification_service_url": SERVICE,
    "scope": [lti.SCOPE_NOTICE_HANDLERS],
    "notice_types_supported": ["LtiHelloWorldNotice", lti.CONTEXT_COPY_NOTICE],
}
CLAIMS = {lti.NOTIFICATION_SERVICE: OFFER}


@pytest.fixture
def database_url(sqlite_databases: Any) -> Any:
    """One kind is enough; how a worker takes a row is the same statement on both."""
    with sqlite_databases.fresh() as url:
        yield url


@pytest.fixture
def platform(session: Session, lms: responses.RequestsMock) -> Lms:
    """A platform that gives tokens and publishes its key."""
    made = Lms()
    made.register(session)
    made.publish(lms)
    return made


def rows(session: Session) -> list[models.NoticeHandler]:
    fresh(session)
    return session.query(models.NoticeHandler).order_by(models.NoticeHandler.id).all()


def offered(client: FlaskClient, platform: Lms, **changes: Any) -> None:
    claims = CLAIMS if not changes else {lti.NOTIFICATION_SERVICE: OFFER | changes}
    assert platform.launch(client, claims).status_code == 303


def puts(lms: responses.RequestsMock) -> list[Any]:
    return [json.loads(call.request.body or "") for call in lms.calls if call.request.method == "PUT"]


def test_what_a_launch_offers_is_registered_once(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    lms.put(SERVICE, json={})
    for _launch in range(2):
        offered(client, platform)
    (row,) = rows(session)
    assert (row.kind, row.service_url, row.handler_url) == (lti.CONTEXT_COPY_NOTICE, SERVICE, None)
    worker.sweep()
    offered(client, platform)
    worker.sweep()
    assert puts(lms) == [
        {"notice_type": "LtiContextCopyNotice", "handler": "https://tool.example/lti/notices"}
    ]
    (row,) = rows(session)
    assert row.handler_url == "https://tool.example/lti/notices"
    assert row.registered_at is not None
    (asked,) = [call.request for call in lms.calls if call.request.url == "https://lms.example/token"]
    assert "noticehandlers" in str(asked.body)


def test_it_is_confirmed_every_week_and_the_first_moment_stays(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    lms.put(SERVICE, json={})
    offered(client, platform)
    notice_handlers.register_due(session)
    since = rows(session)[0].registered_at
    with clock.at(clock.now() + timedelta(days=8)):
        assert notice_handlers.register_due(session) == {"registered": 1}
        assert notice_handlers.register_due(session) == {}
    assert (rows(session)[0].registered_at, len(puts(lms))) == (since, 2)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ({"status": 503, "body": "busy\0"}, [("retry", 1), ("retry", 2), ("retry", 4)]),
        ({"status": 503, "headers": {"Retry-After": "7200"}}, [("retry", 120)]),
        ({"status": 403, "body": "no"}, [("paused", 24 * 60)]),
    ],
    ids=["retry", "retry-after", "paused"],
)
def test_what_fails_is_tried_again_later_and_later(
    client: FlaskClient,
    session: Session,
    platform: Lms,
    lms: responses.RequestsMock,
    answer: dict[str, Any],
    ends: list[tuple[str, int]],
) -> None:
    lms.put(SERVICE, **answer)
    offered(client, platform)
    moment = clock.now()
    for number, (kind, minutes) in enumerate(ends, start=1):
        with clock.at(moment):
            assert notice_handlers.register_due(session) == {kind: 1}
            (row,) = rows(session)
            assert (row.attempts, row.due_at) == (number, moment + timedelta(minutes=minutes))
            assert str(answer["status"]) in (row.answer or "")
            moment += timedelta(minutes=minutes)
            fresh(session)


def test_pauses_end_at_a_day(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    lms.put(SERVICE, status=500)
    offered(client, platform)
    write(session)
    session.query(models.NoticeHandler).update({"attempts": 100})
    session.commit()
    notice_handlers.register_due(session)
    due = rows(session)[0].due_at
    assert due is not None
    assert timedelta(hours=23) < due - clock.now() <= timedelta(days=1)


def test_a_refusal_waits_for_an_administrator_and_is_shown_with_its_reason(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    lms.put(SERVICE, status=404, body="not enabled here")
    offered(client, platform)
    platform_id = session.query(models.Platform.id).scalar()
    fresh(session)
    administer(client, platform_id)
    address = f"/admin/platforms/{platform_id}"
    assert "To be asked for" in client.get(address).text
    assert notice_handlers.register_due(session) == {"refused": 1}
    with clock.at(clock.now() + timedelta(days=30)):
        assert notice_handlers.register_due(session) == {}
    page = client.get(address).text
    assert "Refused" in page
    assert "not enabled here" in page
    lms.replace("PUT", SERVICE, json={})
    client.post(f"{address}/notices")
    fresh(session)
    assert notice_handlers.register_due(session) == {"registered": 1}
    page = client.get(address).text
    assert "Told at once" in page
    assert "not enabled here" not in page


def test_another_address_of_the_service_or_of_the_tool_is_registered_anew(
    client: FlaskClient, app: Flask, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    lms.put(SERVICE, json={})
    lms.put(f"{SERVICE}0", json={})
    offered(client, platform)
    notice_handlers.register_due(session)
    offered(client, platform, platform_notification_service_url=f"{SERVICE}0")
    assert rows(session)[0].handler_url is None
    fresh(session)
    assert notice_handlers.register_due(session) == {"registered": 1}
    write(session)
    session.query(models.NoticeHandler).update({"handler_url": "https://earlier.example/lti/notices"})
    session.commit()
    offered(client, platform, platform_notification_service_url=f"{SERVICE}0")
    fresh(session)
    assert notice_handlers.register_due(session) == {"registered": 1}
    assert rows(session)[0].handler_url == "https://tool.example/lti/notices"


@pytest.mark.parametrize(
    "offer",
    [
        {"scope": []},
        {"notice_types_supported": ["LtiHelloWorldNotice"]},
        {"notice_types_supported": 7, "scope": "all"},
        {"platform_notification_service_url": "javascript:alert(1)"},
        {"platform_notification_service_url": ["x"]},
    ],
    ids=str,
)
def test_what_is_not_offered_is_not_asked_for(
    client: FlaskClient, session: Session, platform: Lms, offer: dict[str, Any]
) -> None:
    offered(client, platform, **offer)
    assert rows(session) == []


def test_a_claim_of_any_shape_lets_the_launch_pass(
    client: FlaskClient, session: Session, platform: Lms
) -> None:
    shapes: tuple[Any, ...] = (GONE, 7, [], {}, "text")
    for odd in shapes:
        answer = platform.launch(client, {lti.NOTIFICATION_SERVICE: odd})
        assert answer.status_code == 303
    assert rows(session) == []


def test_a_switched_off_platform_and_a_deployment_kept_out_are_left_alone(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    offered(client, platform)
    write(session)
    session.query(models.Platform).update({"disabled_at": clock.now()})
    session.commit()
    assert notice_handlers.register_due(session) == {}
    write(session)
    session.query(models.Platform).update({"disabled_at": None})
    session.query(models.Deployment).update({"approved_at": None})
    session.commit()
    assert notice_handlers.register_due(session) == {}
    assert puts(lms) == []


def test_an_internal_address_is_never_called(client: FlaskClient, session: Session, platform: Lms) -> None:
    """The guard of all calls: see test_outgoing. Here: that this call goes through it."""
    offered(client, platform, platform_notification_service_url="http://lms.example/inside")
    assert notice_handlers.register_due(session) == {"paused": 1}
    assert "https" in (rows(session)[0].answer or "")


def test_a_row_that_a_worker_has_is_left_to_it(
    client: FlaskClient, session: Session, platform: Lms, lms: responses.RequestsMock
) -> None:
    offered(client, platform)

    def meanwhile(_request: Any) -> tuple[int, dict[str, str], str]:
        seen.append(notice_handlers.register_due(session))
        return 200, {}, "{}"

    seen: list[Any] = []
    lms.add_callback("PUT", SERVICE, callback=meanwhile)
    assert notice_handlers.register_due(session) == {"registered": 1}
    assert seen == [{}]


def test_a_course_that_a_notice_tells_of_is_known_before_anybody_opened_it(
    client: FlaskClient, session: Session, platform: Lms
) -> None:
    """The deployment that registered is the one that notices name; see conformance/test_notices.py."""
    offered(client, platform)
    moment = int(clock.now().timestamp())
    notice = {
        "iss": platform.issuer,
        "aud": platform.client_id,
        "azp": platform.client_id,
        "iat": moment,
        "exp": moment + 3600,
        "nonce": "n",
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": platform.deployment_id,
        CLAIM + "notice": {"id": "1", "timestamp": "2026-03-19T11:24:25Z", "type": lti.CONTEXT_COPY_NOTICE},
        CLAIM + "context": {"id": "copy"},
        CLAIM + "origin_contexts": ["course-1"],
    }
    answer = client.post("/lti/notices", json={"notices": [{"jwt": platform.sign(notice)}]})
    assert answer.status_code == 200
    fresh(session)
    assert session.query(models.CourseOrigin).one().context_id == "copy"
