"""Would it pay to say less than the truth? What becomes of somebody who had offered fewer hours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from matching.assignment import FAIR, assign
from matching.people import Person
from matching.planning import people_problem
from matching.progress import Progress, part, silent
from matching.rules import Rules
from matching.scoring import score_matrix

#: Half hours, cut off at an end of the week, that `gaming_check` tries to withhold, as shares of all.
SHARES = (0.25, 0.5)


@dataclass(frozen=True)
class FewerHours:
    """The same matching had `person` (id) offered `withheld` half hours a week less.

    before, after: ids of those whom the person is paired with. gain: what these pairs are truly worth to
    the person (scores by all the hours that the person really has), after minus before, in score points;
    above 0 it would have paid to withhold them. matched: how many more people are matched in all (mostly
    below 0).
    """

    person: int
    withheld: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    gain: int
    matched: int


def fewer_hours(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    person: int,
    week: Collection[int],
    *,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> FewerHours:
    """Match as if `person` were free in the half hours `week` (0..335, UTC) only.

    Raises ValueError naming person (nobody has that id) or week (it holds hours the person has not offered).
    """
    report = progress or silent
    check = _Check(mentees, mentors, rules, person, objective, time_limit, part(report, 0.0, 0.5))
    found = check.tried(frozenset(week), part(report, 0.5, 1.0))
    report(1.0, "done")
    return found


def gaming_check(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    rules: Rules,
    person: int,
    *,
    tries: int = 6,
    objective: tuple[str, ...] = FAIR,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> tuple[FewerHours, ...]:
    """The best ways for `person` (id) to offer fewer hours, greatest gain first; at most `tries` are tried.

    Tried are: only the hours shared with each of those who suit the person best; then the week without its
    first or last quarter or half. Empty: the person has no hours to withhold. It is a search, not a
    proof: other lies may pay where none of these does. time_limit: seconds for each matching. progress: hears
    of every matching, and of the parts of each.
    """
    report = progress or silent
    first = 1 / (max(0, tries) + 1)  # the matching under the truth takes as long as one try
    check = _Check(mentees, mentors, rules, person, objective, time_limit, part(report, 0.0, first))
    weeks = list(dict.fromkeys(check.weeks()))[: max(0, tries)]
    found = []
    for number, week in enumerate(weeks):
        start, stop = (first + (1 - first) * done / len(weeks) for done in (number, number + 1))
        report(start, "gaming")
        found.append(check.tried(week, part(report, start, stop)))
    report(1.0, "done")
    return tuple(sorted(found, key=lambda one: (-one.gain, one.withheld)))


class _Check:
    """What all tries share: the truth, and the matching under it."""

    def __init__(
        self,
        mentees: Sequence[Person],
        mentors: Sequence[Person],
        rules: Rules,
        person: int,
        objective: tuple[str, ...],
        time_limit: float | None,
        progress: Progress,
    ) -> None:
        self._mentees = sorted(mentees, key=lambda one: one.id)
        self._mentors = sorted(mentors, key=lambda one: one.id)
        everyone = (*self._mentees, *self._mentors)
        found = next((one for one in everyone if one.id == person), None)
        if found is None:
            raise ValueError(f"person: nobody has the id {person}")
        self._truth, self._rules = found, rules
        self._objective, self._time_limit = objective, time_limit
        self._matched, self._before = self._partners(self._mentees, self._mentors, progress)
        self._worth = self._true_scores()

    def weeks(self) -> Iterator[frozenset[int]]:
        """Parts of the person's week to try, without those that withhold all or nothing."""
        weeks = {one.id: one.week for one in (*self._mentees, *self._mentors)}
        slots = sorted(self._truth.week)
        likely = sorted(self._worth, key=lambda other: (-self._worth[other], other))
        parts = [self._truth.week & weeks[other] for other in likely if self._worth[other] >= 0]
        cuts = [int(len(slots) * share) for share in SHARES]
        parts += [frozenset(slots[cut:]) for cut in cuts]
        parts += [frozenset(slots[: len(slots) - cut]) for cut in cuts]
        return (part for part in parts if 0 < len(part) < len(slots))

    def tried(self, week: frozenset[int], progress: Progress) -> FewerHours:
        if not week <= self._truth.week:
            raise ValueError("week: holds half hours that the person has not offered")
        mentees, mentors = (self._with(week, side) for side in (self._mentees, self._mentors))
        matched, after = self._partners(mentees, mentors, progress)
        return FewerHours(
            person=self._truth.id,
            withheld=len(self._truth.week) - len(week),
            before=self._before,
            after=after,
            gain=self._value(after) - self._value(self._before),
            matched=matched - self._matched,
        )

    def _with(self, week: frozenset[int], people: Sequence[Person]) -> list[Person]:
        own = self._truth.id
        return [replace(one, week=week) if one.id == own else one for one in people]

    def _partners(
        self, mentees: Sequence[Person], mentors: Sequence[Person], progress: Progress
    ) -> tuple[int, tuple[int, ...]]:
        problem = people_problem(mentees, mentors, self._rules)
        result = assign(problem, self._objective, self._time_limit, progress)
        own = self._truth.id
        partners: set[int] = set()
        for row, column in enumerate(result.mentor.tolist()):
            pair = {mentees[row].id, mentors[column].id} if column >= 0 else set()
            if own in pair:
                partners |= pair - {own}
        return result.matched, tuple(sorted(partners))

    def _true_scores(self) -> dict[int, int]:
        """Scores with everybody, the better one where both could mentor each other."""
        worth: dict[int, int] = {}
        own = self._truth
        if own.id in {one.id for one in self._mentees}:
            scores = score_matrix([own], self._mentors, self._rules).block(0, 1)[0].tolist()
            worth.update({one.id: score for one, score in zip(self._mentors, scores, strict=True)})
        if own.id in {one.id for one in self._mentors}:
            matrix = score_matrix(self._mentees, [own], self._rules).block(0, len(self._mentees))
            for one, score in zip(self._mentees, matrix[:, 0].tolist(), strict=True):
                worth[one.id] = max(worth.get(one.id, -1), score)
        return worth

    def _value(self, partners: Sequence[int]) -> int:
        return sum(max(0, self._worth[other]) for other in partners)
