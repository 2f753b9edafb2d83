"""Checking a proof again, and taking it away as files."""

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.db.engine import db
from lti_tool.rooms.rounds import checking, proof_files, proof_words, queries, questions
from lti_tool.rooms.rounds.page import ids, stored, this_round, this_scenario
from lti_tool.rooms.rounds.routes import bp
from lti_tool.web.access import place
from lti_tool.web.messages import say_receipt

SCENARIO = "/<int:round_id>/scenarios/<int:scenario_id>"


@bp.post(f"{SCENARIO}/check")
def check(course_id: int, cohort_id: int, round_id: int, scenario_id: int) -> BaseResponse:
    """Verify the proof: at once where that takes no time, else in the worker."""
    scenario, made_of = this_scenario(), stored()
    if not scenario.certificate:
        return _no_proof()
    if not checking.is_small(scenario):
        asked = questions.ask(db.session, this_round(), scenario, "check", {}, place().viewer.member)
        return redirect(url_for("jobs.show", course_id=course_id, job_id=asked.job_id), 303)
    found = checking.verify(made_of, scenario.certificate)
    checking.note(scenario, found)
    if found.reason in proof_words.HOLDS:
        say_receipt(_("The proof was checked again, and it holds"), [])
    return redirect(url_for("rounds.scenario", scenario_id=scenario_id, **ids()) + "#proof-title", 303)


@bp.get(f"{SCENARIO}/people.csv")
def people_file(course_id: int, cohort_id: int, round_id: int, scenario_id: int) -> Response:
    made_of = stored()
    topics = queries.topics_of(db.session, round_id)
    text = proof_files.people_csv(made_of.people, made_of.recipe.rules, topics)
    return _file(text, "text/csv", f"{_stem()}-people.csv")


@bp.get(f"{SCENARIO}/proof.json")
def proof_file(course_id: int, cohort_id: int, round_id: int, scenario_id: int) -> BaseResponse:
    made_of, certificate = stored(), this_scenario().certificate
    if not certificate:
        return _no_proof()
    text = proof_files.proof_json(made_of.asked, made_of.people, made_of.recipe, certificate)
    return _file(text, "application/json", f"{_stem()}-proof.json")


def _no_proof() -> BaseResponse:
    """Back to the page, which says what is known instead."""
    flash(_("This result has no proof that could be checked. Its page says what is known instead."), "info")
    return redirect(url_for("rounds.scenario", scenario_id=this_scenario().id, **ids()), 303)


def _stem() -> str:
    return f"round-{this_round().number}-proposal-{this_scenario().number}"


def _file(text: str, kind: str, name: str) -> Response:
    answer = Response(text, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
