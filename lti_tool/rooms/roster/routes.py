from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.rooms.roster import queries, service, view
from lti_tool.rooms.roster.forms import DecisionForm
from lti_tool.web import access
from lti_tool.web.messages import say_undo

bp = Blueprint("roster", __name__, url_prefix="/courses/<int:course_id>")

Page = str | Response | tuple[str, int]


@bp.get("/cohorts/<int:cohort_id>/missing")
def missing(course_id: int, cohort_id: int) -> Page:
    found = queries.missing(db.session, access.cohort(), _page())
    return _missing_page(DecisionForm(), found)


@bp.post("/cohorts/<int:cohort_id>/missing")
def decide(course_id: int, cohort_id: int) -> Page:
    found = queries.missing(db.session, access.cohort(), _page())
    form = DecisionForm()
    if not form.validate_on_submit():
        return _missing_page(form, found), 422
    people = _people(form.who.data or [])
    if form.decision.data == "keep":
        kept = service.keep(db.session, people)
        if kept:
            _say(view.kept(kept), kept, "keep")
    else:
        done = service.take_out(db.session, people)
        if done.out:
            _say(view.taken_out(done.out), done.out, "out")
        for expert in done.owing:
            flash(_("%(name)s still has reviews to sign.", name=expert.display_name), "warning")
    left = queries.missing(db.session, access.cohort(), 1).total
    return redirect(_url("roster.missing" if left else "cohorts.show"), 303)


@bp.post("/cohorts/<int:cohort_id>/missing/undo")
def undo(course_id: int, cohort_id: int) -> Page:
    """Takes back a decision: ``was`` (out or keep) about ``who``, in the query."""
    people = _people(request.args.getlist("who", type=int))
    if request.args.get("was") == "keep":
        service.ask_again(db.session, people)
    else:
        service.put_back(db.session, people)
        flash(ngettext("%(num)s person is back.", "%(num)s people are back.", len(people)), "success")
    return redirect(_url("roster.missing"), 303)


@bp.get("/roster")
def held(course_id: int) -> Page:
    found = queries.held(db.session, access.place().course, _page())
    return render_template(
        "roster/held.html",
        held=found,
        counts=view.counts(found) if found else [],
        url_of=lambda page: url_for("roster.held", course_id=course_id, page=page),
    )


@bp.post("/roster/accept")
def accept(course_id: int) -> Page:
    job = service.accept(db.session, access.place().course)
    return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)


@bp.post("/roster/discard")
def discard(course_id: int) -> Page:
    service.discard(db.session, access.place().course)
    flash(_("Everybody stays as they were. Read the course list again when it is right."), "success")
    return redirect(url_for("cohorts.home", course_id=course_id), 303)


def _people(ids: list[int]) -> list[models.Participant]:
    named = [key for key in ids if 0 < key <= LARGEST_KEY][: queries.PAGE_SIZE]
    return queries.of_cohort(db.session, access.cohort(), named)


def _missing_page(form: DecisionForm, found: queries.MissingPage) -> str:
    return render_template(
        "roster/missing.html",
        form=form,
        found=found,
        cards=[view.card(one) for one in found.people],
        action=_url("roster.decide", page=found.page),
        back=_url("cohorts.show"),
        url_of=lambda page: _url("roster.missing", page=page),
    )


def _say(message: str, people: list[models.Participant], was: str) -> None:
    ids = [one.id for one in people]
    say_undo(message, url=_url("roster.undo", who=ids, was=was), button=_("Undo"))


def _url(endpoint: str, **values: Any) -> str:
    cohort = access.cohort()
    return url_for(endpoint, course_id=cohort.course_id, cohort_id=cohort.id, **values)


def _page() -> int:
    return request.args.get("page", 1, type=int)
