"""Pairs from the same group, or from different ones: chosen in the cohort's form, kept by the round."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import models
from tests.cast import Cast, enter, make_mentorship
from tests.integration.rooms.cohort_pages import form
from tests.integration.rooms.matching_rounds import change, make_proposal, rounds_url, run_job


@pytest.fixture
def labs(session: Session, cast: Cast) -> None:
    """Ana and Bo are in Lab A, Chi is in Lab B; Chi and Bo share a tutorial."""
    with change(session):
        for key, name, set_name, people in (
            ("a", "Lab A", "Labs", [cast.mentee, cast.mentor]),
            ("b", "Lab B", "Labs", [cast.both]),
            ("t", "Monday", "Tutorials", [cast.both, cast.mentor]),
        ):
            group = models.CourseGroup(
                course=cast.course, kind="group", key=key, name=name, set_key=set_name, set_name=set_name
            )
            session.add_all(models.GroupMember(group=group, member=member) for member in people)


def rule(session: Session, cast: Cast, which: str, group_set: str | None) -> None:
    with change(session):
        cast.cohort.group_rule, cast.cohort.group_set = which, group_set


@pytest.mark.usefixtures("labs")
class TestRound:
    @pytest.mark.parametrize(
        ("which", "group_set", "pairs"),
        [
            ("same", "set:Labs", {("ana", "bo")}),
            ("different", "set:Labs", {("chi", "bo")}),
            ("same", "set:Tutorials", {("chi", "bo")}),
            ("any", None, {("ana", "bo"), ("chi", "bo")}),
        ],
    )
    def test_only_pairs_that_the_rule_allows_are_proposed(
        self,
        app: Flask,
        client: FlaskClient,
        session: Session,
        cast: Cast,
        which: str,
        group_set: str | None,
        pairs: set[tuple[str, str]],
    ) -> None:
        rule(session, cast, which, group_set)
        enter(client, cast.instructor)
        found = make_proposal(app, client, session, cast)
        made = {
            (pair.mentee.member.person.sub, pair.mentor.member.person.sub)
            for pair in found.scenarios[0].pairs
        }
        assert made & {("ana", "bo"), ("chi", "bo")} == pairs

    def test_the_proposal_says_why(
        self, app: Flask, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        rule(session, cast, "same", "set:Labs")
        enter(client, cast.instructor)
        found = make_proposal(app, client, session, cast)
        page = client.get(rounds_url(cast, f"/{found.id}")).text
        assert "Both are in Lab A." in page
        assert "Pairs come from one group in this cohort, and no mentor in Lab B would fit." in page
        assert "Find a mentor in the learner&#39;s group, or allow pairs from any group." in page


def test_a_pair_reads_that_it_shares_a_group(client: FlaskClient, session: Session, cast: Cast) -> None:
    with change(session):
        pair = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
        pair.reasons = [{"kind": "shared_groups", "params": {"names": ["Lab A"]}}]
    enter(client, cast.mentee)
    page = client.get(f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/mentorships/{pair.id}").text
    assert "You are both in Lab A." in page


class TestForm:
    def edit(self, cast: Cast) -> str:
        return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/edit"

    def test_a_course_without_groups_is_not_asked(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        assert "where do pairs come from" not in client.get(self.edit(cast)).text

    @pytest.mark.usefixtures("labs")
    def test_the_rule_is_chosen_for_a_set_and_shown(
        self, client: FlaskClient, session: Session, cast: Cast
    ) -> None:
        enter(client, cast.instructor)
        address = f"/courses/{cast.course.id}/cohorts/new"
        page = client.get(address).text
        assert "where do pairs come from" in page
        assert 'value="set:Labs"' in page
        answer = client.post(address, data=form(group_rule="different", group_set="set:Labs"))
        assert answer.status_code == 303
        session.rollback()
        made = session.query(models.Cohort).filter_by(name="Autumn statistics").one()
        assert (made.group_rule, made.group_set) == ("different", "set:Labs")
        assert "Only from different groups" in client.get(answer.location).text

    @pytest.mark.usefixtures("labs")
    def test_groups_that_do_not_exist_are_refused(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        address = f"/courses/{cast.course.id}/cohorts/new"
        for wrong in ({"group_rule": "none"}, {"group_rule": "same", "group_set": "set:Elsewhere"}):
            assert client.post(address, data=form(**wrong)).status_code == 422


@pytest.mark.usefixtures("labs")
def test_groups_of_one_name_are_told_apart(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    """Two sets with a "Lab A" each: sharing the name is not sharing the group."""
    with change(session):
        twin = models.CourseGroup(
            course=cast.course, kind="group", key="x", name="Lab A", set_key="Other", set_name="Other"
        )
        session.add(models.GroupMember(group=twin, member=cast.both))
        session.query(models.GroupMember).filter(
            models.GroupMember.group.has(models.CourseGroup.key == "t")
        ).delete(synchronize_session=False)
    rule(session, cast, "same", None)
    enter(client, cast.instructor)
    found = make_proposal(app, client, session, cast)
    made = {(pair.mentee_id, pair.mentor_id) for pair in found.scenarios[0].pairs}
    assert made == {(cast.p_mentee.id, cast.p_mentor.id)}
    facts = [reason for reason in found.scenarios[0].pairs[0].reasons if reason["kind"] == "shared_groups"]
    assert facts == [{"kind": "shared_groups", "params": {"names": ["Lab A (Labs)"]}}]


@pytest.mark.usefixtures("labs")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_proposal_may_ask_for_so_many_learners_of_each_group(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    with change(session):
        cast.p_mentor.capacity, cast.p_both.role = 1, "mentee"
    enter(client, cast.instructor)
    found = make_proposal(app, client, session, cast)
    url = rounds_url(cast, f"/{found.id}/compare")
    assert "Learners of each group who get a mentor at least" in client.get(url).text
    wrong = client.post(url, data={"emphasis": "rules", "least_of_group": "2", "most_of_group": "1"})
    assert wrong.status_code == 400
    assert "This has to be as large as the least." in wrong.text

    asked = client.post(url, data={"emphasis": "rules", "fair": "y", "least_of_group": "1"})
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    assert "cannot get a mentor." in client.get(asked.location).text
    more = {"emphasis": "rules", "fair": "y", "least_of_group": "1", "added_places": "1"}
    asked = client.post(url, data=more)
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    page = client.get(url).text
    assert "at least 1 of each group has a mentor" in page
    session.rollback()
    assert len(found.scenarios[-1].pairs) == 2
    made = client.get(rounds_url(cast, f"/{found.id}/scenarios/{found.scenarios[-1].id}")).text
    assert "there is no proof that others could check" in made
    again = client.post(url, data=more)
    assert "was made exactly so" in client.get(again.location).text
