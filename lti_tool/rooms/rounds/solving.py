"""What the worker does for a round: read, plan without holding the database, write the proposal."""

import json
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import select

import matching
from lti_tool import jobs
from lti_tool.db import engine, models
from lti_tool.db.engine import begin_write, db
from lti_tool.rooms.rounds import (
    adjust_words,
    candidates,
    keeping,
    pair_rule_words,
    running,
    scenario_rows,
    snapshot,
)
from lti_tool.rooms.rounds.adjust_outcome import work_out_adjustment
from lti_tool.rooms.rounds.adjustment import Adjustment
from lti_tool.rooms.rounds.giving_way import RulesGiveWay
from lti_tool.rooms.rounds.outcome import NothingToChoose, Outcome, work_out
from lti_tool.rooms.rounds.person_page import names_of
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.rooms.rounds.reporting import Reporter
from lti_tool.rooms.rounds.snapshot import Candidates
from lti_tool.web.reasons import names as listed


def run(job_id: int) -> None:
    """Make the proposal of the round that this job belongs to.

    Raises:
        jobs.Failed: nobody to match.
        jobs.Cancelled: somebody stopped it; nothing is written then.
    """
    jobs.report(job_id, 0.01, "round.reading")
    asked, recipe = _read(job_id)
    outcome = solve(asked, recipe, Reporter(job_id))
    jobs.report(job_id, 0.95, "round.saving")
    begin_write(db.session)
    require_not_cancelled(job_id)
    matching_round = _round_of(job_id)
    matching_round.asked = snapshot.to_json(asked)
    db.session.add(scenario_rows.scenario(matching_round, 1, recipe, outcome, asked))
    engine.commit(db.session)


def solve(asked: Candidates, recipe: Recipe, progress: matching.Progress) -> Outcome:
    """Raises jobs.Failed where there is nothing to choose, or the rules about people cannot hold."""
    try:
        return (work_out_adjustment if recipe.adjustment else work_out)(asked, recipe, progress)
    except NothingToChoose as nothing:
        raise jobs.Failed(_nobody(nothing)) from None
    except RulesGiveWay as refusal:
        raise jobs.Failed(_gives_way(refusal)) from None
    except matching.TooFewChanges as few:
        raise jobs.Failed(adjust_words.too_few(few.needed, recipe)) from None
    except matching.ImpossibleRules as impossible:
        raise jobs.Failed(_impossible(impossible, recipe)) from None
    except TimeoutError:
        raise jobs.Failed(_("Nothing was found in the time given. Nothing was changed.")) from None


def require_not_cancelled(job_id: int) -> None:
    """Raises jobs.Cancelled when somebody stopped the work while it was nearly done."""
    if db.session.get_one(models.Job, job_id).cancel_requested_at is not None:
        raise jobs.Cancelled


def _read(job_id: int) -> tuple[Candidates, Recipe]:
    try:
        matching_round = _round_of(job_id)
        rules = matching.Rules.from_json(json.dumps(matching_round.rules))
        asked, adjustment = _people(matching_round)
        if adjustment is not None:
            rules = replace(rules, excluded=rules.excluded - adjustment.pairs)
        applied = keeping.read(db.session, matching_round.cohort, asked, rules)
        return asked, Recipe(applied.rules, kept=applied.kept, adjustment=adjustment)
    finally:
        # The solve may take long: nothing of the database is held meanwhile.
        db.session.rollback()


def _people(matching_round: models.Round) -> tuple[Candidates, Adjustment | None]:
    if not matching_round.adjusts:
        return candidates.read(db.session, matching_round), None
    asked, before = running.read(db.session, matching_round)
    return asked, Adjustment(before, matching_round.most_changes)


def _round_of(job_id: int) -> models.Round:
    return db.session.scalars(select(models.Round).where(models.Round.job_id == job_id)).one()


def _gives_way(refusal: RulesGiveWay) -> str:
    people = {one for each in refusal.conflicts for one in (each.kept.first, each.kept.second)}
    names = names_of(db.session, people)
    db.session.rollback()
    return pair_rule_words.gives_way(refusal.conflicts, names)


def _impossible(refusal: matching.ImpossibleRules, recipe: Recipe) -> str:
    """Names of groups are no names of people: the sentence may keep them."""
    groups = [quota.name for quota in recipe.quotas if quota.name in refusal.broken]
    if groups:
        return str(_("So many learners of %(groups)s cannot get a mentor.", groups=listed(groups)))
    return str(_("Your rules about people cannot all hold. Nothing was changed."))


def _nobody(nothing: NothingToChoose) -> str:
    if nothing.side == "mentors":
        return str(_("No mentor is ready to be matched."))
    return str(_("Nobody who wants a mentor is ready to be matched."))
