"""Cohorts from outside: where a launch lands, and the instructor's pages."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, engine, models
from tests.cast import Cast, enter, make_cohort, make_member, make_mentorship, make_participant
from tests.integration.rooms.cohort_pages import cohort_url, held, new_url
from tests.integration.rooms.statements import statements_of


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
