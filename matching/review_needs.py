"""Which pairs owe an expert's checkpoint, and what is missing where nobody can do one."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matching.checkpoints import ReviewedPair, ReviewSlot
from matching.people import SLOT_HOURS


@dataclass(frozen=True)
class ReviewNeed:
    """pair: as it was given. why: "risk" of its topic, an "untrained" mentor, or drawn for the "audit"."""

    pair: ReviewedPair
    why: Literal["risk", "untrained", "audit"]


def review_needs(
    pairs: Sequence[ReviewedPair],
    high_risk: Collection[int],
    *,
    untrained: Collection[int] = (),
    audit_share: float = 0.0,
    risk: Mapping[int, int] | None = None,
    seed: int = 0,
) -> tuple[ReviewNeed, ...]:
    """The pairs that need a review, ordered by mentee, then mentor; hand their `pair`s to `review`.

    Every pair on a topic of `high_risk`, and every pair of an `untrained` mentor (id). Of the others, a
    sample: in each level of `risk` (topic -> level, 0 where missing) at least `audit_share` (0 to 1) of the
    pairs, drawn by `seed`; the same pairs and seed give the same sample in whatever order the pairs come.
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
        else:
            levels[(risk or {}).get(pair.topic, 0)].append(pair)
    for level in levels.values():
        count = math.ceil(audit_share * len(level) - 1e-9)
        drawn = sorted(level, key=lambda pair: _lot(pair, seed))[:count]
        needs += [ReviewNeed(pair, "audit") for pair in drawn]
    return tuple(sorted(needs, key=lambda need: (need.pair.mentee, need.pair.mentor, need.pair.topic)))


def _lot(pair: ReviewedPair, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{pair.mentee}/{pair.mentor}/{pair.topic}".encode()).digest()


def missing_hours(slots: Sequence[ReviewSlot]) -> dict[int, float]:
    """Topic -> hours of an expert's time that the uncovered reviews of a plan lack, in order of topic."""
    missing: defaultdict[int, float] = defaultdict(float)
    for slot in slots:
        if slot.expert is None:
            missing[slot.topic] += SLOT_HOURS
    return dict(sorted(missing.items()))
