"""Pages of matching: who is ready, a round's proposal, publishing it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds import publishing, queries, service, wording
from lti_tool.rooms.rounds.next_steps import next_steps
from lti_tool.rooms.rounds.proposal import view_of
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
    if _round().job.under_way:
        return redirect(url_for("jobs.show", course_id=course_id, job_id=_round().job_id), 303)
    return _show()


@bp.post("/<int:round_id>/publish")
def publish(course_id: int, cohort_id: int, round_id: int) -> Answer:
    try:
        result = publishing.publish(db.session, _round(), place().viewer.member)
    except publishing.CannotPublish as refusal:
        db.session.rollback()
        return _show(refusal=str(refusal)), 409
    if result is not None:
        undo = url_for("rounds.unpublish", course_id=course_id, cohort_id=cohort_id, round_id=round_id)
        say_undo(wording.published(result), url=undo, button=_("Take it back"))
        if result.skipped:
            flash(wording.skipped(result), "warning")
    return _to_round(round_id)


@bp.post("/<int:round_id>/unpublish")
def unpublish(course_id: int, cohort_id: int, round_id: int) -> Answer:
    try:
        if publishing.unpublish(db.session, _round()):
            flash(_("The pairs are taken back. Nobody sees them any more."), "success")
    except publishing.CannotPublish as refusal:
        return _show(refusal=str(refusal)), 409
    return _to_round(round_id)


def _to_round(round_id: int) -> Response:
    here = place()
    assert here.cohort is not None
    url = url_for("rounds.show", course_id=here.course.id, cohort_id=here.cohort.id, round_id=round_id)
    return redirect(url, 303)


def _index(refusal: str | None = None) -> str:
    ready = readiness(db.session, cohort())
    pages = queries.pages(queries.count_rounds(db.session, cohort()))
    page = _page("page", pages)
    return render_template(
        "rounds/index.html",
        cohort=cohort(),
        ready=ready,
        steps=next_steps(db.session, cohort(), ready),
        not_ready=not_ready(db.session, cohort()),
        rounds=queries.rounds(db.session, cohort(), page),
        page=page,
        pages=pages,
        refusal=refusal,
        wording=wording,
    )


def _show(refusal: str | None = None) -> str:
    scenario = queries.newest_scenario(db.session, _round())
    if scenario is None:
        return render_template(
            "rounds/without_proposal.html", round=_round(), refusal=refusal, wording=wording
        )
    pages = queries.pages(scenario.summary["matched"])
    left_out_pages = queries.pages(scenario.summary["left_out"])
    page, left_out_page = _page("page", pages), _page("left_out", left_out_pages)
    found = queries.proposal(db.session, scenario, page, left_out_page)
    return render_template(
        "rounds/show.html",
        round=_round(),
        numbers=scenario.summary,
        proposal=view_of(found, cohort(), _round()),
        may_unpublish=_round().published_at is not None and publishing.may_unpublish(db.session, _round()),
        page=page,
        pages=pages,
        left_out_page=left_out_page,
        left_out_pages=left_out_pages,
        refusal=refusal,
        wording=wording,
    )


def _page(name: str, pages: int) -> int:
    """The page that was asked for; anything that is no page of the list means the nearest one."""
    wished = request.args.get(name, default=1, type=int)
    return min(max(wished, 1), pages)


def _round() -> models.Round:
    found: models.Round = place().found["round"]
    return found
