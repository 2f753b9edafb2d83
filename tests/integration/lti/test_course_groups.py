"""Groups and sections: what launches and the roster tell of them, and who can open which activity."""

import json
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti import roster
from lti_tool.lti.course_groups import custom_keys
from lti_tool.lti.errors import ServiceError
from tests.captures import moodle
from tests.cast import Cast, enter
from tests.integration.lti.test_roster import CAST, URL
from tests.integration.rooms.writing import write
from tests.lms import CLAIM, Lms, member_of

GROUPS, SETS = "https://lms.example/course-1/groups", "https://lms.example/course-1/groupsets"
SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"


@pytest.fixture
def grouped(session: Session, cast: Cast) -> models.Course:
    write(session)
    cast.course.groups_url, cast.course.group_sets_url = GROUPS, SETS
    session.commit()
    return cast.course


def sync(session: Session, cast: Cast) -> None:
    session.rollback()
    roster.sync(session, cast.course, lambda _fraction, _message: None)
    session.commit()


def places(session: Session, kind: str = "group") -> set[tuple[str, str]]:
    """(key of the group, sub of the person) of everybody."""
    session.rollback()
    rows = session.query(models.GroupMember).join(models.GroupMember.group)
    return {(one.group.key, one.member.person.sub) for one in rows.filter(models.CourseGroup.kind == kind)}


def anew(lms: responses.RequestsMock) -> None:
    """The platform says something else from now on; the token is still good."""
    lms.reset()


def members_with(groups: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        one | {"group_enrollments": [{"group_id": key} for key in groups.get(one["user_id"], [])]}
        for one in CAST
    ]


class TestService:
    def announce(self, lms: responses.RequestsMock, groups: dict[str, list[str]]) -> None:
        lms.get(SETS, json={"id": SETS, "sets": [{"id": 7, "name": "Labs"}]})
        second = f"{GROUPS}?page=AbC"
        first = {"groups": [{"id": "g1", "name": "Lab A", "set_id": 7}]}
        lms.get(GROUPS, json=first, headers={"Link": f'<{second}>; rel="next"'})
        lms.get(second, json={"groups": [{"id": "g2", "name": "Lab B"}, {"name": "no id"}, "odd"]})
        lms.get(URL, json={"members": members_with(groups)})

    def test_groups_sets_and_enrolments_are_written(
        self, session: Session, cast: Cast, grouped: models.Course, lms: responses.RequestsMock
    ) -> None:
        self.announce(lms, {"ana": ["g1"], "bo": ["g1", "g2"]})
        sync(session, cast)
        found = {one.key: (one.name, one.set_key, one.set_name) for one in session.query(models.CourseGroup)}
        assert found == {"g1": ("Lab A", "7", "Labs"), "g2": ("Lab B", None, None)}
        assert places(session) == {("g1", "ana"), ("g1", "bo"), ("g2", "bo")}
        asked = next(str(call.request.url) for call in lms.calls if str(call.request.url).startswith(URL))
        assert "groups=true" in asked

    def test_what_is_gone_there_is_gone_here(
        self, session: Session, cast: Cast, grouped: models.Course, lms: responses.RequestsMock
    ) -> None:
        self.announce(lms, {"ana": ["g1"], "bo": ["g2"]})
        sync(session, cast)
        anew(lms)
        lms.get(SETS, json={"sets": []})
        lms.get(GROUPS, json={"groups": [{"id": "g1", "name": "Lab Z"}]})
        lms.get(URL, json={"members": members_with({"bo": ["g1"]})})
        sync(session, cast)
        assert [(one.key, one.name) for one in session.query(models.CourseGroup)] == [("g1", "Lab Z")]
        assert places(session) == {("g1", "bo")}

    def test_where_groups_are_refused_the_list_is_read_all_the_same(
        self, session: Session, cast: Cast, grouped: models.Course, lms: responses.RequestsMock
    ) -> None:
        def answer(request: Any) -> tuple[int, dict[str, str], str]:
            if "groups=true" in request.url:
                return 403, {}, "insufficient scope"
            return 200, {}, json.dumps({"members": CAST})

        lms.add_callback(responses.GET, URL, answer)
        lms.get(GROUPS, status=403)
        lms.get(SETS, status=403)
        sync(session, cast)
        assert cast.course.roster_read_at is not None
        assert places(session) == set()

    def test_a_service_that_fails_for_now_changes_no_groups(
        self, session: Session, cast: Cast, grouped: models.Course, lms: responses.RequestsMock
    ) -> None:
        self.announce(lms, {"ana": ["g1"]})
        sync(session, cast)
        anew(lms)
        lms.get(SETS, json={"sets": []})
        lms.get(GROUPS, status=503)
        lms.get(URL, json={"members": members_with({"bo": ["g1"]})})
        session.rollback()
        with pytest.raises(ServiceError):
            roster.sync(session, cast.course, lambda _fraction, _message: None)
        assert places(session) == {("g1", "ana")}

    def test_moodle_ignores_the_question_and_nothing_is_changed(
        self, session: Session, cast: Cast, grouped: models.Course, lms: responses.RequestsMock
    ) -> None:
        recorded = moodle("nrps_variants_and_errors")["groups_param"]["response"]["body"]
        lms.get(URL, json=recorded | {"members": recorded["members"] + CAST})
        lms.get(GROUPS, json={"groups": [{"id": "g1", "name": "Lab A"}]})
        lms.get(SETS, json={"sets": []})
        sync(session, cast)
        assert places(session) == set()


class TestLaunch:
    def launch(self, client: FlaskClient, lms: Lms, **claims: Any) -> Any:
        return lms.launch(client, {CLAIM + "custom": claims.pop("custom", {})} | claims)

    @pytest.fixture
    def platform(self, session: Session, outside: responses.RequestsMock) -> Lms:
        made = Lms()
        made.register(session)
        made.publish(outside)
        return made

    def test_moodles_ids_become_groups_without_names(
        self, client: FlaskClient, session: Session, platform: Lms
    ) -> None:
        custom = moodle("id_token_student")["payload"][CLAIM + "custom"]
        answer = self.launch(client, platform, custom={"group_ids": custom["groups"], "section_ids": "A,B"})
        sub = member_of(session, answer).person.sub
        assert places(session) == {("1", sub), ("2", sub)}
        assert places(session, "section") == {("A", sub), ("B", sub)}
        assert {one.name for one in session.query(models.CourseGroup)} == {None}

    def test_the_newest_launch_decides(self, client: FlaskClient, session: Session, platform: Lms) -> None:
        self.launch(client, platform, custom={"group_ids": "1,2"})
        answer = self.launch(client, platform, custom={"group_ids": "2,3"})
        sub = member_of(session, answer).person.sub
        assert places(session) == {("2", sub), ("3", sub)}
        self.launch(client, platform, custom={"group_ids": "$Moodle.Person.userGroupIds"})
        assert places(session) == {("2", sub), ("3", sub)}, "a variable that is not filled in says nothing"
        self.launch(client, platform, custom={"group_ids": ""})
        assert places(session) == set()

    def test_where_there_is_a_service_it_knows_better(
        self, client: FlaskClient, session: Session, platform: Lms
    ) -> None:
        service = {"context_groups_url": GROUPS, "context_group_sets_url": SETS, "scope": [SCOPE]}
        claims = {"https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice": service}
        answer = self.launch(client, platform, custom={"group_ids": "1"}, **claims)
        course = member_of(session, answer).course
        assert (course.groups_url, course.group_sets_url) == (GROUPS, SETS)
        assert places(session) == set()

    @pytest.mark.parametrize(
        ("said", "keys"),
        [
            ("1, 2,2", ("1", "2")),
            (7, ("7",)),
            ("", ()),
            (" , ", ()),
            ("x" * 300, ()),
            ("a\x00b", ()),
            ("$Canvas.course.sectionIds", None),
            (None, None),
            (True, None),
            (["1"], None),
        ],
    )
    def test_whatever_is_said_is_read_with_care(self, said: Any, keys: tuple[str, ...] | None) -> None:
        assert custom_keys({"group_ids": said}, "group") == keys


class TestLinks:
    """What a reading for one activity adds (``rlid``)."""

    @pytest.fixture
    def link(self, session: Session, cast: Cast) -> models.ResourceLink:
        write(session)
        link = models.ResourceLink(course_id=cast.course.id, link_id="4", cohort_id=cast.cohort.id)
        session.add(link)
        session.commit()
        return link

    def answer_for_link(
        self, lms: responses.RequestsMock, status: int, members: list[dict[str, Any]]
    ) -> None:
        def answer(request: Any) -> tuple[int, dict[str, str], str]:
            if "rlid=" not in request.url:
                return 200, {}, json.dumps({"members": CAST})
            return status, {}, json.dumps({"members": members})

        lms.add_callback(responses.GET, URL, answer)

    def test_who_can_open_the_cohort_is_kept(
        self,
        client: FlaskClient,
        session: Session,
        cast: Cast,
        link: models.ResourceLink,
        lms: responses.RequestsMock,
    ) -> None:
        self.answer_for_link(lms, 200, [one for one in CAST if one["user_id"] != "nils"])
        sync(session, cast)
        assert ("4", "ana") in places(session, "link")
        assert ("4", "nils") not in places(session, "link")
        enter(client, cast.instructor)
        page = client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/people?show=absent").text
        assert "Everybody on the course list has joined." in page
        assert cast.newcomer.active, "the course itself has everybody"

    def test_an_activity_for_everybody_restricts_nothing(
        self, session: Session, cast: Cast, link: models.ResourceLink, lms: responses.RequestsMock
    ) -> None:
        self.answer_for_link(lms, 200, CAST)
        sync(session, cast)
        assert places(session, "link") == set()

    def test_a_link_that_is_refused_falls_back_to_the_course(
        self, session: Session, cast: Cast, link: models.ResourceLink, lms: responses.RequestsMock
    ) -> None:
        recorded = moodle("nrps_variants_and_errors")["rlid_unknown"]["response"]
        assert recorded["status"] == 404
        self.answer_for_link(lms, recorded["status"], [])
        sync(session, cast)
        assert places(session, "link") == set()
        assert cast.course.roster_read_at is not None

    def test_custom_values_that_come_with_a_link_tell_of_groups(
        self, session: Session, cast: Cast, link: models.ResourceLink, lms: responses.RequestsMock
    ) -> None:
        """As Canvas gives them."""
        told = [
            one | {"message": [{CLAIM + "custom": {"group_ids": "5", "section_ids": f"s-{one['user_id']}"}}]}
            for one in CAST
        ]
        self.answer_for_link(lms, 200, told)
        sync(session, cast)
        assert ("5", "ana") in places(session)
        assert ("s-bo", "bo") in places(session, "section")

    def test_moodles_recorded_page_for_a_link_is_read(
        self, session: Session, cast: Cast, lms: responses.RequestsMock
    ) -> None:
        lms.get(URL, json=moodle("nrps_rlid")["response"]["body"])
        found = list(roster.members(roster.source_of(cast.course), link_id="1"))
        assert len(found) == 8
        assert {one.groups for one in found} == {None}
        assert "rlid=1" in str(lms.calls[-1].request.url)
