"""A whole run: pairs with reasons, people left out with theirs, idle mentors, and the proof."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

import matching
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, EVENING, MORNING, WRITING, mentee, mentor

RULES = matching.Rules()


def left_out(plan: matching.Plan) -> dict[int, tuple[str, dict[str, object]]]:
    return {left.person: (left.reason.kind, dict(left.reason.params)) for left in plan.left_out}


def test_a_pair_states_its_topic_its_score_and_why() -> None:
    one = mentee(1, {ALGEBRA: 1, CHEMISTRY: 3, WRITING: 2}, MORNING, "en", "ar")
    other = mentor(10, {ALGEBRA: 3, CHEMISTRY: 2}, MORNING | EVENING, "ar", "en", capacity=2)
    (pair,) = matching.plan([one], [other], [], RULES).pairs
    assert (pair.mentee, pair.mentor, pair.topic) == (1, 10, CHEMISTRY)
    assert pair.score == sum(pair.parts.values()) > 0
    assert [(reason.kind, reason.params) for reason in pair.reasons] == [
        ("shared_topic", {"topic": CHEMISTRY, "level": 2, "importance": 3}),
        ("shared_topic", {"topic": ALGEBRA, "level": 3, "importance": 1}),
        ("shared_time", {"hours": 3.0}),
        ("shared_language", {"codes": ["ar", "en"]}),
        ("room", {"taken": 1, "places": 2}),
    ]


def test_an_earlier_pair_says_so() -> None:
    rules = matching.Rules(earlier=frozenset({(1, 10)}))
    (pair,) = matching.plan([mentee(1, {ALGEBRA: 3})], [mentor(10, {ALGEBRA: 3})], [], rules).pairs
    assert matching.Reason("earlier_pair", {"penalty": 2_500}) in pair.reasons
    assert pair.parts["earlier"] == -2_500


def test_each_person_left_out_hears_what_stands_in_the_way() -> None:
    mentors = [mentor(10, {ALGEBRA: 3}), mentor(11, {WRITING: 2}, MORNING, "fr")]
    mentees = [
        mentee(1, {CHEMISTRY: 2}),
        mentee(2, {WRITING: 2}),
        mentee(3, {ALGEBRA: 2}, EVENING | {18}),
        mentee(4, {ALGEBRA: 2}),
        mentee(5, {ALGEBRA: 3}),
    ]
    plan = matching.plan(mentees, mentors, [], matching.Rules(excluded=frozenset({(4, 10)})))
    assert left_out(plan) == {
        1: ("no_shared_topic", {"topics": [CHEMISTRY]}),
        2: ("no_shared_language", {"codes": ["en"], "mentors": 1}),
        3: ("no_shared_time", {"nearest_hours": 0.5, "needed_hours": 1.0}),
        4: ("only_excluded", {"mentors": 1}),
    }
    assert plan.idle == (11,)


def test_too_few_places_are_counted_for_each_crowd_by_itself() -> None:
    mentors = [
        mentor(10, {ALGEBRA: 3}),
        mentor(11, {ALGEBRA: 3, CHEMISTRY: 1}),
        mentor(12, {WRITING: 3}, capacity=2),
        mentor(13, {WRITING: 3}, EVENING, capacity=4),
    ]
    mentees = [
        *(mentee(number, {ALGEBRA: 2}) for number in (1, 2)),
        mentee(3, {CHEMISTRY: 3}),
        *(mentee(number, {WRITING: 2}) for number in (4, 5, 6, 7)),
    ]
    plan = matching.plan(mentees, mentors, [], RULES)
    reasons = left_out(plan)
    science = [reasons[number] for number in (1, 2, 3) if number in reasons]
    writing = [reasons[number] for number in (4, 5, 6, 7) if number in reasons]
    assert science == [("no_room", {"competing": 3, "places": 2})]
    assert writing == [("no_room", {"competing": 4, "places": 2})] * 2
    assert plan.idle == (13,)


def test_a_mentor_who_takes_nobody_is_no_room_and_not_idle() -> None:
    plan = matching.plan([mentee(1, {ALGEBRA: 2})], [mentor(10, {ALGEBRA: 3}, capacity=0)], [], RULES)
    assert left_out(plan) == {1: ("no_room", {"competing": 1, "places": 0})}
    assert plan.idle == ()


def test_somebody_who_is_both_is_never_their_own_mentor() -> None:
    both = [
        matching.Person(number, {ALGEBRA: 1}, {ALGEBRA: 3}, MORNING, frozenset({"en"}))
        for number in (1, 2, 3)
    ]
    plan = matching.plan(both, both, [], RULES)
    assert len(plan.pairs) == 3
    assert all(pair.mentee != pair.mentor for pair in plan.pairs)


def test_the_order_of_people_does_not_matter() -> None:
    mentees = [mentee(number, {ALGEBRA: 1 + number % 3, WRITING: 1}) for number in range(12)]
    mentors = [mentor(100 + number, {ALGEBRA: 1 + number % 3}, capacity=2) for number in range(5)]
    first, second = (
        matching.plan(mentees, mentors, [], RULES),
        matching.plan(mentees[::-1], mentors[::-1], [], RULES),
    )
    assert first.pairs == second.pairs
    assert first.left_out == second.left_out
    assert first.result.certificate == second.result.certificate


def test_the_certificate_is_verified_against_the_same_people_and_rules_only() -> None:
    mentees, mentors = [mentee(1, {ALGEBRA: 1}), mentee(2, {ALGEBRA: 3})], [mentor(10, {ALGEBRA: 3})]
    plan = matching.plan(mentees, mentors, [], RULES)
    same = matching.people_problem(mentees[::-1], mentors, RULES)
    assert matching.verify(same, plan.result.certificate).reason == "optimal"
    other = matching.people_problem(mentees, mentors, matching.Rules(topics=1))
    assert matching.verify(other, plan.result.certificate).reason == "input"


def test_the_summary_counts_what_the_plan_holds() -> None:
    mentees = [mentee(number, {ALGEBRA: 2}) for number in (1, 2, 3)]
    mentors = [mentor(10, {ALGEBRA: 3}, capacity=2), mentor(11, {WRITING: 1})]
    expert = matching.Expert(20, frozenset({ALGEBRA}), 1.0)
    plan = matching.plan(mentees, mentors, [expert], matching.Rules(high_risk=frozenset({ALGEBRA})))
    assert plan.summary == {
        "mentees": 3,
        "mentors": 2,
        "places": 3,
        "matched": 2,
        "left_out": 1,
        "idle": 1,
        "worst": plan.result.worst,
        "total": sum(pair.score for pair in plan.pairs),
        "bound": plan.result.bound,
        "proved": 1,
        "reviews_due": 2,
        "reviews_covered": 2,
    }


def test_reasons_are_plain_json_values() -> None:
    mentees = [mentee(1, {ALGEBRA: 2}), mentee(2, {CHEMISTRY: 1})]
    plan = matching.plan(
        mentees, [mentor(10, {ALGEBRA: 3})], [], matching.Rules(high_risk=frozenset({ALGEBRA}))
    )
    assert json.dumps([asdict(pair) for pair in plan.pairs])
    assert json.dumps([asdict(left) for left in plan.left_out])
    assert json.dumps([asdict(slot) for slot in plan.reviews])
    json.dumps(plan.summary)


def test_progress_rises_through_the_whole_run_and_ends_once() -> None:
    heard: list[tuple[float, str]] = []
    rules = matching.Rules(high_risk=frozenset({ALGEBRA}))
    matching.plan(
        [mentee(1, {ALGEBRA: 2})],
        [mentor(10, {ALGEBRA: 3})],
        [],
        rules,
        progress=lambda share, stage: heard.append((share, stage)),
    )
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)
    stages = [stage for _, stage in heard]
    assert (stages[0], stages[-1], stages.count("done")) == ("scores", "done", 1)
    assert "reviews" in stages


@pytest.mark.parametrize("stop_at", ["scores", "matched", "total", "reviews"])
def test_a_run_can_be_stopped_at_every_stage(stop_at: str) -> None:
    def progress(_share: float, stage: str) -> None:
        if stage == stop_at:
            raise matching.Cancelled

    with pytest.raises(matching.Cancelled):
        matching.plan([mentee(1, {ALGEBRA: 2})], [mentor(10, {ALGEBRA: 3})], [], RULES, progress=progress)


def test_a_window_without_weeks_and_an_empty_cohort_are_refused_by_name() -> None:
    people = ([mentee(1, {ALGEBRA: 2})], [mentor(10, {ALGEBRA: 3})])
    with pytest.raises(ValueError, match=r"^weeks"):
        matching.plan(*people, [], RULES, weeks=0)
    with pytest.raises(ValueError, match=r"^mentees"):
        matching.plan([], people[1], [], RULES)
    with pytest.raises(ValueError, match=r"^mentors"):
        matching.plan(people[0], [], [], RULES)
