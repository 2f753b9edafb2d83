"""Which pairs of a round owe an expert's review, and why: from the cohort to the engine, and into rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import matching
from lti_tool.db.models import Cohort, Participant, Round


def of(matching_round: Round, mentors: Sequence[Participant]) -> matching.ReviewPolicy:
    """What the cohort has decided. The sample is drawn by the round's number: the next round draws anew."""
    cohort = matching_round.cohort
    untrained = [one.id for one in mentors if one.trained_at is None] if cohort.review_untrained else []
    return matching.ReviewPolicy(
        high_risk=risky_topics(cohort),
        untrained=frozenset(untrained),
        every=cohort.checkpoints == "all",
        audit_percent=cohort.audit_percent,
        risk={topic.id: 1 for topic in cohort.topics if topic.risk == "high"},
        seed=matching_round.number,
    )


def risky_topics(cohort: Cohort) -> frozenset[int]:
    """Topics whose pairs all owe a review, for the risk of the topic."""
    if cohort.checkpoints == "none":
        return frozenset()
    return frozenset(topic.id for topic in cohort.topics if topic.risk == "high")


def because(need: matching.ReviewNeed, audit_percent: int) -> dict[str, Any]:
    """The reason as it is stored with a pair and its checkpoint."""
    params = {"percent": audit_percent} if need.why == "audit" else {}
    return {"kind": need.why, "params": params}


def to_json(policy: matching.ReviewPolicy) -> dict[str, Any]:
    """As it is stored with the round."""
    return {
        "high_risk": sorted(policy.high_risk),
        "untrained": sorted(policy.untrained),
        "every": policy.every,
        "audit_percent": policy.audit_percent,
        "risk": {str(topic): level for topic, level in sorted(policy.risk.items())},
        "seed": policy.seed,
    }


def from_json(values: Mapping[str, Any]) -> matching.ReviewPolicy:
    return matching.ReviewPolicy(
        high_risk=frozenset(values["high_risk"]),
        untrained=frozenset(values["untrained"]),
        every=values["every"],
        audit_percent=values["audit_percent"],
        risk={int(topic): level for topic, level in values["risk"].items()},
        seed=values["seed"],
    )
