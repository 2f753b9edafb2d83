"""Which pairs owe an expert's checkpoint, and what is missing where nobody can do one."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from matching.checkpoints import ReviewedPair, ReviewSlot, review
from matching.people import SLOT_HOURS, Expert
from matching.progress import Progress


@dataclass(frozen=True)
class ReviewNeed:
    """pair: as it was given. why: "risk" of its topic, an "untrained" mentor, because "every" pair owes one,
    or drawn for the "audit"."""

    pair: ReviewedPair
    why: Literal["risk", "untrained", "every", "audit"]


@dataclass(frozen=True)
class ReviewPolicy:
    """Which pairs of a cohort owe a review. high_risk: topics; untrained: ids of mentors; every: all pairs;
    audit_percent: the sample of the others, 0 to 100, drawn by `seed` in each level of `risk` (topic ->
    level, 0 where missing). Raises ValueError naming audit_percent."""

    high_risk: frozenset[int] = frozenset()
    untrained: frozenset[int] = frozenset()
    every: bool = False
    audit_percent: int = 0
    risk: Mapping[int, int] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.audit_percent <= 100:
            raise ValueError("audit_percent: must be 0 to 100")

    def needs(self, pairs: Sequence[ReviewedPair]) -> tuple[ReviewNeed, ...]:
        """See `review_needs`."""
        return review_needs(
            pairs,
            self.high_risk,
            untrained=self.untrained,
            every=self.every,
            audit_share=self.audit_percent / 100,
            risk=self.risk,
            seed=self.seed,
        )


def review_needs(
    pairs: Sequence[ReviewedPair],
    high_risk: Collection[int],
    *,
    untrained: Collection[int] = (),
    every: bool = False,
    audit_share: float = 0.0,
    risk: Mapping[int, int] | None = None,
    seed: int = 0,
) -> tuple[ReviewNeed, ...]:
    """The pairs that need a review, ordered by mentee, then mentor; hand their `pair`s to `review`.

    Every pair on a topic of `high_risk`, every pair of an `untrained` mentor (id), and with `every` the
    others, too. Otherwise a sample of them: in each level of `risk` (topic -> level, 0 where missing) at
    least `audit_share` (0 to 1) of the pairs, drawn by `seed`; the same pairs and seed give the same sample
    in whatever order the pairs come.
    Raises ValueError naming audit_share.
    """
    if not 0 <= audit_share <= 1:
        raise ValueError("audit_share: must be 0 to 1")
    needs: list[ReviewNeed] = []
    levels: defaultdict[int, list[ReviewedPair]] = defaultdict(list)
    for pair in pairs:
        if pair.topic in high_risk:
            needs.append(ReviewNeed(pair, "risk"))
        elif pair.mentor in untrained:
            needs.append(ReviewNeed(pair, "untrained"))
        elif every:
            needs.append(ReviewNeed(pair, "every"))
        else:
            levels[(risk or {}).get(pair.topic, 0)].append(pair)
    for level in levels.values():
        count = math.ceil(audit_share * len(level) - 1e-9)
        drawn = sorted(level, key=lambda pair: _lot(pair, seed))[:count]
        needs += [ReviewNeed(pair, "audit") for pair in drawn]
    return tuple(sorted(needs, key=lambda need: (need.pair.mentee, need.pair.mentor, need.pair.topic)))


def review_owed(
    pairs: Sequence[ReviewedPair],
    experts: Sequence[Expert],
    policy: ReviewPolicy,
    *,
    weeks: int = 12,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[ReviewNeed, ...], tuple[ReviewSlot, ...]]:
    """The needs of these pairs by the policy, and a slot for each in the same order. Raises as `review`."""
    needs = policy.needs(pairs)
    owing = [need.pair for need in needs]
    topics = {pair.topic for pair in owing}
    slots = review(owing, experts, topics, weeks=weeks, time_limit=time_limit, progress=progress)
    return needs, slots


def _lot(pair: ReviewedPair, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{pair.mentee}/{pair.mentor}/{pair.topic}".encode()).digest()


def missing_hours(slots: Sequence[ReviewSlot]) -> dict[int, float]:
    """Topic -> hours of an expert's time that the uncovered reviews of a plan lack, in order of topic."""
    missing: defaultdict[int, float] = defaultdict(float)
    for slot in slots:
        if slot.expert is None:
            missing[slot.topic] += SLOT_HOURS
    return dict(sorted(missing.items()))
