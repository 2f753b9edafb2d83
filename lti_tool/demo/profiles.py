"""What the demo's people said of themselves. Topics are positions in the lists of `lti_tool.demo.course`."""

from dataclasses import dataclass, field

from lti_tool.sandbox.people import BIO101_LEARNERS

ROLES = {"instructor": "instructor", "expert": "assistant"}
PLACE = "https://meet.example.edu/peer-mentoring"
COMMENTS = {
    "passed": "Your worked example is right, and you explained why the test fits the data. Keep doing that.",
    "failed": "Look again at when a t-test may be used: the two groups are not independent here.",
}


def _hours(days: range, first: int, last: int) -> frozenset[int]:
    """Half-hours from ``first`` to ``last`` o'clock on these days (0 = Monday)."""
    return frozenset(day * 48 + half for day in days for half in range(first * 2, last * 2))


WORKDAYS, ALL_DAYS, WEEKEND = range(5), range(7), range(5, 7)
# People live between Honolulu and Auckland: the times below are by their own clocks.
DAYTIME = _hours(WORKDAYS, 9, 17)
EVENINGS = _hours(ALL_DAYS, 17, 23)
EARLY = _hours(ALL_DAYS, 6, 10)
WEEKENDS = _hours(WEEKEND, 8, 22)


@dataclass(frozen=True)
class Profile:
    """One person's answers; a ``week`` left empty is a profile that was not finished."""

    number: int
    role: str
    wants: dict[int, int] = field(default_factory=dict)
    offers: dict[int, int] = field(default_factory=dict)
    week: frozenset[int] = EVENINGS
    capacity: int = 1
    languages: tuple[str, ...] = ("en",)

    @property
    def sub(self) -> str:
        return BIO101_LEARNERS[self.number - 1].id


AUTUMN = (
    Profile(1, "mentee", wants={0: 3, 3: 1}, week=DAYTIME | EVENINGS, languages=("pt", "en")),
    Profile(2, "mentor", offers={0: 3, 3: 2}, week=DAYTIME | EVENINGS, capacity=2, languages=("sv", "en")),
    Profile(3, "mentee", wants={1: 3}, week=EVENINGS | WEEKENDS, languages=("vi", "en")),
    Profile(4, "both", wants={2: 2}, offers={1: 3}, week=DAYTIME | EVENINGS, languages=("ar", "en")),
    Profile(5, "mentor", offers={1: 2, 0: 2}, week=EVENINGS | WEEKENDS, capacity=2, languages=("hi", "en")),
    Profile(6, "mentee", wants={2: 3, 1: 1}, week=EVENINGS | EARLY, languages=("ja", "en")),
    Profile(7, "mentor", offers={2: 3}, week=DAYTIME | EVENINGS, capacity=3, languages=("yo", "en")),
    Profile(8, "mentee", wants={0: 3}, week=EVENINGS, languages=("pl", "en")),
    Profile(9, "both", wants={3: 2}, offers={0: 2}, week=DAYTIME | EVENINGS, languages=("de", "en")),
    Profile(10, "mentee", wants={0: 2, 2: 2}, week=EVENINGS | WEEKENDS, languages=("el", "en")),
    Profile(11, "mentor", offers={3: 3, 0: 1}, week=EVENINGS, capacity=2, languages=("uk", "en")),
    Profile(12, "mentee", wants={1: 2, 2: 1}, week=EARLY | EVENINGS | WEEKENDS, languages=("ko", "en")),
    Profile(13, "mentee", wants={3: 3}, week=EVENINGS, languages=("he", "en")),
    Profile(14, "mentee", wants={2: 3}, week=DAYTIME, languages=("es", "en")),
    Profile(
        15,
        "mentor",
        offers={1: 3, 2: 1},
        week=EVENINGS | WEEKENDS | EARLY,
        capacity=2,
        languages=("ga", "en"),
    ),
    Profile(16, "mentee", wants={1: 3}, week=EVENINGS | EARLY, languages=("ta", "en")),
    Profile(17, "mentee", wants={0: 2}, week=EVENINGS, languages=("tr",)),
    Profile(23, "mentee", wants={0: 1, 1: 2}, week=frozenset()),
)

LATE = Profile(21, "mentee", wants={3: 3}, week=EARLY | EVENINGS | WEEKENDS, languages=("mi", "en"))
"""Joined the autumn cohort in mid-life: a running pair has to change for a mentor to have room."""

WINTER = (
    Profile(
        18,
        "mentor",
        offers={0: 3, 2: 2},
        week=EVENINGS | WEEKENDS | EARLY,
        capacity=2,
        languages=("zh", "en"),
    ),
    Profile(19, "mentee", wants={0: 3}, week=DAYTIME | EVENINGS, languages=("fr", "en")),
    Profile(20, "both", wants={1: 2}, offers={0: 2}, week=EVENINGS, languages=("sw", "en")),
    Profile(21, "mentee", wants={2: 3, 0: 1}, week=EARLY | WEEKENDS | EVENINGS, languages=("mi", "en")),
    Profile(22, "mentor", offers={1: 2}, week=DAYTIME | EVENINGS, languages=("th", "en")),
    Profile(24, "mentor", offers={2: 2, 0: 2}, week=WEEKENDS | EVENINGS | EARLY, capacity=2),
    Profile(3, "mentee", wants={0: 2, 2: 2}, week=EVENINGS | EARLY, languages=("vi", "en")),
    Profile(9, "mentor", offers={0: 3}, week=DAYTIME | EVENINGS, capacity=2, languages=("de", "en")),
    Profile(12, "mentee", wants={1: 3}, week=EARLY | EVENINGS, languages=("ko", "en")),
    Profile(14, "mentee", wants={0: 3}, week=DAYTIME | EVENINGS, languages=("es", "en")),
    Profile(17, "mentee", wants={0: 1}, week=EVENINGS, languages=("tr", "en")),
)

DECIDED = (
    ("never", "learner-17", "learner-18", "They share a flat, and asked for somebody else."),
    ("pair", "learner-14", "learner-09", "They began to work together last term and want to go on."),
)
"""What the teacher decided about two people of the winter cohort: kind, learner, mentor, reason."""
