"""Reports from outside: the engagement measure, the gradebook, one's own participation."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.outbox import participation
from tests.cast import Cast, enter, make_cohort, make_member, make_mentorship, make_participant
from tests.integration.rooms.statements import statements_of


def url(cast: Cast, rest: str) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/{rest}"


def meet(
    session: Session,
    cast: Cast,
    pair: models.Mentorship,
    days_ago: int,
    *,
    held: bool = True,
    kind: str = "mentoring",
) -> models.Session:
    """A session of this pair at noon (UTC) some days ago."""
    start = datetime.combine(clock.today() - timedelta(days=days_ago), time(12), UTC)
    people = [one.participant for one in pair.people]
    meeting = models.Session(
        cohort=cast.cohort,
        mentorship=pair,
        format=kind,
        starts_at=start,
        minutes=45,
        booked_by_id=people[0].id,
        booked_at=start,
        held_at=start + timedelta(hours=1) if held else None,
        attendances=[
            models.Attendance(
                participant=person, answer="met" if held else None, answered_at=start if held else None
            )
            for person in people
        ],
    )
    session.add(meeting)
    session.flush()
    return meeting


def pair_of(session: Session, cast: Cast) -> models.Mentorship:
    return make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_mentor, cast.statistics)


class TestEngagement:
    def report(self, client: FlaskClient, cast: Cast, rest: str = "report") -> str:
        enter(client, cast.instructor)
        answer = client.get(url(cast, rest))
        assert answer.status_code == 200
        return answer.text

    def test_the_rate_counts_people_in_pairs_among_the_active_learners(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        pair_of(session, cast)
        session.commit()
        page = self.report(client, cast)
        assert "50%" in page  # Ana and Bo, of Ana, Bo, Chi and Nils
        assert "2 ÷ 4 × 100" in page

    def test_who_is_mentor_and_mentee_counts_once(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        pair_of(session, cast)
        make_mentorship(session, cast.cohort, cast.p_both, cast.p_mentor, cast.statistics)
        make_mentorship(session, cast.cohort, cast.p_mentee, cast.p_both, cast.writing)
        session.commit()
        assert "3 ÷ 4 × 100" in self.report(client, cast)
        assert "mentor in 1 pair, mentee in 1 pair" in self.report(client, cast, "report?rows=rate")

    @pytest.mark.parametrize("why", ["pair ended", "left", "dropped from the roster"])
    def test_who_is_no_longer_there_does_not_count(
        self, client: FlaskClient, cast: Cast, session: Session, why: str
    ) -> None:
        pair = pair_of(session, cast)
        if why == "pair ended":
            pair.ended_at = clock.now()
        elif why == "left":
            cast.p_mentee.left_at = cast.p_mentor.left_at = clock.now()
        else:
            cast.mentee.active = cast.mentor.active = False
        session.commit()
        assert "0 ÷ 2 × 100" in self.report(client, cast) or "0 ÷ 4 × 100" in self.report(client, cast)

    def test_the_frequency_is_sessions_of_each_person_over_people_and_months(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.starts_on = datetime(2026, 10, 1, tzinfo=UTC).date()
        cast.cohort.ends_on = datetime(2026, 10, 31, tzinfo=UTC).date()
        pair = pair_of(session, cast)
        long_ago = (clock.today() - datetime(2026, 10, 7, tzinfo=UTC).date()).days
        for days in (0, 7, 14):
            meet(session, cast, pair, long_ago - days)
        session.commit()
        page = self.report(client, cast)
        assert "6 ÷ 2 people ÷ 1 months" in page
        assert ">3.0<" in page
        assert "the frequency is 1.5." in page  # over the headcount of four

    @pytest.mark.parametrize("why", ["not confirmed", "cancelled", "before the first day"])
    def test_only_sessions_held_within_the_dates_count(
        self, client: FlaskClient, cast: Cast, session: Session, why: str
    ) -> None:
        meeting = meet(session, cast, pair_of(session, cast), 30 if why.startswith("before") else 3)
        if why == "not confirmed":
            meeting.held_at = None
        if why == "cancelled":
            meeting.cancelled_at = clock.now()
        session.commit()
        page = self.report(client, cast)
        assert ": 0 ÷ 2 people" in page
        assert "No session has been confirmed yet" in page

    def test_each_number_opens_to_its_rows(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        meet(session, cast, pair_of(session, cast), 3)
        session.commit()
        rate = self.report(client, cast, "report?rows=rate")
        assert "Headcount: 4 active learners" in rate
        assert "Quiet Heron nils" in rate
        frequency = self.report(client, cast, "report?rows=frequency")
        assert "with a session held: 2" in frequency
        assert "Quiet Heron nils" not in frequency

    def test_the_three_formats_are_counted_apart(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        pair = pair_of(session, cast)
        for days, kind in enumerate(("mentoring", "mentoring", "pairing", "community"), start=1):
            meet(session, cast, pair, days, kind=kind)
        session.commit()
        table = self.report(client, cast).partition("different people who took part")[2]
        numbers = re.findall(r'<td role="cell"[^>]*>(\d+)</td>', table)
        assert numbers == ["2", "2", "1", "2", "1", "2"]

    def test_a_cohort_that_has_not_begun_reports_nothing(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.starts_on = clock.today() + timedelta(days=5)
        session.commit()
        page = self.report(client, cast)
        assert "The cohort has not begun" in page
        assert "–" in page

    def test_the_chart_is_a_picture_that_runs_nothing(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.name = "Maths & <b>more</b>"
        meet(session, cast, pair_of(session, cast), 3)
        session.commit()
        enter(client, cast.instructor)
        answer = client.get(url(cast, "report/chart.svg"))
        assert answer.mimetype == "image/svg+xml"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        drawing = ElementTree.fromstring(answer.data)
        assert not [tag for tag in drawing.iter() if tag.tag.endswith("script")]
        assert "Maths & <b>more</b>" in "".join(drawing.itertext())

    def test_the_number_of_queries_does_not_grow_with_people(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        meet(session, cast, pair_of(session, cast), 3)
        session.commit()
        enter(client, cast.instructor)
        pages = [url(cast, rest) for rest in ("report?rows=rate", "report?rows=frequency", "gradebook")]
        few = [statements_of(client, page) for page in pages]
        for number in range(12):
            member = make_member(session, cast.course, f"more{number}", f"More {number}")
            mentee = make_participant(session, cast.cohort, member, "mentee", wants={cast.statistics: 2})
            meet(
                session,
                cast,
                make_mentorship(session, cast.cohort, mentee, cast.p_mentor, cast.statistics),
                number % 9 + 1,
            )
        session.commit()
        assert [statements_of(client, page) for page in pages] == few


class TestGradebook:
    def sent(self, session: Session, cast: Cast, state: str, answer: int | None = None) -> models.Delivery:
        """Ana's points for one session of four, and how far they got."""
        meet(session, cast, pair_of(session, cast), 3)
        participation.update(session, cast.p_mentee)
        session.flush()
        delivery = session.query(models.Delivery).filter_by(participant_id=cast.p_mentee.id).one()
        delivery.state, delivery.answer_status = state, answer
        delivery.delivered_at = clock.now() if state == "delivered" else None
        session.commit()
        return delivery

    def page(self, client: FlaskClient, cast: Cast) -> str:
        enter(client, cast.instructor)
        answer = client.get(url(cast, "gradebook"))
        assert answer.status_code == 200
        return answer.text

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("pending", "On its way"),
            ("leased", "On its way"),
            ("delivered", "In the gradebook"),
            ("dead", "Refused"),
        ],
    )
    def test_each_learner_has_points_and_how_far_they_got(
        self, client: FlaskClient, cast: Cast, session: Session, state: str, words: str
    ) -> None:
        self.sent(session, cast, state)
        page = self.page(client, cast)
        assert words in page
        assert "1 of 4 sessions" in page
        assert "25 of 100 points" in page
        assert "Eva Expert" not in page

    @pytest.mark.parametrize("answer", [400, 401, 403, 404, 409, 500, None])
    def test_a_refusal_says_what_to_do_and_can_be_sent_again(
        self, client: FlaskClient, cast: Cast, session: Session, answer: int | None
    ) -> None:
        delivery = self.sent(session, cast, "dead", answer)
        page = self.page(client, cast)
        assert page.index("Ana Álvarez") < page.index("Send again")
        assert page.index("Send again") < page.index("Bo Đặng")
        resend = url(cast, f"gradebook/{cast.p_mentee.id}/resend")
        assert "are being sent again" in client.post(resend, follow_redirects=True).text
        engine.rollback(session)
        assert session.get_one(models.Delivery, delivery.id).state == "pending"
        client.post(resend)  # a second click
        engine.rollback(session)
        assert session.query(models.Delivery).filter_by(participant_id=cast.p_mentee.id).count() == 1

    def test_the_page_of_one_learner_shows_what_counted_and_what_was_refused(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        self.sent(session, cast, "dead", 403)
        enter(client, cast.instructor)
        page = client.get(url(cast, f"gradebook/{cast.p_mentee.id}")).text
        assert "1 of 4 sessions confirmed" in page
        assert "Met Bo Đặng" in page
        assert "does not let this tool write points" in page
        # What was said there is the pair's own: nothing leads to the session.
        assert "/sessions/" not in page

    def test_what_arrived_is_sent_again_with_a_newer_timestamp(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        delivery = self.sent(session, cast, "delivered")
        enter(client, cast.instructor)
        client.post(url(cast, f"gradebook/{cast.p_mentee.id}/resend"))
        engine.rollback(session)
        first, second = session.query(models.Delivery).filter_by(key=delivery.key).order_by("version")
        assert (first.state, second.state) == ("delivered", "pending")
        old, new = json.loads(first.body), json.loads(second.body)
        assert old.pop("timestamp") < new.pop("timestamp")
        assert old == new

    def test_a_platform_without_grades_is_explained(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.course.scopes = []
        session.commit()
        assert "does not take points from this tool" in self.page(client, cast)

    def test_a_cohort_without_grades_is_explained(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.grade_rule.enabled = False
        session.commit()
        assert "Participation is not sent to the gradebook" in self.page(client, cast)

    def test_learners_and_strangers_do_not_see_it(self, client: FlaskClient, cast: Cast) -> None:
        for member, status in ((cast.mentee, 403), (cast.outsider, 401), (cast.other_platform, 401)):
            enter(client, member)
            for rest in ("gradebook", "report", "report/chart.svg"):
                assert client.get(url(cast, rest)).status_code == status
            client.delete_cookie("peer_mentor", domain="tool.example")

    def test_points_of_another_cohort_cannot_be_sent_from_here(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        other, _statistics, _writing = make_cohort(session, cast.course, cast.instructor, "Second cohort")
        elsewhere = make_participant(session, other, cast.newcomer, "mentee")
        session.commit()
        enter(client, cast.instructor)
        assert client.post(url(cast, f"gradebook/{elsewhere.id}/resend")).status_code == 404


class TestMine:
    def page(self, client: FlaskClient, cast: Cast, member: models.Member) -> str:
        enter(client, member)
        answer = client.get(url(cast, "mine"))
        assert answer.status_code == 200
        return answer.text

    def test_a_learner_sees_what_counted_and_where_it_stands(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        meet(session, cast, pair_of(session, cast), 3)
        participation.update(session, cast.p_mentee)
        session.commit()
        page = self.page(client, cast, cast.mentee)
        assert "1 of 4 sessions confirmed" in page
        assert "25 of 100 points" in page
        assert "On its way" in page
        assert "3 more sessions give full points." in page
        assert "You and Bo Đặng met" in page

    def test_a_refusal_is_not_put_to_the_learner(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        TestGradebook().sent(session, cast, "dead", 403)
        page = self.page(client, cast, cast.mentee)
        assert "Not in the gradebook yet" in page
        assert "Refused" not in page

    def test_what_others_did_is_not_shown(self, client: FlaskClient, cast: Cast, session: Session) -> None:
        meet(session, cast, pair_of(session, cast), 3)
        session.commit()
        page = self.page(client, cast, cast.both)
        assert "0 of 4 sessions confirmed" in page
        assert "Ana" not in page

    def test_without_grades_the_learner_reads_that_nothing_is_sent(
        self, client: FlaskClient, cast: Cast, session: Session
    ) -> None:
        cast.cohort.grade_rule.enabled = False
        session.commit()
        assert "sends no points to the gradebook" in self.page(client, cast, cast.mentee)

    def test_an_expert_reads_that_they_collect_no_points(self, client: FlaskClient, cast: Cast) -> None:
        assert "You collect no points" in self.page(client, cast, cast.expert)

    def test_who_has_not_joined_has_no_such_page(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, cast.newcomer)
        assert client.get(url(cast, "mine")).status_code == 403
