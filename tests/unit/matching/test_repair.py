"""What would place those left out, and whether it really does."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import matching
from tests.unit.matching.cast import ALGEBRA, CHEMISTRY, EVENING, MORNING, mentee, mentor

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
LISBON = matching.windows("Europe/Lisbon", WINTER)


def test_the_repair_is_the_topic_and_time_that_places_most() -> None:
    people = [
        mentee(1, {ALGEBRA: 3}, MORNING),
        mentee(2, {CHEMISTRY: 3}, EVENING),
        mentee(3, {CHEMISTRY: 1, ALGEBRA: 1}, MORNING | EVENING),
        mentee(4, {CHEMISTRY: 2}, EVENING),
    ]
    repair = matching.cheapest_repair(people, {1, 2, 3}, matching.Rules())
    assert repair == matching.Repair(ALGEBRA, min(MORNING), (1, 3), languages=("en",))
    repair = matching.cheapest_repair(people, {1, 2, 3, 4}, matching.Rules())
    assert repair == matching.Repair(CHEMISTRY, min(EVENING), (2, 3, 4), languages=("en",))
    new = mentor(9, {CHEMISTRY: 1}, frozenset({38, 39}), capacity=3)
    plan = matching.plan(people[1:], [new], [], matching.Rules())
    assert len(plan.pairs) == 3


@pytest.mark.parametrize(
    ("rule", "group", "placed"),
    [("any", None, (1, 2, 3)), ("same", "b", (2, 3)), ("different", None, (1, 2, 3))],
)
def test_the_repair_heeds_the_rule_about_groups(
    rule: str, group: str | None, placed: tuple[int, ...]
) -> None:
    groups = {1: "a", 2: "b", 3: "b"}
    people = [replace(mentee(one, {ALGEBRA: 1}), groups=frozenset({name})) for one, name in groups.items()]
    repair = matching.cheapest_repair(people, {1, 2, 3}, matching.Rules(groups=rule))
    assert repair == matching.Repair(ALGEBRA, min(MORNING), placed, group, ("en",))


def test_without_anybody_or_any_time_there_is_no_repair() -> None:
    rules = matching.Rules()
    assert matching.cheapest_repair([mentee(1, {ALGEBRA: 1})], set(), rules) is None
    assert matching.cheapest_repair([mentee(1, {ALGEBRA: 1}, frozenset())], {1}, rules) is None
    assert matching.cheapest_repair([mentee(1, {ALGEBRA: 1}, frozenset({5}))], {1}, rules) is None
    grouped = matching.Rules(groups="same")
    assert matching.cheapest_repair([mentee(1, {ALGEBRA: 1})], {1}, grouped) is None


def monday(*hours: int) -> frozenset[int]:
    return frozenset(2 * hour + half for hour in hours for half in (0, 1))


def on_day(day: int, slots: frozenset[int]) -> frozenset[int]:
    return frozenset(48 * day + slot for slot in slots)


def test_a_day_that_holds_everybodys_time_is_named() -> None:
    people = [mentee(1, {ALGEBRA: 1}, on_day(1, monday(18))), mentee(2, {ALGEBRA: 1}, on_day(1, monday(18)))]
    repair = matching.cheapest_repair(people, {1, 2}, matching.Rules(), LISBON)
    assert repair is not None
    assert repair.window is not None
    assert (repair.people, repair.window.days, repair.window.part) == ((1, 2), "1", "evening")


def test_evenings_of_several_days_are_asked_for_where_they_place_more() -> None:
    people = [mentee(day, {ALGEBRA: 1}, on_day(day, monday(17 + day))) for day in range(4)]
    repair = matching.cheapest_repair(people, {0, 1, 2, 3}, matching.Rules(), LISBON)
    assert repair is not None
    assert repair.window is not None
    assert (repair.people, repair.window.days, repair.window.part) == ((0, 1, 2, 3), "weekdays", "evening")


def test_a_time_without_a_name_is_told_as_it_is() -> None:
    people = [mentee(1, {ALGEBRA: 1}, monday(3))]
    repair = matching.cheapest_repair(people, {1}, matching.Rules(), LISBON)
    assert repair == matching.Repair(ALGEBRA, 6, (1,), languages=("en",))


def test_the_same_words_are_other_hours_in_another_zone_and_in_summer() -> None:
    def evening(zone: str, on: date) -> frozenset[int]:
        found = matching.windows(zone, on)
        return next(one.slots for one in found if (one.days, one.part) == ("0", "evening"))

    assert evening("Europe/Lisbon", WINTER) == evening("UTC", SUMMER) == frozenset(range(34, 44))
    assert evening("Europe/Lisbon", SUMMER) == frozenset(range(32, 42))
    # In Auckland Monday evening begins on Monday 04:00 UTC in summer, which is January there.
    assert evening("Pacific/Auckland", WINTER) == frozenset(range(8, 18))


def test_people_who_have_no_language_in_common_are_not_promised_one_mentor() -> None:
    people = [
        mentee(1, {ALGEBRA: 1}, MORNING, "es"),
        mentee(2, {ALGEBRA: 1}, MORNING, "en", "ar"),
        mentee(3, {ALGEBRA: 1}, MORNING, "ar", "en"),
    ]
    repair = matching.cheapest_repair(people, {1, 2, 3}, matching.Rules(), LISBON)
    assert repair is not None
    assert (repair.people, repair.languages) == ((2, 3), ("ar", "en"))


def weeks() -> st.SearchStrategy[frozenset[int]]:
    """A few stretches of one to six half hours, on days of which several people have some."""
    stretch = st.builds(
        lambda day, start, length: on_day(day, frozenset(range(start, min(48, start + length)))),
        st.sampled_from([0, 1, 2, 5]),
        st.integers(10, 47),
        st.integers(1, 6),
    )
    return st.lists(stretch, max_size=3).map(lambda parts: frozenset().union(*parts))


def people(first: int, most: int) -> st.SearchStrategy[list[matching.Person]]:
    levels = st.dictionaries(st.integers(1, 3), st.integers(1, 3), max_size=2)
    codes = st.frozensets(st.sampled_from(["en", "es"]), max_size=2)
    groups = st.frozensets(st.sampled_from(["a", "b"]), max_size=2)
    one = st.tuples(levels, levels, weeks(), codes, st.integers(0, 2), groups)
    return st.lists(one, min_size=1, max_size=most).map(
        lambda found: [matching.Person(first + number, *values) for number, values in enumerate(found)]
    )


@settings(deadline=None, max_examples=40)
@given(
    people(1, 6),
    people(101, 2),
    st.sampled_from(["any", "same", "different"]),
    st.integers(1, 3),
    st.sampled_from(["Europe/Lisbon", "Pacific/Auckland", "Asia/Kathmandu"]),
)
def test_the_promised_people_are_placed_and_no_other_mentor_would_place_more(
    mentees: list[matching.Person], mentors: list[matching.Person], groups: str, least: int, zone: str
) -> None:
    rules = matching.Rules(groups=groups, min_shared_slots=least)
    before = matching.plan(mentees, mentors, [], rules)
    left_out = {one.person for one in before.left_out}
    named = matching.windows(zone, WINTER)
    repair = matching.cheapest_repair(mentees, left_out, rules, named)
    assert (0 if repair is None else len(repair.people)) == most_placed(mentees, left_out, rules, named)
    assume(repair is not None)
    assert repair is not None
    assert left_out >= {*repair.people}
    new = matching.Person(
        id=999,
        wants={},
        offers={repair.topic: 1},
        week=repair.slots(rules),
        languages=frozenset(repair.languages[:1]),
        capacity=len(repair.people),
        groups=frozenset([repair.group] if repair.group else []),
    )
    after = matching.plan(mentees, [*mentors, new], [], rules)
    assert len(after.pairs) == len(before.pairs) + len(repair.people)
    promised = [one for one in mentees if one.id in repair.people]
    assert matching.score_matrix(promised, [new], rules).block(0, len(promised)).min() >= 0


def most_placed(
    mentees: list[matching.Person],
    left_out: set[int],
    rules: matching.Rules,
    named: tuple[matching.Window, ...],
) -> int:
    """By trying every topic, language, group and time."""
    waiting = [one for one in mentees if one.id in left_out]
    times = [window.slots for window in named]
    times += [frozenset((slot + step) % 336 for step in range(rules.min_shared_slots)) for slot in range(336)]
    in_time = {
        slots: [one for one in waiting if len(one.week & slots) >= rules.min_shared_slots] for slots in times
    }
    groups = ["a", "b"] if rules.groups == "same" else [None]
    return max(
        sum(
            topic in one.wants and code in one.languages and (group is None or group in one.groups)
            for one in free
        )
        for topic, code, group, free in itertools.product((1, 2, 3), ("en", "es"), groups, in_time.values())
    )
