"""Cohorts from outside: where a launch lands, and the instructor's pages."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, engine, models
from tests.cast import Cast, enter, make_cohort, make_member, make_mentorship, make_participant
from tests.integration.rooms.statements import statements_of


def form(**changes: object) -> dict[str, object]:
    """What a browser sends for a new cohort."""
    fields: dict[str, object] = {
        "name": "Autumn statistics",
        "topics-0-name": "Regression",
        "topics-0-risk": "high",
        "topics-1-name": "Plotting",
        "topics-1-risk": "low",
        "starts_on": "2026-11-24",
        "ends_on": "2027-02-22",
        "mentors": "chosen",
        "checkpoints": "high_risk",
        "graded": "y",
        "maximum": "50",
        "sessions_for_full": "5",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def new_url(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/new"


def cohort_url(cast: Cast, rest: str = "") -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}{rest}"


def cohort_named(session: Session, name: str) -> models.Cohort:
    engine.rollback(session)
    return session.scalars(select(models.Cohort).where(models.Cohort.name == name)).one()


def number_of_cohorts(session: Session) -> int | None:
    engine.rollback(session)
    return session.scalar(select(func.count()).select_from(models.Cohort))


class TestLanding:
    def lands_on(self, client: FlaskClient, member: models.Member, link_id: int | None = None) -> str:
        enter(client, member, link_id)
        answer = client.get(f"/courses/{member.course_id}/")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def test_a_learner_who_has_not_joined_is_asked_first(self, client: FlaskClient, cast: Cast) -> None:
        assert self.lands_on(client, cast.newcomer).endswith(cohort_url(cast, "/join"))

    def test_a_learner_goes_on_where_they_stopped(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        nils = make_participant(session, cast.cohort, cast.newcomer, "mentee", week=frozenset())
        session.commit()
        assert self.lands_on(client, cast.newcomer).endswith("/topics")
        session.add(models.Interest(participant_id=nils.id, topic_id=cast.writing.id, kind="wants", level=2))
        session.commit()
        assert self.lands_on(client, cast.newcomer).endswith("/times")
        assert self.lands_on(client, cast.mentee).endswith(cohort_url(cast, "/home"))

    def test_somebody_who_left_finds_the_way_back(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.p_mentee.left_at = clock.now()
        session.commit()
        assert self.lands_on(client, cast.mentee).endswith("/me")

    def test_an_expert_who_learns_in_the_course_lands_on_their_reviews(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        make_participant(session, cast.cohort, cast.newcomer, "expert")
        session.commit()
        assert self.lands_on(client, cast.newcomer).endswith("/checkpoints")

    def test_with_several_open_cohorts_the_learner_chooses(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        make_cohort(session, cast.course, cast.instructor, "Second cohort")
        session.commit()
        enter(client, cast.newcomer)
        page = client.get(f"/courses/{cast.course.id}/")
        assert page.status_code == 200
        assert "Find a peer mentor" in page.text
        assert "Second cohort" in page.text
        assert "Spring mentoring" in page.text

    def test_the_link_in_the_course_decides_among_several(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        second, *_topics = make_cohort(session, cast.course, cast.instructor, "Second cohort")
        link = models.ResourceLink(course=cast.course, link_id="rl", cohort_id=second.id)
        session.add(link)
        session.commit()
        assert f"/cohorts/{second.id}/" in self.lands_on(client, cast.newcomer, link.id)

    def test_an_ended_cohort_is_not_offered_to_newcomers(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.starts_on = clock.today() - timedelta(days=100)
        cast.cohort.ends_on = clock.today() - timedelta(days=10)
        session.commit()
        enter(client, cast.newcomer)
        page = client.get(f"/courses/{cast.course.id}/")
        assert "has not opened a cohort yet" in page.text
        assert self.lands_on(client, cast.mentee).endswith("/home")

    @pytest.mark.parametrize("role", ["observer", "none"])
    def test_who_neither_learns_nor_teaches_sees_an_explanation_and_no_names(
        self, client: FlaskClient, cast: Cast, session: Session, role: str
    ) -> None:
        visitor = make_member(session, cast.course, "vera", "Vera", role=role)
        session.commit()
        enter(client, visitor)
        page = client.get(f"/courses/{cast.course.id}/")
        assert page.status_code == 200
        assert "What happens here" in page.text
        assert "Ana" not in page.text

    def test_an_instructor_sees_the_cohorts_and_what_needs_them(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.p_mentor.mentor_approved = False
        session.commit()
        enter(client, cast.instructor)
        page = client.get(f"/courses/{cast.course.id}/")
        assert "Spring mentoring" in page.text
        assert "1 person offers to mentor and waits for your yes." in page.text
        assert "Your reviews" not in page.text

    def test_an_expert_who_teaches_sees_how_many_reviews_wait(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
        session.commit()
        enter(client, cast.expert)
        assert "Your reviews: 1" in client.get(f"/courses/{cast.course.id}/").text

    def test_an_instructor_without_cohorts_is_invited_to_create_one(
        self, client: FlaskClient, cast: Cast
    ) -> None:
        enter(client, cast.outsider)
        page = client.get(f"/courses/{cast.outsider.course_id}/")
        assert "Create your first cohort" in page.text


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


def held(session: Session, cast: Cast) -> models.Session:
    """One session of mentee and mentor that both have confirmed."""
    pair = make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
    start = clock.now() - timedelta(days=2)
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=pair,
        format="mentoring",
        starts_at=start,
        minutes=45,
        booked_by_id=cast.p_mentee.id,
        booked_at=start,
        held_at=start + timedelta(hours=1),
        attendances=[
            models.Attendance(participant=person, answer="met", answered_at=start)
            for person in (cast.p_mentee, cast.p_mentor)
        ],
    )
    session.add(meeting)
    session.commit()
    return meeting


class TestOverview:
    def test_the_figures_say_how_it_stands(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        held(session, cast)
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast)).text
        assert "3 of 4" in page  # of Ana, Bo, Chi and Nils, all but Nils have joined
        assert "places with mentors" in page  # three: Bo takes two and Chi one
        assert "2 people want to learn" in page  # Ana and Chi
        assert "In 1 pair that goes on" in page
        assert "1 place short" not in page

    def test_a_topic_with_too_few_places_says_so(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.p_mentor.capacity = 0
        session.commit()
        enter(client, cast.instructor)
        assert "2 places short" in client.get(cohort_url(cast)).text

    def test_what_needs_the_instructor_is_named_and_at_most_three_things(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.p_expert.left_at = clock.now()
        cast.p_mentor.mentor_approved = False
        session.commit()
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast)).text
        assert "Read the course list, to see who has not joined yet." in page
        assert "Pairs on Statistics need an expert" in page
        assert "1 person offers to mentor" in page
        assert page.count('class="need"') == 3
        assert "wait for a mentor" not in page

    def test_the_number_of_queries_does_not_grow_with_people(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        pages = [cohort_url(cast), cohort_url(cast, "/people"), f"/courses/{cast.course.id}/"]
        few = [statements_of(client, page) for page in pages]
        for number in range(12):
            member = make_member(session, cast.course, f"more{number}", f"More {number}")
            mentee = make_participant(session, cast.cohort, member, "mentee", wants={cast.statistics: 2})
            make_mentorship(session, cast.cohort, mentee, cast.p_mentor, cast.statistics, cast.p_expert)
            make_cohort(session, cast.course, cast.instructor, f"Cohort {number}")
        session.commit()
        assert [statements_of(client, page) for page in pages] == few


class TestRoster:
    def test_reading_starts_once_and_shows_its_progress(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        first, second = (client.post(cohort_url(cast, "/roster")) for _ in range(2))
        engine.rollback(session)
        job = session.scalars(select(models.Job)).one()
        assert first.headers["Location"] == second.headers["Location"]
        assert first.headers["Location"].endswith(f"/jobs/{job.id}")
        assert "Reading the course list" in client.get(first.headers["Location"]).text

    def test_a_reading_that_failed_says_why(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        job = jobs.start(session, cast.course.id, "roster")
        jobs.finish(job, "failed", "The learning platform did not answer.")
        session.commit()
        enter(client, cast.instructor)
        page = client.get(f"/courses/{cast.course.id}/jobs/{job.id}")
        assert "The learning platform did not answer." in page.text

    def test_a_course_without_a_list_says_so(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        cast.course.memberships_url = None
        session.commit()
        enter(client, cast.instructor)
        page = client.post(cohort_url(cast, "/roster"), follow_redirects=True)
        assert "does not hand out the course list" in page.text
        engine.rollback(session)
        assert session.scalars(select(models.Job)).all() == []


class TestPeople:
    def test_people_are_listed_with_role_topics_and_state(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, "/people")).text
        assert "Ana Álvarez" in page
        assert "Learns: Statistics, Scientific writing" in page
        assert "0 of 2 places taken" in page
        assert "1 learner on the course list has not joined." in page

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("role=mentor", {"Bo"}),
            ("role=expert", {"Eva"}),
            ("state=waiting", {"Chi"}),
            ("state=paired", {"Ana", "Bo"}),
            ("state=approval", set()),
            ("state=unfinished", set()),
            ("role=both&state=waiting", {"Chi"}),
            ("role=nonsense&page=-7", {"Ana", "Bo", "Chi", "Eva"}),
            ("page=99999999999999999999999", {"Ana", "Bo", "Chi", "Eva"}),
        ],
    )
    def test_the_list_can_be_narrowed(
        self, client: FlaskClient, cast: Cast, session: Session, query: str, names: set[str]
    ) -> None:
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)
        session.commit()
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, f"/people?{query}"))
        assert page.status_code == 200
        main = page.text.partition("<main")[2]
        assert {name for name in ("Ana", "Bo ", "Chi", "Eva") if name in main} == {
            name if name != "Bo" else "Bo " for name in names
        }

    def test_who_has_not_joined_stands_on_a_list_of_its_own(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, "/people?show=absent")).text
        assert "Quiet Heron nils" in page
        assert "Ana Álvarez" not in page

    def test_no_email_is_ever_shown(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        cast.mentee.person.email = "ana@secret.example"
        session.commit()
        enter(client, cast.instructor)
        for rest in ("", "/people", "/people?show=absent", "/experts", "/gradebook", "/report?rows=rate"):
            assert "ana@secret.example" not in client.get(cohort_url(cast, rest)).text

    def test_a_mentor_is_approved_once_and_for_all(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.p_mentor.mentor_approved = False
        session.commit()
        enter(client, cast.instructor)
        page = client.get(cohort_url(cast, "/people?state=approval")).text
        assert "Waits for your yes" in page
        for _repeat in range(2):
            answer = client.post(cohort_url(cast, f"/people/{cast.p_mentor.id}/approve"))
            assert answer.status_code == 303
        engine.rollback(session)
        assert session.get_one(models.Participant, cast.p_mentor.id).mentor_approved


class TestExperts:
    def name_expert(self, client: FlaskClient, cast: Cast, who: models.Member, /, **changes: object) -> int:
        enter(client, cast.instructor)
        fields = {"member": who.id, "topics": [cast.statistics.id], "reviews": 3} | changes
        return client.post(cohort_url(cast, "/experts"), data=fields).status_code

    def test_a_member_becomes_an_expert_who_was_asked_nothing(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        assert self.name_expert(client, cast, cast.newcomer) == 303
        engine.rollback(session)
        expert = session.scalars(
            select(models.Participant).where(models.Participant.member_id == cast.newcomer.id)
        ).one()
        assert (expert.role, expert.capacity, expert.consented_at) == ("expert", 3, None)
        assert (expert.week, expert.languages) == (frozenset(), [])
        assert expert.timezone == "Europe/Madrid"
        assert [(one.topic_id, one.kind) for one in expert.interests] == [(cast.statistics.id, "reviews")]

    def test_who_takes_part_cannot_be_named(self, client: FlaskClient, cast: Cast) -> None:
        assert self.name_expert(client, cast, cast.mentee) == 422

    def test_a_member_of_another_course_cannot_be_named(self, client: FlaskClient, cast: Cast) -> None:
        assert self.name_expert(client, cast, cast.outsider) == 422

    @pytest.mark.parametrize(
        "changes", [{"topics": []}, {"topics": [0]}, {"reviews": 0}, {"reviews": "x"}, {"member": "x"}]
    )
    def test_bad_input_is_explained(
        self, client: FlaskClient, cast: Cast, changes: dict[str, object]
    ) -> None:
        assert self.name_expert(client, cast, cast.newcomer, **changes) == 422

    def test_an_expert_can_be_changed(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        enter(client, cast.instructor)
        url = cohort_url(cast, f"/experts?change={cast.p_expert.id}")
        assert "Change an expert" in client.get(url).text
        client.post(url, data={"member": cast.expert.id, "topics": [cast.writing.id], "reviews": 5})
        engine.rollback(session)
        expert = session.get_one(models.Participant, cast.p_expert.id)
        assert (expert.capacity, [one.topic_id for one in expert.interests]) == (5, [cast.writing.id])

    def test_an_expert_without_open_reviews_can_go_and_come_back(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        enter(client, cast.instructor)
        url = cohort_url(cast, f"/experts/{cast.p_expert.id}/remove")
        for _repeat in range(2):
            assert client.post(url).status_code == 303
        engine.rollback(session)
        assert session.get_one(models.Participant, cast.p_expert.id).left_at is not None
        assert self.name_expert(client, cast, cast.expert) == 303
        engine.rollback(session)
        assert session.get_one(models.Participant, cast.p_expert.id).left_at is None

    def test_an_expert_who_owes_a_review_stays(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics, cast.p_expert)
        session.commit()
        enter(client, cast.instructor)
        url = cohort_url(cast, f"/experts/{cast.p_expert.id}/remove")
        assert "still has reviews to sign" in client.post(url, follow_redirects=True).text
        engine.rollback(session)
        assert session.get_one(models.Participant, cast.p_expert.id).left_at is None

    def test_only_experts_are_removed_here(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        enter(client, cast.instructor)
        assert client.post(cohort_url(cast, f"/experts/{cast.p_mentee.id}/remove")).status_code == 404


class TestAccess:
    PAGES = ("", "/edit", "/people", "/experts")

    @pytest.mark.parametrize("who", ["mentee", "mentor", "newcomer"])
    def test_learners_see_no_instructor_page(self, client: FlaskClient, cast: Cast, who: str) -> None:
        enter(client, getattr(cast, who))
        assert client.get(new_url(cast)).status_code == 403
        for page in self.PAGES:
            assert client.get(cohort_url(cast, page)).status_code == 403

    @pytest.mark.parametrize("who", ["outsider", "other_platform"])
    def test_instructors_of_other_courses_find_nothing(
        self, client: FlaskClient, cast: Cast, who: str
    ) -> None:
        stranger: models.Member = getattr(cast, who)
        enter(client, stranger)
        for page in self.PAGES:
            assert client.get(cohort_url(cast, page)).status_code == 401
            inside = f"/courses/{stranger.course_id}/cohorts/{cast.cohort.id}{page}"
            assert client.get(inside).status_code == 404
