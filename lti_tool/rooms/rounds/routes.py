"""Pages of matching: who is ready, a round's proposal, publishing it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds import (
    adjust_words,
    pair_rules,
    publishing,
    queries,
    rules_store,
    rules_words,
    service,
    wording,
)
from lti_tool.rooms.rounds.next_steps import next_steps
from lti_tool.rooms.rounds.page import ids, page_number, round_page, this_round, this_scenario
from lti_tool.rooms.rounds.readiness import not_ready, readiness
from lti_tool.web.access import cohort, place
from lti_tool.web.messages import say_undo

bp = Blueprint("rounds", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>/rounds")

Answer = Response | str | tuple[str, int]


@bp.get("")
def index(course_id: int, cohort_id: int) -> Answer:
    return _index()


@bp.post("")
def start(course_id: int, cohort_id: int) -> Answer:
    try:
        matching_round = service.start(db.session, cohort(), place().viewer.member)
    except service.CannotStart as refusal:
        return _index(refusal=str(refusal)), 409
    return redirect(url_for("jobs.show", course_id=course_id, job_id=matching_round.job_id), 303)


@bp.get("/<int:round_id>")
def show(course_id: int, cohort_id: int, round_id: int) -> Answer:
    """The round's result: the one that was published, or the newest."""
    if this_round().job.under_way:
        return redirect(url_for("jobs.show", course_id=course_id, job_id=this_round().job_id), 303)
    return round_page(queries.shown_scenario(db.session, this_round()))


@bp.get("/<int:round_id>/scenarios/<int:scenario_id>")
def scenario(course_id: int, cohort_id: int, round_id: int, scenario_id: int) -> Answer:
    return round_page(this_scenario())


@bp.post("/<int:round_id>/scenarios/<int:scenario_id>/publish")
def publish(course_id: int, cohort_id: int, round_id: int, scenario_id: int) -> Answer:
    try:
        result = publishing.publish(db.session, this_scenario(), place().viewer.member)
    except publishing.CannotPublish as refusal:
        db.session.rollback()
        return round_page(this_scenario(), refusal=str(refusal)), 409
    if result is not None:
        undo = url_for("rounds.unpublish", course_id=course_id, cohort_id=cohort_id, round_id=round_id)
        told = adjust_words.published(result) if this_round().adjusts else wording.published(result)
        say_undo(told, url=undo, button=_("Take it back"))
        if result.skipped:
            flash(wording.skipped(result), "warning")
    return _to_round()


@bp.post("/<int:round_id>/unpublish")
def unpublish(course_id: int, cohort_id: int, round_id: int) -> Answer:
    try:
        if publishing.unpublish(db.session, this_round(), place().viewer.member):
            flash(_("The pairs are taken back. Nobody sees them any more."), "success")
    except publishing.CannotPublish as refusal:
        return round_page(_shown(), refusal=str(refusal)), 409
    return _to_round()


def _shown() -> models.Scenario | None:
    return queries.shown_scenario(db.session, this_round())


def _to_round() -> Response:
    return redirect(url_for("rounds.show", **ids()), 303)


def _index(refusal: str | None = None) -> str:
    ready = readiness(db.session, cohort())
    pages = queries.pages(queries.count_rounds(db.session, cohort()))
    page = page_number("page", pages)
    return render_template(
        "rounds/index.html",
        cohort=cohort(),
        ready=ready,
        steps=next_steps(db.session, cohort(), ready),
        rules_sentence=rules_words.sentences(rules_store.values_of(rules_store.newest(db.session, cohort())))[
            0
        ],
        decided=pair_rules.count(db.session, cohort()),
        not_ready=not_ready(db.session, cohort()),
        rounds=queries.rounds(db.session, cohort(), page),
        page=page,
        pages=pages,
        refusal=refusal,
        wording=wording,
    )
