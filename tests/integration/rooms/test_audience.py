"""A cohort for one group of the LMS alone: who sees it, who joins, and what is said when it goes."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import models
from lti_tool.lti import group_update
from lti_tool.lti.course_groups import ListedGroup
from lti_tool.web import audience
from tests.cast import Cast, enter, make_cohort, make_participant
from tests.integration.rooms.cohort_pages import cohort_url, form, new_url
from tests.integration.rooms.matching_rounds import change
from tests.integration.rooms.writing import fresh

LAB_A = "group:a"


@pytest.fixture
def labs(session: Session, cast: Cast) -> None:
    """Ana is in Lab A; Nils, who has not joined, in Lab B; the others in none."""
    with change(session):
        for key, name, member in (("a", "Lab A", cast.mentee), ("b", "Lab B", cast.newcomer)):
            group = models.CourseGroup(course=cast.course, kind="group", key=key, name=name)
            session.add(models.GroupMember(group=group, member=member))


@pytest.fixture
def for_lab_a(session: Session, cast: Cast, labs: None) -> None:
    with change(session):
        cast.cohort.only_group, cast.cohort.only_group_name = LAB_A, "Lab A"


def move(session: Session, member: models.Member, key: str) -> None:
    """The person is in this group of the course alone now."""
    with change(session):
        group_update._place(
            session, member, "group", {session.query(models.CourseGroup).filter_by(key=key).one().id}
        )


def join(client: FlaskClient, cast: Cast, member: models.Member) -> TestResponse:
    enter(client, member)
    return client.post(cohort_url(cast, "/join"), data={"role": "mentee", "agree": "y"})


class TestForm:
    def test_a_course_without_groups_is_not_asked(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        assert "Who is it for?" not in client.get(new_url(cast)).text

    @pytest.mark.usefixtures("labs")
    def test_a_group_is_chosen_shown_and_given_back(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        enter(client, cast.instructor)
        assert "Everybody in the course" in client.get(new_url(cast)).text
        made = client.post(new_url(cast), data=form(only_group=LAB_A))
        assert made.status_code == 303
        assert "Lab A" in client.get(made.location).text
        fresh(session)
        cohort = session.query(models.Cohort).filter_by(name="Autumn statistics").one()
        assert (cohort.only_group, cohort.only_group_name) == (LAB_A, "Lab A")
        edit = f"/courses/{cast.course.id}/cohorts/{cohort.id}/edit"
        topics = {f"topics-{n}-key": str(topic.id) for n, topic in enumerate(cohort.topics)}
        fresh(session)
        assert 'selected value="group:a"' in client.get(edit).text
        assert client.post(edit, data=form(only_group="", **topics)).status_code == 303
        fresh(session)
        assert session.get_one(models.Cohort, cohort.id).only_group is None

    @pytest.mark.usefixtures("labs")
    def test_a_group_that_is_none_of_the_course_is_refused_at_the_field(
        self, client: FlaskClient, cast: Cast
    ) -> None:
        enter(client, cast.instructor)
        for wrong in ("group:zz", "link:a", "x" * 400):
            answer = client.post(new_url(cast), data=form(only_group=wrong))
            assert (answer.status_code, 'id="only_group-error"' in answer.text) == (422, True)


@pytest.mark.usefixtures("for_lab_a")
class TestJoining:
    def test_only_its_people_join(self, client: FlaskClient, session: Session, cast: Cast) -> None:
        refused = join(client, cast, cast.newcomer)
        assert (refused.status_code, "This cohort is for Lab A" in refused.text) == (409, True)
        move(session, cast.newcomer, "a")
        assert join(client, cast, cast.newcomer).status_code == 303
        fresh(session)
        assert session.query(models.Participant).filter_by(member_id=cast.newcomer.id).count() == 1

    def test_others_do_not_see_it_and_read_why(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.newcomer)
        page = client.get(f"/courses/{cast.course.id}/")
        assert page.status_code == 200
        assert "The cohorts of this course are for other groups" in page.text

    def test_its_activity_tells_others_for_whom_it_is(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        with change(session):
            link = models.ResourceLink(course=cast.course, link_id="l", cohort_id=cast.cohort.id)
            session.add(link)
            session.flush()
            link_id = link.id
        enter(client, cast.newcomer, link_id)
        landed = client.get(f"/courses/{cast.course.id}/")
        assert landed.location.endswith(cohort_url(cast, "/join"))
        assert "This cohort is for Lab A" in client.get(landed.location).text

    def test_who_takes_part_already_goes_on(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.both)
        assert client.get(f"/courses/{cast.course.id}/").location.endswith(cohort_url(cast, "/home"))

    def test_who_left_and_is_in_another_group_does_not_come_back(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        enter(client, cast.mentee)
        client.post(cohort_url(cast, "/leave"))
        move(session, cast.mentee, "b")
        client.post(cohort_url(cast, "/rejoin"))
        fresh(session)
        assert session.get_one(models.Participant, cast.p_mentee.id).left_at is not None

    def test_an_assistant_of_the_course_is_in_no_group_and_joins(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        with change(session):
            cast.newcomer.role = "assistant"
            session.query(models.GroupMember).filter_by(member_id=cast.newcomer.id).delete()
        assert join(client, cast, cast.newcomer).status_code == 303


@pytest.mark.usefixtures("for_lab_a")
class TestInstructor:
    def test_people_of_the_group_alone_are_counted_and_waited_for(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast)).text
        assert "<dt>For</dt>" in page
        assert "2 people of this cohort are not in “Lab A”." in page
        assert "Quiet Heron nils" not in client.get(cohort_url(cast, "/people?show=absent")).text
        move(session, cast.newcomer, "a")
        assert "Quiet Heron nils" in client.get(cohort_url(cast, "/people?show=absent")).text

    def test_who_is_not_in_it_is_listed(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, "/people?state=outside")).text
        for name, there in (("Bo Đặng", True), ("Chi Okafor", True), ("Ana", False), ("Eva", False)):
            assert (name in page) == there, name
        assert "Not in the group" in page

    def test_a_group_that_is_gone_is_said_and_its_return_mends_it(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        read(session, cast, [])
        enter(client, cast.instructor)
        assert "The group “Lab A” is no longer in the course" in client.get(cohort_url(cast)).text
        # The choice can stay as it is.
        edit = client.get(cohort_url(cast, "/edit")).text
        assert "Lab A (no longer in the course)" in edit
        refused = join(client, cast, cast.newcomer)
        assert "This cohort is for Lab A" in refused.text
        read(session, cast, [ListedGroup("a", "Lab A", None, None)])
        assert not audience.is_gone(session, session.get_one(models.Cohort, cast.cohort.id))


def test_a_cohort_of_another_group_beside_an_open_one_is_not_offered(
    client: FlaskClient, session: Session, cast: Cast, for_lab_a: None
) -> None:
    with change(session):
        other, _topic, _topic2 = make_cohort(session, cast.course, cast.instructor, "For everybody")
        other_id = other.id
        make_participant(session, other, cast.mentor, "mentor")
    enter(client, cast.newcomer)
    assert client.get(f"/courses/{cast.course.id}/").location.endswith(f"/cohorts/{other_id}/join")
    enter(client, cast.mentee)
    page = client.get(f"/courses/{cast.course.id}/").text
    assert "Spring mentoring" in page


def read(session: Session, cast: Cast, listed: list[ListedGroup]) -> None:
    with change(session):
        group_update.write(session, session.get_one(models.Course, cast.course.id), [], listed)
