"""A course list that looks wrong empties no course."""

import responses
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti.roster import RosterChange
from tests.cast import Cast, enter
from tests.integration.lti.test_roster import CAST, URL, listing, person, run_job, sync
from tests.integration.rooms.writing import fresh


def test_nothing_is_applied_until_somebody_says_so(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, person("new"))
    change = sync(session, cast)
    assert change == RosterChange(added=1, missing=4, held=True)
    assert session.query(models.Person).filter_by(sub="new").count() == 0
    assert (cast.mentee.missing_since, cast.newcomer.active) == (None, True)
    assert cast.course.roster_read_at is None


def test_fewer_than_half_is_no_reason_to_wait(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST[1:])
    assert not sync(session, cast).held


def test_a_small_loss_is_no_reason_to_wait(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    listing(lms, *CAST[:2])
    assert sync(session, cast) == RosterChange(missing=1, removed=1, unchanged=2)


def test_the_next_good_reading_takes_its_place(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, person("new"))
    sync(session, cast)
    lms.replace(responses.GET, URL, json={"members": CAST})
    assert sync(session, cast) == RosterChange(unchanged=6)
    assert session.query(models.HeldRoster).count() == 0


def test_names_are_not_kept_where_the_platforms_are_not(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    cast.platform.keeps_names = False
    session.commit()
    listing(lms, person("new", name="Somebody New", email="new@example.test"))
    sync(session, cast)
    (row,) = session.query(models.HeldRoster).one().rows
    assert row == {"sub": "new", "name": None, "email": None, "role": "learner", "active": True}


class TestPages:
    def read(self, app: Flask, client: FlaskClient, session: Session, cast: Cast) -> str:
        """The instructor reads the list from the cohort's page; where the finished work leads."""
        enter(client, cast.instructor)
        answer = client.post(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/roster")
        run_job(app, int(answer.location.rsplit("/", 1)[1]))
        fresh(session)
        return client.get(answer.location, follow_redirects=True).text

    def test_a_reading_gives_a_receipt(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, lms: responses.RequestsMock
    ) -> None:
        listing(lms, *CAST[1:3], *CAST[4:], person("n1"), person("n2"))
        page = self.read(app, client, session, cast)
        assert "2 added, 2 no longer listed." in page
        assert "1 of them takes part in a cohort and stays until you decide." in page
        assert "1 person is no longer on the course list." in page, "it leads back to the cohort"

    def test_the_differences_are_shown_and_can_be_applied(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, lms: responses.RequestsMock
    ) -> None:
        listing(lms, person("new"))
        page = self.read(app, client, session, cast)
        assert "Nothing was changed." in page
        assert "4 people would no longer be in the course." in page
        assert "3 of them take part in a cohort, and would stay there until you decide." in page
        assert "Ana Álvarez" in page
        cohort_page = client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}").text
        assert "Look at the differences" in cohort_page
        answer = client.post(f"/courses/{cast.course.id}/roster/accept")
        run_job(app, int(answer.location.rsplit("/", 1)[1]))
        fresh(session)
        assert "1 added, 4 no longer listed." in client.get(answer.location, follow_redirects=True).text
        fresh(session)
        assert cast.mentee.missing_since is not None
        assert not cast.newcomer.active
        assert session.query(models.HeldRoster).count() == 0

    def test_everybody_can_stay(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast, lms: responses.RequestsMock
    ) -> None:
        listing(lms, person("new"))
        self.read(app, client, session, cast)
        address = f"/courses/{cast.course.id}/roster"
        page = client.post(f"{address}/discard", follow_redirects=True).text
        assert "Everybody stays as they were." in page
        assert "Nothing waits for you" in client.get(address).text
        fresh(session)
        assert cast.mentee.missing_since is None

    def test_applying_a_list_that_is_gone_says_so(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        enter(client, cast.instructor)
        answer = client.post(f"/courses/{cast.course.id}/roster/accept")
        run_job(app, int(answer.location.rsplit("/", 1)[1]))
        assert "A newer reading of the course list took its place." in client.get(answer.location).text
