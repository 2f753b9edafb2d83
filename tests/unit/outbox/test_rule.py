"""The grade rule by itself."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.outbox.reckoning import PartTerms, Reckoning, Taken, Terms, reckon

MONDAY = date(2026, 11, 2)
KINDS = ("sessions", "checkpoints", "preparation")

days = st.dates(MONDAY - timedelta(days=400), MONDAY + timedelta(days=400))
happenings = st.dictionaries(st.sampled_from(KINDS), st.lists(days, max_size=30))
part_terms = st.builds(
    PartTerms,
    kind=st.just(""),
    weight=st.integers(0, 100),
    needed=st.integers(1, 40),
    most=st.one_of(st.none(), st.integers(1, 5)),
    period=st.sampled_from(["week", "month"]),
    makeup=st.integers(0, 5),
)
rules = st.builds(
    lambda maximum, parts, places, apart: Terms(
        maximum,
        tuple(
            PartTerms(kind, one.weight, one.needed, one.most, one.period, one.makeup)
            for kind, one in zip(KINDS, parts, strict=True)
        ),
        places,
        apart,
    ),
    st.integers(1, 1000),
    st.tuples(part_terms, part_terms, part_terms),
    st.integers(0, 2),
    st.booleans(),
)


def sessions(number: int, needed: int, maximum: int = 100, places: int = 2) -> Reckoning:
    """So many sessions, all on one day."""
    part = PartTerms("sessions", 100, needed)
    return reckon(Terms(maximum, (part,), places), {"sessions": [MONDAY] * number})


@pytest.mark.parametrize(
    ("confirmed", "needed", "maximum", "points"),
    [
        (0, 6, 100, "0.00"),
        (2, 6, 100, "33.33"),
        (4, 6, 100, "66.67"),
        (6, 6, 100, "100.00"),
        (9, 6, 100, "100.00"),
        (1, 8, 1, "0.13"),  # 0.125: half is rounded up
        (3, 8, 1, "0.38"),
        (5, 8, 1, "0.63"),
    ],
)
def test_points_are_the_share_of_sessions_rounded_half_up(
    confirmed: int, needed: int, maximum: int, points: str
) -> None:
    assert sessions(confirmed, needed, maximum).points == Decimal(points)


@pytest.mark.parametrize(("places", "points"), [(2, "33.33"), (1, "33.3"), (0, "33")])
def test_points_are_rounded_as_the_rule_says(places: int, points: str) -> None:
    assert str(sessions(2, 6, places=places).points) == points


def test_parts_count_by_their_weights() -> None:
    parts = (PartTerms("sessions", 60, 4), PartTerms("checkpoints", 30, 1), PartTerms("preparation", 10))
    terms = Terms(100, parts)
    taken = {"sessions": [MONDAY, MONDAY], "preparation": [MONDAY]}
    found = reckon(terms, taken)
    assert found.points == 40
    wanted = [
        ("sessions", Decimal(30), Decimal(60)),
        ("checkpoints", Decimal(0), Decimal(30)),
        ("preparation", Decimal(10), Decimal(10)),
    ]
    assert [(part.kind, part.points, part.maximum) for part in found.parts] == wanted
    apart = reckon(Terms(100, parts, apart=True), taken)
    assert [(one.part, one.points, one.maximum) for one in apart.columns()] == wanted


@pytest.mark.parametrize(
    ("offsets", "most", "makeup", "counted"),
    [
        ((0, 1, 6), 1, 0, 1),  # Monday, Tuesday and Sunday are one week
        ((6, 7), 1, 0, 2),  # Sunday and the next Monday are two
        ((0, 1, 2, 7), 1, 1, 3),
        ((0, 1, 2, 7), 2, 9, 4),
        ((0, 1, 2, 3), None, 0, 4),
    ],
)
def test_at_most_so_many_of_a_week_count_and_some_make_up(
    offsets: tuple[int, ...], most: int | None, makeup: int, counted: int
) -> None:
    part = PartTerms("sessions", 1, 10, most, "week", makeup)
    taken = {"sessions": [MONDAY + timedelta(days=offset) for offset in offsets]}
    [found] = reckon(Terms(10, (part,)), taken).parts
    assert (found.done, found.counted) == (len(offsets), counted)


def test_a_month_is_one_of_the_calendar() -> None:
    part = PartTerms("sessions", 1, 10, 1, "month")
    taken = {"sessions": [date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]}
    assert reckon(Terms(10, (part,)), taken).points == 2


@given(rules, happenings)
def test_points_lie_between_nothing_and_the_maximum(terms: Terms, taken: Taken) -> None:
    found = reckon(terms, taken)
    assert 0 <= found.points <= found.maximum
    assert all(0 <= one.points <= one.maximum for one in found.columns())
    assert sum(one.points for one in found.columns()) == found.points
    if not terms.apart and terms.counting:
        assert found.maximum == terms.maximum


@given(rules, happenings, st.sampled_from(KINDS), days)
def test_taking_part_once_more_never_costs_points(
    terms: Terms, taken: dict[str, list[date]], kind: str, day: date
) -> None:
    more = taken | {kind: [*taken.get(kind, []), day]}
    before, after = reckon(terms, taken).columns(), reckon(terms, more).columns()
    assert all(then.points >= now.points for now, then in zip(before, after, strict=True))


@given(rules, happenings, st.randoms(use_true_random=False))
def test_the_order_in_which_things_happened_does_not_count(
    terms: Terms, taken: dict[str, list[date]], random: Random
) -> None:
    shuffled = {kind: random.sample(found, len(found)) for kind, found in reversed(taken.items())}
    assert reckon(terms, shuffled) == reckon(terms, taken)


@given(rules, st.lists(days, min_size=400, max_size=400, unique=True))
def test_who_did_everything_has_full_points(terms: Terms, many: list[date]) -> None:
    free = tuple(PartTerms(part.kind, part.weight, part.needed) for part in terms.parts)
    everything = reckon(Terms(terms.maximum, free, terms.places, terms.apart), dict.fromkeys(KINDS, many))
    assert not everything.parts or everything.complete
