"""What would place those left out: one more mentor, for which topic, and free when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.people import SLOTS, Person
from matching.rules import Rules
from matching.windows import Window


@dataclass(frozen=True)
class Repair:
    """One more mentor for `topic`, who speaks one of `languages` and is free in all of `window`, or without
    one in the half hours first_slot.. of the UTC week for the least shared time, would place these people
    (ids), who are left out now; as many places as people are needed. languages: those that all of them speak.
    group: the group of the course that this mentor must be of, None where the rules ask for none."""

    topic: int
    first_slot: int
    people: tuple[int, ...]
    group: str | None = None
    languages: tuple[str, ...] = ()
    window: Window | None = None

    def slots(self, rules: Rules) -> frozenset[int]:
        """The half hours of the UTC week in which the mentor has to be free."""
        if self.window is not None:
            return self.window.slots
        return frozenset((self.first_slot + step) % SLOTS for step in range(rules.min_shared_slots))


def cheapest_repair(
    mentees: Sequence[Person], left_out: Collection[int], rules: Rules, windows: Sequence[Window] = ()
) -> Repair | None:
    """The one topic and time at which a new mentor would place most of those left out (by id); None when
    nobody is, or none of them wants a topic, speaks a language or has enough time.

    windows: times that have a name, tried in this order, before single times. Ties: the first of the windows,
    else the earliest time; the lowest topic; the first group and language by name. Where pairs must share a
    group, the mentor is of one of their groups; where they must not, of none of these people's.
    """
    waiting = sorted((one for one in mentees if one.id in left_out), key=lambda one: one.id)
    best: tuple[tuple[int, int, int], Repair] | None = None
    for group, people in _choices(waiting, rules):
        if best is not None and len(people) < -best[0][0]:
            continue
        found = _repair(people, rules, group, windows)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return best[1] if best else None


def _choices(waiting: Sequence[Person], rules: Rules) -> Iterator[tuple[str | None, list[Person]]]:
    """The group of a mentor, and those with a language in common who could have such a one."""
    names = sorted({name for one in waiting for name in one.groups})
    for group in names if rules.groups == "same" else [None]:
        grouped = [one for one in waiting if group is None or group in one.groups]
        for language in sorted({code for one in grouped for code in one.languages}):
            yield group, [one for one in grouped if language in one.languages]


def _repair(
    people: Sequence[Person], rules: Rules, group: str | None, windows: Sequence[Window]
) -> tuple[tuple[int, int, int], Repair] | None:
    """The best for these people, after what makes it better than another: more people, an earlier time in the
    order of all times, a lower topic."""
    topics = sorted({topic for one in people for topic in one.wants})
    if not topics:
        return None
    fits = _fits(people, rules.min_shared_slots, windows)
    wants = np.array([[topic in one.wants for topic in topics] for one in people], dtype=np.float32)
    placed = fits.T.astype(np.float32) @ wants
    time, topic = (int(place) for place in np.unravel_index(int(placed.argmax()), placed.shape))
    count = int(placed[time, topic])
    if not count:
        return None
    rows = np.flatnonzero((wants[:, topic] > 0) & fits[:, time])
    window = windows[time] if time < len(windows) else None
    return (-count, time, topics[topic]), Repair(
        topic=topics[topic],
        first_slot=time - len(windows) if window is None else min(window.slots),
        people=tuple(people[int(row)].id for row in rows),
        group=group,
        languages=tuple(sorted(frozenset.intersection(*(people[int(row)].languages for row in rows)))),
        window=window,
    )


def _fits(people: Sequence[Person], length: int, windows: Sequence[Window]) -> NDArray[np.bool_]:
    """Whether each person has enough time in each window, and in the half hours from each slot on; (people,
    windows + SLOTS)."""
    free = np.zeros((len(people), SLOTS), dtype=bool)
    for row, one in enumerate(people):
        free[row, list(one.week)] = True
    inside = np.zeros((SLOTS, len(windows)), dtype=np.float32)
    for column, window in enumerate(windows):
        inside[list(window.slots), column] = 1
    named = free.astype(np.float32) @ inside >= length
    single = np.all([np.roll(free, -step, axis=1) for step in range(length)], axis=0)
    return np.hstack([named, single])
