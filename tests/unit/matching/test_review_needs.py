"""Which pairs owe a checkpoint: risk, untrained mentors, and a seeded sample of the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

import matching

RISKY, CALM, CALMER = 1, 2, 3


@dataclass(frozen=True)
class Made:
    mentee: int
    mentor: int
    topic: int


PAIRS = [Made(number, 100 + number, (CALM, CALMER)[number % 4 == 0]) for number in range(40)]


def drawn(seed: int, pairs: list[Made] = PAIRS) -> list[int]:
    needs = matching.review_needs(pairs, {RISKY}, audit_share=0.2, risk={CALM: 1}, seed=seed)
    return [need.pair.mentee for need in needs]


def test_risk_comes_before_an_untrained_mentor_and_neither_is_drawn_by_lot() -> None:
    pairs = [Made(1, 9, RISKY), Made(2, 9, CALM), Made(3, 8, CALM)]
    needs = matching.review_needs(pairs, {RISKY}, untrained={9})
    assert [(need.pair.mentee, need.why) for need in needs] == [(1, "risk"), (2, "untrained")]


def test_the_sample_takes_its_share_of_every_level_of_risk() -> None:
    for seed in range(5):
        topics = [PAIRS[mentee].topic for mentee in drawn(seed)]
        assert (topics.count(CALM), topics.count(CALMER)) == (6, 2)


def test_the_sample_follows_the_seed_and_not_the_order_of_the_pairs() -> None:
    assert drawn(1) == drawn(1, PAIRS[::-1])
    assert len({tuple(drawn(seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"^audit_share"):
        matching.review_needs(PAIRS, {RISKY}, audit_share=share)


def test_what_no_expert_can_review_is_told_in_hours_by_topic() -> None:
    expert = matching.Expert(7, frozenset({CALM}), 0.5)
    pairs = [Made(1, 9, RISKY), Made(2, 9, RISKY), *(Made(3 + one, 8, CALM) for one in range(3))]
    slots = matching.review(pairs, [expert], {RISKY, CALM}, weeks=1)
    assert matching.missing_hours(slots) == {RISKY: 1.0, CALM: 1.0}


def test_every_pair_owes_one_with_the_most_telling_reason() -> None:
    pairs = [Made(1, 9, RISKY), Made(2, 9, CALM), Made(3, 8, CALM)]
    policy = matching.ReviewPolicy(frozenset({RISKY}), frozenset({9}), every=True, audit_percent=50)
    assert [need.why for need in policy.needs(pairs)] == ["risk", "untrained", "every"]


def test_a_policy_draws_the_sample_of_its_percent() -> None:
    policy = matching.ReviewPolicy(audit_percent=20, risk={CALM: 1}, seed=3)
    assert [need.pair.mentee for need in policy.needs(PAIRS)] == drawn(3)
    with pytest.raises(ValueError, match=r"^audit_percent"):
        matching.ReviewPolicy(audit_percent=101)


def test_the_advice_of_all_gaps_covers_every_review_that_it_says_it_would() -> None:
    pairs = [Made(one, 50 + one, RISKY) for one in range(7)] + [Made(20 + one, 9, CALM) for one in range(4)]
    experts = [
        matching.Expert(70, frozenset({RISKY}), 0.5, not_with=frozenset({0, 1, 2, 3, 4, 5})),
        matching.Expert(71, frozenset({RISKY, CALM}), 0.5, not_with=frozenset({6})),
        matching.Expert(72, frozenset({CALM}), 0.0, not_with=frozenset({9})),
    ]
    topics = {RISKY, CALM}
    slots = matching.review(pairs, experts, topics, weeks=2)
    gaps = matching.review_gaps(slots, experts, weeks=2)
    assert {gap.topic: gap.hours for gap in gaps} == matching.missing_hours(slots)
    more = {gap.expert: gap.weekly for gap in gaps if gap.expert is not None}
    assert set(more) == {71}
    sure = [replace(one, hours_per_week=one.hours_per_week + _added(gaps, one.id)) for one in experts]
    assert all(slot.expert is not None for slot in matching.review(pairs, sure, topics, weeks=2))


def _added(gaps: tuple[matching.ReviewGap, ...], expert: int) -> float:
    return sum(gap.weekly for gap in gaps if gap.expert == expert) / 2


def test_where_nobody_may_review_a_gap_names_nobody() -> None:
    slots = matching.review([Made(1, 2, RISKY)], [], {RISKY}, weeks=1)
    assert matching.review_gaps(slots, [], weeks=1) == (matching.ReviewGap(RISKY, 1, 0.5, None, 0, 0),)
