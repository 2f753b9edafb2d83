"""The self-test against the sandbox LMS: what works is said to work, and what does not is named."""

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool import worker
from lti_tool.db import models
from lti_tool.lti import selftest
from lti_tool.rooms.admin import selftest as work
from lti_tool.sandbox import SandboxServer
from tests.cast import Cast, administer
from tests.conformance.test_other_messages import DEEP_LINKING
from tests.integration.lti.test_against_sandbox import course, launch, sandbox
from tests.integration.rooms.writing import write
from tests.lms import Lms

__all__ = ["course", "sandbox"]


def by_name(session: Session, platform_id: int, *, but: tuple[str, ...] = ()) -> dict[str, selftest.Result]:
    tries = selftest.tries(session, platform_id, "https://tool.example")
    return {name: selftest.make(name, attempt) for name, attempt in tries if name not in but}


def test_what_the_platform_does_is_found_to_work_and_nothing_stays(
    client: FlaskClient, session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    launch(client, sandbox, "ana")
    platform_id = course.deployment.platform_id
    session.rollback()
    found = by_name(session, platform_id, but=("keys",))
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(
        ("launch", "token", "roster", "columns", "score"), "ok"
    ) | {"content": "skipped"}, found
    assert "removed again" in found["score"].detail
    # The link's own column is there, and the test's own is gone.
    assert by_name(session, platform_id)["columns"].detail == found["columns"].detail


def test_without_a_learner_no_score_is_sent(
    session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    platform_id = course.deployment.platform_id
    session.rollback()
    assert by_name(session, platform_id, but=("keys",))["score"].state == "skipped"


def test_a_platform_that_nobody_used_is_not_tried(session: Session, sandbox: SandboxServer) -> None:
    platform_id = session.query(models.Platform.id).scalar()
    session.rollback()
    found = by_name(session, platform_id, but=("keys",))
    assert {found[name].state for name in ("launch", "roster", "columns", "score")} == {"skipped"}


@pytest.mark.parametrize(
    ("messages", "state", "detail"),
    [
        (None, "skipped", "has not said"),
        ({"LtiResourceLinkRequest": []}, "skipped", "has no deep linking"),
        ({"LtiDeepLinkingRequest": ["ContentArea"]}, "unused", "offers it (ContentArea)"),
    ],
    ids=["nothing said", "not offered", "offered"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_known_of_deep_linking_is_said(
    session: Session, cast: Cast, messages: dict[str, list[str]] | None, state: str, detail: str
) -> None:
    write(session)
    cast.platform.messages = messages
    session.commit()
    found = tried(session, cast.platform.id, "content")
    assert (found.state, detail in found.detail) == (state, True)


@responses.activate
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_deep_linking_works_once_somebody_has_asked_for_content(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    lms = Lms()
    lms.register(session)
    lms.publish(responses.mock)
    assert lms.launch(client, DEEP_LINKING).status_code == 303
    assert tried(session, cast.platform.id, "content").state == "ok"
    administer(client, cast.platform.id)
    address = f"/admin/platforms/{cast.platform.id}/selftest"
    client.post(address)
    write(session)
    test = session.query(models.SelfTest).one()
    test.results = [{"name": "content", "state": "unused", "detail": "the platform offers it"}]
    test.job.state = "done"  # type: ignore[union-attr]
    session.commit()
    page = client.get(address).text
    assert "Offered, not used yet" in page
    assert "press its “Select content”" in page


def tried(session: Session, platform_id: int, name: str) -> selftest.Result:
    session.rollback()
    return selftest.make(name, dict(selftest.tries(session, platform_id, "https://tool.example"))[name])


def test_what_does_not_work_is_named_with_the_answer(
    session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    course.deployment.platform.token_url = f"{sandbox.url}/nowhere"
    platform_id = course.deployment.platform_id
    session.commit()
    found = by_name(session, platform_id)
    assert {found[name].state for name in ("token", "roster", "columns")} == {"failed"}
    assert "404" in found["token"].detail
    # Nothing answers at the public address of this test.
    assert found["keys"].state == "failed"


def test_the_page_shows_each_try_once_the_worker_has_made_it(
    client: FlaskClient, session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    platform_id = course.deployment.platform_id
    session.rollback()
    administer(client, platform_id)
    address = f"/admin/platforms/{platform_id}/selftest"
    assert client.post(address).location == address
    job_id = session.query(models.SelfTest.job_id).scalar()
    session.rollback()
    assert client.get(f"{address}/status").get_json()["state"] == "queued"
    client.post(address)
    assert session.query(models.SelfTest).count() == 1
    session.rollback()
    worker.run(job_id)
    assert client.get(f"{address}/status").get_json()["done_url"] == address
    page = client.get(address).text
    assert "people on the first page" in page
    assert "No record store is configured" in page
    assert page.count("Cookies in this window") == 1


def test_a_self_test_can_be_stopped(
    client: FlaskClient, session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    platform_id = course.deployment.platform_id
    session.rollback()
    administer(client, platform_id)
    address = f"/admin/platforms/{platform_id}/selftest"
    client.post(address)
    client.post(f"{address}/stop")
    assert "It was stopped" in client.get(address).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_results_are_the_same_by_command(
    session: Session, sandbox: SandboxServer, course: models.Course
) -> None:
    platform_id = course.deployment.platform_id
    session.rollback()
    rows = [work.as_dict(result) for result in work.results(platform_id, lambda _done: None)]
    assert [row["name"] for row in rows][-2:] == ["store", "delivery"]
    assert {row["state"] for row in rows} <= {"ok", "failed", "skipped"}
