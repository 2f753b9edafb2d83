"""Creating and editing a cohort: what is typed, refused, kept."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from tests.cast import Cast, enter, make_cohort
from tests.integration.rooms.cohort_pages import (
    cohort_named,
    cohort_url,
    form,
    held,
    new_url,
    number_of_cohorts,
)


class TestCreating:
    def test_the_form_makes_the_cohort_as_it_was_filled_in(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        answer = client.post(new_url(cast), data=form())
        cohort = cohort_named(session, "Autumn statistics")
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/cohorts/{cohort.id}")
        assert [(topic.name, topic.risk) for topic in cohort.topics] == [
            ("Regression", "high"),
            ("Plotting", "low"),
        ]
        assert (cohort.kind, cohort.mentors, cohort.checkpoints) == ("hybrid", "chosen", "high_risk")
        rule = cohort.grade_rule
        assert (rule.enabled, rule.maximum, rule.sessions_for_full) == (True, 50, 5)
        assert (cohort.ends_on - cohort.starts_on).days == 90

    def test_without_checkpoints_it_is_a_peer_cohort(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        client.post(new_url(cast), data=form(checkpoints="none", graded=None))
        cohort = cohort_named(session, "Autumn statistics")
        assert cohort.kind == "peer"
        assert not cohort.grade_rule.enabled

    def test_it_has_the_course_list_read_and_takes_the_link_it_came_by(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        link = models.ResourceLink(course=cast.course, link_id="rl")
        session.add(link)
        session.commit()
        enter(client, cast.instructor, link.id)
        client.post(new_url(cast), data=form())
        cohort = cohort_named(session, "Autumn statistics")
        assert session.get_one(models.ResourceLink, link.id).cohort_id == cohort.id
        assert [job.kind for job in session.scalars(select(models.Job))] == ["roster"]

    def test_a_link_that_has_a_cohort_keeps_it(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        link = models.ResourceLink(course=cast.course, link_id="rl", cohort_id=cast.cohort.id)
        session.add(link)
        session.commit()
        enter(client, cast.instructor, link.id)
        client.post(new_url(cast), data=form())
        engine.rollback(session)
        assert session.get_one(models.ResourceLink, link.id).cohort_id == cast.cohort.id

    def test_the_same_form_sent_twice_makes_one_cohort(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        first, second = (client.post(new_url(cast), data=form()) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        assert cohort_named(session, "Autumn statistics").topics

    def test_a_name_that_the_course_has_already_is_refused_on_its_field(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.created_at = clock.now() - timedelta(days=3)
        session.commit()
        enter(client, cast.instructor)
        answer = client.post(new_url(cast), data=form(name="Spring mentoring"))
        assert answer.status_code == 422
        assert "another cohort of this name" in answer.text
        assert 'value="Regression"' in answer.text

    def test_adding_a_row_keeps_what_was_typed_and_saves_nothing(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        answer = client.post(new_url(cast), data=form(name="", add_row="yes"))
        assert answer.status_code == 200
        assert 'value="Regression"' in answer.text
        assert 'name="topics-2-name"' in answer.text
        assert number_of_cohorts(session) == 1

    def test_there_are_never_more_than_eight_topics(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        many = {f"topics-{number}-name": f"Topic {number}" for number in range(12)}
        many |= {f"topics-{number}-risk": "low" for number in range(12)}
        client.post(new_url(cast), data=form(**many))
        assert len(cohort_named(session, "Autumn statistics").topics) == 8

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"name": ""}, "Give the cohort a name"),
            ({"name": "x" * 121}, "Keep the name under 120"),
            ({"topics-0-name": "", "topics-1-name": " ", "topics-2-name": ""}, "Name at least one topic"),
            ({"topics-1-name": "REGRESSION"}, "Two topics have the same name"),
            ({"topics-1-name": "y" * 121}, "Keep the topic under 120"),
            ({"topics-0-risk": "none"}, "Not a valid choice"),
            ({"ends_on": "2026-11-24"}, "The last day has to come after the first"),
            ({"ends_on": "2036-11-24"}, "A cohort lasts two years at most"),
            ({"starts_on": "0001-01-01"}, "Check the year"),
            ({"starts_on": "soon"}, "Not a valid date"),
            ({"mentors": "nobody"}, "Not a valid choice"),
            ({"checkpoints": None}, "Choose which pairs"),
            ({"maximum": "0"}, "from 1 to 1000"),
            ({"maximum": "9" * 40}, "from 1 to 1000"),
            ({"sessions_for_full": "-1"}, "from 1 to 100"),
        ],
    )
    def test_bad_input_is_explained_and_what_was_typed_is_kept(
        self, client: FlaskClient, cast: Cast, session: Session, changes: dict[str, object], sentence: str
    ) -> None:
        enter(client, cast.instructor)
        answer = client.post(new_url(cast), data=form(**({"topics-2-name": "Kept as typed"} | changes)))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert ('value="Kept as typed"' in answer.text) == ("topics-2-name" not in changes)
        assert number_of_cohorts(session) == 1

    def test_control_characters_are_dropped(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        enter(client, cast.instructor)
        client.post(new_url(cast), data=form(name="Autumn\x00 stat\nistics\x07", **{"topics-0-key": "\x00"}))
        assert cohort_named(session, "Autumn stat istics").topics


class TestEditing:
    def edit(self, client: FlaskClient, cast: Cast, **changes: object) -> str:
        enter(client, cast.instructor)
        fields = form(
            name="Spring mentoring",
            **{
                "topics-0-key": str(cast.statistics.id),
                "topics-0-name": "Statistics",
                "topics-1-key": str(cast.writing.id),
                "topics-1-name": "Scientific writing",
            },
        )
        answer = client.post(cohort_url(cast, "/edit"), data=fields | changes)
        assert answer.status_code in {303, 422}
        return answer.text

    def test_the_form_shows_what_holds(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, "/edit"))
        assert 'value="Spring mentoring"' in page.text
        assert 'value="Scientific writing"' in page.text

    def test_a_topic_that_people_chose_can_be_renamed_and_its_risk_changed(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        self.edit(client, cast, **{"topics-0-name": "Inference", "topics-0-risk": "low"})
        engine.rollback(session)
        topic = session.get_one(models.Topic, cast.statistics.id)
        assert (topic.name, topic.risk) == ("Inference", "low")
        assert cast.p_mentor.interests[0].topic_id == topic.id

    def test_two_topics_can_swap_their_names(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        self.edit(client, cast, **{"topics-0-name": "Scientific writing", "topics-1-name": "Statistics"})
        engine.rollback(session)
        assert session.get_one(models.Topic, cast.statistics.id).name == "Scientific writing"

    def test_a_topic_that_people_chose_cannot_be_removed(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        page = self.edit(client, cast, name="Renamed", **{"topics-1-name": ""})
        assert "Scientific writing” is in use" in page
        engine.rollback(session)
        assert session.get_one(models.Cohort, cast.cohort.id).name == "Spring mentoring"
        assert session.get(models.Topic, cast.writing.id) is not None

    def test_an_unused_topic_can_be_removed_and_its_name_used_again(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        unused = models.Topic(cohort=cast.cohort, name="Poetry", risk="low", position=2)
        session.add(unused)
        session.commit()
        self.edit(client, cast, **{"topics-2-key": "", "topics-2-name": "Poetry", "topics-2-risk": "high"})
        engine.rollback(session)
        cohort = session.get_one(models.Cohort, cast.cohort.id)
        assert [(topic.name, topic.risk) for topic in cohort.topics][2:] == [("Poetry", "high")]

    def test_a_topic_of_another_cohort_is_left_alone(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        _other, foreign, _low = make_cohort(session, cast.course, cast.instructor, "Second cohort")
        session.commit()
        self.edit(client, cast, **{"topics-2-key": str(foreign.id), "topics-2-name": "Taken over"})
        engine.rollback(session)
        assert session.get_one(models.Topic, foreign.id).name == "Statistics"
        assert session.get_one(models.Cohort, cast.cohort.id).topics[2].name == "Taken over"

    def test_another_grade_rule_changes_the_points_of_who_has_some(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        held(session, cast)
        self.edit(client, cast, maximum="100", sessions_for_full="2")
        engine.rollback(session)
        points = {grade.participant_id: grade.points for grade in session.scalars(select(models.Grade))}
        assert points == {cast.p_mentee.id: 50, cast.p_mentor.id: 50}
