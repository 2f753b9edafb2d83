"""Naming experts, changing what they review, and taking them out."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.cast import Cast, enter, make_mentorship
from tests.integration.rooms.cohort_pages import cohort_url


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
