"""An outcome as the rows of a scenario."""

from collections.abc import Mapping
from typing import Any

import matching
from lti_tool.db import clock, models
from lti_tool.rooms.rounds import review_policy
from lti_tool.rooms.rounds.outcome import Outcome
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.rooms.rounds.snapshot import Candidates


def scenario(
    matching_round: models.Round, number: int, recipe: Recipe, outcome: Outcome, asked: Candidates
) -> models.Scenario:
    """A result of the round, not yet added to a session of the database."""
    reviews = {slot.mentee: slot for slot in outcome.reviews}
    policy = asked.policy
    percent = policy.audit_percent if policy else 0
    because = {need.pair.mentee: review_policy.because(need, percent) for need in outcome.needs}
    missing = {
        str(slot.mentee): _plain(slot.missing_reason) for slot in outcome.reviews if slot.missing_reason
    }
    return models.Scenario(
        round=matching_round,
        number=number,
        setup=recipe.to_json(),
        summary={**outcome.summary, "missing_reviews": missing},
        certificate=outcome.certificate,
        created_at=clock.now(),
        checked_at=clock.now() if outcome.check else None,
        check_reason=outcome.check.reason if outcome.check else None,
        pairs=[
            _pair(pair, reviews.get(pair.mentee), because.get(pair.mentee), asked.first_week)
            for pair in outcome.pairs
        ],
        left_out=[
            models.ScenarioLeftOut(participant_id=one.person, reason=_plain(one.reason))
            for one in outcome.left_out
        ],
    )


def _pair(
    pair: matching.Pair,
    slot: matching.ReviewSlot | None,
    because: dict[str, Any] | None,
    first_week: int,
) -> models.ScenarioPair:
    return models.ScenarioPair(
        mentee_id=pair.mentee,
        mentor_id=pair.mentor,
        topic_id=pair.topic,
        score=pair.score,
        reasons=[_plain(reason) for reason in pair.reasons],
        owes_checkpoint=slot is not None,
        owes_because=because,
        expert_id=slot.expert if slot else None,
        # The engine counts the weeks of its window from 1.
        checkpoint_week=first_week + slot.week - 1 if slot and slot.week is not None else None,
    )


def _plain(reason: matching.Reason) -> dict[str, Any]:
    params: Mapping[str, Any] = reason.params
    return {"kind": reason.kind, "params": dict(params)}
