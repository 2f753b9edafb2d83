"""Many first launches at the same moment: everything is written once, and one state lets one in."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import pseudonyms
from tests.lms import GONE, Lms, post

CROWD = 6


@pytest.fixture
def platform(session: Session, outside: responses.RequestsMock) -> Lms:
    lms = Lms()
    lms.register(session)
    lms.publish(outside)
    return lms


def together(count: int, work: Callable[[int], int]) -> list[int]:
    """Run the works at the same moment; what each gave."""
    gate = threading.Barrier(count)

    def start(number: int) -> int:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


def test_a_crowd_enters_a_new_course(app: Flask, platform: Lms, session: Session) -> None:
    browsers = [app.test_client() for _person in range(CROWD)]
    questions = [platform.login(browser) for browser in browsers]

    def enter(number: int) -> int:
        question = questions[number]
        token = platform.sign(platform.claims(question, {"sub": str(number), "name": GONE}))
        return post(browsers[number], token, question.state).status_code

    assert together(CROWD, enter) == [303] * CROWD
    session.rollback()
    assert session.query(models.Course).count() == 1
    assert session.query(models.ResourceLink).count() == 1
    assert session.query(models.Member).count() == CROWD


def test_one_person_opens_it_in_many_windows(app: Flask, platform: Lms, session: Session) -> None:
    browsers = [app.test_client() for _window in range(CROWD)]
    questions = [platform.login(browser) for browser in browsers]

    def enter(number: int) -> int:
        token = platform.sign(platform.claims(questions[number]))
        return post(browsers[number], token, questions[number].state).status_code

    assert together(CROWD, enter) == [303] * CROWD
    session.rollback()
    assert session.query(models.Person).count() == session.query(models.Member).count() == 1


def test_of_many_posts_with_one_state_exactly_one_wins(
    app: Flask, client: FlaskClient, platform: Lms
) -> None:
    question = platform.login(client)
    [cookie] = [
        value
        for value in client._cookies.values()  # type: ignore[union-attr]
        if value.key.startswith("pm_login_")
    ]
    token = platform.sign(platform.claims(question))

    def enter(_number: int) -> int:
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)
        return post(browser, token, question.state).status_code

    assert sorted(together(CROWD, enter)) == [303] + [400] * (CROWD - 1)


def test_a_pseudonym_that_is_taken_is_drawn_again(
    app: Flask, client: FlaskClient, platform: Lms, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pseudonyms, "candidates", lambda: iter(["Quiet Heron", "Calm Otter", "Keen Fox"]))
    for sub in ("1", "2", "3"):
        assert platform.launch(client, {"sub": sub}).status_code == 303
    session.rollback()
    names = [one.pseudonym for one in session.query(models.Member).order_by(models.Member.id)]
    assert names == ["Quiet Heron", "Calm Otter", "Keen Fox"]


def test_there_are_names_enough_for_the_largest_course() -> None:
    taken: set[str] = set()
    for _person in range(10_000):
        taken.add(pseudonyms.draw(taken))
    assert len(taken) == 10_000
    assert max(map(len, taken)) <= 64
