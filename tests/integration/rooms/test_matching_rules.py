"""What counts how much: shown in words, changed in versions, used and named by rounds."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.rooms.rounds import candidates, wording
from tests.cast import Cast, enter
from tests.integration.rooms.writing import fresh

PLAIN = {
    "topics": "60",
    "times": "30",
    "languages": "10",
    "goals": "0",
    "preferences": "0",
    "reciprocity": "0",
    "min_shared_slots": "2",
}


def page(cast: Cast) -> str:
    return f"/courses/{cast.course.id}/cohorts/{cast.cohort.id}/rounds/rules"


def change(client: FlaskClient, cast: Cast, **values: str) -> str:
    answer = client.post(page(cast), data=PLAIN | values, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def versions(session: Session) -> list[int]:
    fresh(session)
    return list(session.scalars(select(models.MatchingRules.version).order_by(models.MatchingRules.version)))


def test_the_rules_are_told_in_words_before_anybody_changed_them(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.instructor)
    told = client.get(page(cast)).text
    assert "Counts most: what people want to learn." in told
    assert "Counts: free time in common." in told
    assert "Two people need one hour a week at least in which both are free." in told
    assert "Earlier changes" not in told


def test_a_change_is_a_version_with_who_and_what_and_can_be_gone_back_on(
    client: FlaskClient, cast: Cast, session: Session
) -> None:
    enter(client, cast.instructor)
    changed = change(client, cast, times="60", goals="10", min_shared_slots="4")
    assert "Free time in common: a lot instead of normal" in changed
    assert "goals in common: a little instead of not at all" in changed
    assert "least free time: two hours instead of one hour" in changed
    assert "Tess Teacher" in changed
    again = change(client, cast, times="60", goals="10", min_shared_slots="4")
    assert "Nothing was changed" in again
    assert versions(session) == [1]
    change(client, cast)
    first = session.scalars(select(models.MatchingRules).where(models.MatchingRules.version == 1)).one()
    back = client.post(f"{page(cast)}/{first.id}/again", follow_redirects=True)
    assert "From the next round on" in back.text
    assert versions(session) == [1, 2, 3]
    client.post(f"{page(cast)}/defaults")
    assert versions(session) == [1, 2, 3, 4]
    cohort = session.get_one(models.Cohort, cast.cohort.id)
    rules = candidates.plain_rules(session, cohort)
    assert (rules.topics, rules.times, rules.goals, rules.min_shared_slots) == (60, 30, 0, 2)


def test_a_round_uses_and_names_its_version(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.instructor)
    change(client, cast, preferences="30", reciprocity="60")
    client.post(page(cast).removesuffix("/rules"))
    fresh(session)
    made = session.scalars(select(models.Round)).one()
    assert made.rules_version == 1
    assert (made.rules["preferences"], made.rules["reciprocity"]) == (30, 60)
    assert "goals" not in made.rules


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"topics": "0", "times": "0", "languages": "0"}, "have to count, at least a little"),
        ({"goals": "7"}, "Not a valid choice"),
        ({"min_shared_slots": "much"}, "Invalid Choice"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence_at_its_field(
    client: FlaskClient, cast: Cast, session: Session, values: dict[str, str], message: str
) -> None:
    enter(client, cast.instructor)
    refused = client.post(page(cast), data=PLAIN | values)
    assert refused.status_code == 422
    assert message in refused.text
    assert versions(session) == []


def test_the_weights_of_a_round_are_told_in_full(app: Flask) -> None:
    plain = {"topics": 60, "times": 30, "languages": 10}
    with app.test_request_context():
        base, more = wording.weights(plain), wording.weights(plain | {"goals": 10, "reciprocity": 30})
    told = "Of 10,000. Topics count for 60 of 100, times for 30, languages for 10."
    assert base == told
    assert more.startswith("Of 10,000. Topics count for 60 of 140")
    assert more.endswith("Goals count for 10. Helping each other counts for 30.")


def test_a_version_that_never_was_is_not_found(client: FlaskClient, cast: Cast, session: Session) -> None:
    enter(client, cast.instructor)
    assert client.post(f"{page(cast)}/999/again").status_code == 404
    assert versions(session) == []
