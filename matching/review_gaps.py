"""What would let experts do the reviews that nobody has the time for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from matching.checkpoints import ReviewSlot
from matching.people import SLOT_HOURS, Expert


@dataclass(frozen=True)
class ReviewGap:
    """The uncovered reviews of one topic. hours: of an expert's time that they lack. expert: id of the one
    who could do most of them with more time (of two, the one with more time now, then the lower id), None
    where nobody is qualified and free of conflicts. reachable: how many of them that expert may do. weekly:
    so many more reviews in each week in which that expert is there would cover those."""

    topic: int
    reviews: int
    hours: float
    expert: int | None
    reachable: int
    weekly: int


def review_gaps(
    slots: Sequence[ReviewSlot], experts: Sequence[Expert], *, weeks: int
) -> tuple[ReviewGap, ...]:
    """One gap for each topic with uncovered reviews, in order of topic. Following the advice of all of them
    covers every reachable one. Raises ValueError naming weeks."""
    if weeks < 1:
        raise ValueError("weeks: the window must have at least one week")
    uncovered: defaultdict[int, list[ReviewSlot]] = defaultdict(list)
    for slot in slots:
        if slot.expert is None:
            uncovered[slot.topic].append(slot)
    return tuple(_gap(topic, lacking, experts, weeks) for topic, lacking in sorted(uncovered.items()))


def _gap(topic: int, lacking: Sequence[ReviewSlot], experts: Sequence[Expert], weeks: int) -> ReviewGap:
    hours = len(lacking) * SLOT_HOURS
    able = [
        (_reachable(one, lacking), one.reviews_per_week, -one.id, _present(one, weeks)) for one in experts
    ]
    reachable, _rate, expert, present = max((one for one in able if one[-1]), default=(0, 0, 0, 1))
    if not reachable:
        return ReviewGap(topic, len(lacking), hours, None, 0, 0)
    return ReviewGap(topic, len(lacking), hours, -expert, reachable, -(-reachable // present))


def _present(expert: Expert, weeks: int) -> int:
    """Weeks of the window in which the expert is not away."""
    return sum(week not in expert.away for week in range(1, weeks + 1))


def _reachable(expert: Expert, lacking: Sequence[ReviewSlot]) -> int:
    return sum(expert.may_review(slot.mentee, slot.mentor, slot.topic) for slot in lacking)
