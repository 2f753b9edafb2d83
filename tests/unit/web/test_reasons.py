from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from lti_tool.web import reasons

TOPICS = {1: "Statistics", 2: "Writing"}

SAID = [
    (
        "shared_topic",
        {"topic": 1, "level": 3, "importance": 3},
        "Statistics: wanted most of all, offered by somebody who knows it well.",
    ),
    ("shared_time", {"hours": 1.0}, "Both are free at the same time for 1 hour a week."),
    ("shared_time", {"hours": 2.5}, "Both are free at the same time for 2.5 hours a week."),
    ("shared_language", {"codes": ["en", "es"]}, "Both can talk in English and Spanish."),
    ("shared_groups", {"names": ["Lab A", "Lab B"]}, "Both are in Lab A and Lab B."),
    (
        "different_groups",
        {"mentee": ["Lab A"], "mentor": ["Lab B"]},
        "One is in Lab A, the other in Lab B.",
    ),
    ("room", {"taken": 1, "places": 2}, "1 of 2 places of this mentor are taken."),
    ("earlier_pair", {"penalty": 2500}, "The two were matched before."),
    (
        "shared_goals",
        {"goals": ["career", "pass", "gone"]},
        "Both are here for the same: Pass this course and Find out where I want to go.",
    ),
    ("wished", {"by": "both", "first": True}, "Each of the two had wished for the other."),
    ("wished", {"by": "mentor", "first": False}, "One of the two had wished for the other."),
    ("mutual_help", {"topics": [1]}, "The mentor can learn something, too: Statistics."),
    (
        "no_shared_topic",
        {"topics": [1, 2]},
        "Nobody with a free place offers Statistics or Writing yet.",
    ),
    (
        "no_shared_language",
        {"codes": ["fi"], "mentors": 3},
        "The mentors who offer these topics do not speak Finnish.",
    ),
    (
        "no_shared_time",
        {"nearest_hours": 0.0, "needed_hours": 1.0},
        "None of the mentors who would fit is free at these times.",
    ),
    (
        "no_shared_time",
        {"nearest_hours": 0.5, "needed_hours": 1.0},
        "The nearest fitting mentor shares 0.5 h a week; a session needs 1 h.",
    ),
    ("only_excluded", {"mentors": 1}, "Only mentors who were ruled out for this pair would fit."),
    (
        "no_shared_group",
        {"names": ["Lab A", "Lab B"]},
        "Pairs come from one group in this cohort, and no mentor in Lab A or Lab B would fit.",
    ),
    (
        "no_shared_group",
        {"names": []},
        "Pairs come from one group in this cohort, and no group is known here.",
    ),
    (
        "only_same_group",
        {"names": ["Lab A"]},
        "Pairs come from different groups in this cohort, and the mentors who would fit are in Lab A too.",
    ),
    (
        "no_room",
        {"competing": 5, "places": 3},
        "5 people want the only 3 places that fit them.",
    ),
    ("no_qualified_expert", {"topic": 2}, "No expert is named for Writing yet."),
    (
        "experts_in_conflict",
        {"topic": 2, "experts": 1},
        "Every expert for Writing is too close to this pair to review it.",
    ),
    (
        "no_expert_hours",
        {"topic": 2, "reviews": 9, "places": 4},
        "The experts have 4 slots for the 9 reviews that are due.",
    ),
]


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("kind", "params", "sentence"), SAID)
def test_every_reason_of_the_matching_is_a_sentence(kind: str, params: dict[str, Any], sentence: str) -> None:
    assert reasons.sentence({"kind": kind, "params": params}, TOPICS) == sentence


@pytest.mark.parametrize(
    "reason",
    [
        {},
        {"kind": "not_known_here", "params": {}},
        {"kind": "shared_topic", "params": {"topic": 1}},
        {"kind": "shared_topic", "params": None},
        {"kind": "shared_time", "params": {"hours": "many"}},
        {"kind": "shared_language", "params": {"codes": []}},
    ],
)
def test_a_reason_that_cannot_be_read_still_gives_a_sentence(reason: dict[str, Any]) -> None:
    assert reasons.sentence(reason, TOPICS) == "The matching found this to fit."


def test_a_topic_that_is_gone_does_not_break_the_sentence() -> None:
    reason = {"kind": "no_shared_topic", "params": {"topics": [99]}}
    assert "a topic that was removed" in reasons.sentence(reason, TOPICS)


def test_a_pair_is_not_told_what_concerns_only_the_teacher() -> None:
    given = [
        {"kind": "shared_time", "params": {"hours": 3}},
        {"kind": "room", "params": {"taken": 1, "places": 2}},
        {"kind": "earlier_pair", "params": {"penalty": 1}},
        {"kind": "wished", "params": {"by": "mentee", "first": True}},
    ]
    assert reasons.sentences(given, TOPICS) == ["Both are free at the same time for 3 hours a week."]
