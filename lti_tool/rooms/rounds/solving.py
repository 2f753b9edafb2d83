"""What the worker does for a round: read, plan without holding the database, write the proposal."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

import matching
from lti_tool import jobs
from lti_tool.db import clock, engine, models
from lti_tool.db.engine import begin_write, db
from lti_tool.rooms.rounds import candidates
from lti_tool.rooms.rounds.candidates import Candidates

TIME_LIMIT = 600.0
"""Seconds for each of the two optimisations; what needs more gives its best and says it is unproved."""

STAGES = {
    "scores": "round.scoring",
    "matched": "round.solving",
    "worst": "round.solving",
    "total": "round.solving",
    "spread": "round.solving",
    "reviews": "round.reviews",
    "done": "round.saving",
}
PLANNED_FROM, PLANNED_TO = 0.05, 0.95


def run(job_id: int) -> None:
    """Make the proposal of the round that this job belongs to.

    Raises:
        jobs.Failed: nobody to match.
        jobs.Cancelled: somebody stopped it; nothing is written then.
    """
    jobs.report(job_id, 0.01, "round.reading")
    asked = _read(job_id)
    if not asked.mentees or not asked.mentors:
        raise jobs.Failed(_nobody(asked))
    plan = matching.plan(
        asked.mentees,
        asked.mentors,
        asked.experts,
        asked.rules,
        weeks=asked.weeks,
        time_limit=TIME_LIMIT,
        progress=_Reporter(job_id),
    )
    repair = matching.cheapest_repair(asked.mentees, {one.person for one in plan.left_out}, asked.rules)
    jobs.report(job_id, PLANNED_TO, "round.saving")
    _save(job_id, plan, repair, asked.first_week)


class _Reporter:
    """Passes the engine's progress on, but no more than once for each percent."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._last: tuple[int, str] | None = None

    def __call__(self, fraction: float, stage: str) -> None:
        overall = PLANNED_FROM + fraction * (PLANNED_TO - PLANNED_FROM)
        now = (round(overall * 100), STAGES.get(stage, "round.solving"))
        if now != self._last:
            self._last = now
            jobs.report(self._job_id, overall, now[1])


def _read(job_id: int) -> Candidates:
    try:
        return candidates.read(db.session, _round_of(job_id))
    finally:
        # The solve may take long: nothing of the database is held meanwhile.
        db.session.rollback()


def _save(job_id: int, plan: matching.Plan, repair: matching.Repair | None, first_week: int) -> None:
    begin_write(db.session)
    if db.session.get_one(models.Job, job_id).cancel_requested_at is not None:
        raise jobs.Cancelled
    db.session.add(_scenario(_round_of(job_id), plan, repair, first_week))
    engine.commit(db.session)


def _round_of(job_id: int) -> models.Round:
    return db.session.scalars(select(models.Round).where(models.Round.job_id == job_id)).one()


def _nobody(asked: Candidates) -> str:
    if not asked.mentees:
        return str(_("Nobody who wants a mentor is ready to be matched."))
    return str(_("No mentor is ready to be matched."))


def _scenario(
    matching_round: models.Round, plan: matching.Plan, repair: matching.Repair | None, first_week: int
) -> models.Scenario:
    reviews = {slot.mentee: slot for slot in plan.reviews}
    missing = {str(slot.mentee): _plain(slot.missing_reason) for slot in plan.reviews if slot.missing_reason}
    return models.Scenario(
        round=matching_round,
        summary={
            **plan.summary,
            "idle_mentors": list(plan.idle),
            "missing_reviews": missing,
            "repair": repair
            and {"topic": repair.topic, "slot": repair.first_slot, "people": len(repair.people)},
        },
        certificate=dict(plan.result.certificate),
        created_at=clock.now(),
        pairs=[_pair(pair, reviews.get(pair.mentee), first_week) for pair in plan.pairs],
        left_out=[
            models.ScenarioLeftOut(participant_id=one.person, reason=_plain(one.reason))
            for one in plan.left_out
        ],
    )


def _pair(pair: matching.Pair, slot: matching.ReviewSlot | None, first_week: int) -> models.ScenarioPair:
    return models.ScenarioPair(
        mentee_id=pair.mentee,
        mentor_id=pair.mentor,
        topic_id=pair.topic,
        score=pair.score,
        reasons=[_plain(reason) for reason in pair.reasons],
        owes_checkpoint=slot is not None,
        expert_id=slot.expert if slot else None,
        # The engine counts the weeks of its window from 1.
        checkpoint_week=first_week + slot.week - 1 if slot and slot.week is not None else None,
    )


def _plain(reason: matching.Reason) -> dict[str, Any]:
    params: Mapping[str, Any] = reason.params
    return {"kind": reason.kind, "params": dict(params)}
