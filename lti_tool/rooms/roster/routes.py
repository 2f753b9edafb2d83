from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.rooms.roster import queries, reviews, service, view
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
            flash(
                _("%(name)s still has reviews to sign. Hand them over first.", name=expert.display_name),
                "warning",
            )
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


@bp.post("/cohorts/<int:cohort_id>/missing/reviews")
def hand_over(course_id: int, cohort_id: int) -> Page:
    """Give the reviews of a missing expert (``from``) to another one (``to-`` and the first one's id)."""
    found = queries.missing(db.session, access.cohort(), _page())
    owner = request.form.get("from", type=int)
    owed = next((one.owed for one in found.people if one.participant.id == owner and one.owed), None)
    if owed is None:
        return redirect(_url("roster.missing"), 303)  # a first click did it
    to = _successor(request.form.get(f"to-{owner}", type=int))
    if to is None:
        return _missing_page(DecisionForm(formdata=None), found, unchosen=owner), 422
    taken = reviews.hand_over(db.session, access.cohort(), [one.id for one in owed.checkpoints], to)
    if taken:
        back = _url("roster.hand_back", to=owner, what=[one.id for one in taken])
        say_undo(view.handed_over(taken, to), url=back, button=_("Undo"))
    return redirect(_url("roster.missing"), 303)


@bp.post("/cohorts/<int:cohort_id>/missing/reviews/back")
def hand_back(course_id: int, cohort_id: int) -> Page:
    """Undo handing over: ``what`` (checkpoints) goes back to ``to``, in the query."""
    ids = _bearable(request.args.getlist("what", type=int))
    owner = _bearable(request.args.getlist("to", type=int))[:1]
    to = reviews.expert_of(db.session, access.cohort(), owner[0]) if owner else None
    if to is not None:
        reviews.hand_over(db.session, access.cohort(), ids, to)
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
    return queries.of_cohort(db.session, access.cohort(), _bearable(ids)[: queries.PAGE_SIZE])


def _bearable(ids: list[int]) -> list[int]:
    return [key for key in ids if 0 < key <= LARGEST_KEY]


def _successor(chosen: int | None) -> models.Participant | None:
    """The expert who was chosen, if they are on the course list."""
    known = _bearable([chosen] if chosen is not None else [])
    found = reviews.expert_of(db.session, access.cohort(), known[0]) if known else None
    return found if found is not None and found.member.missing_since is None else None


def _missing_page(form: DecisionForm, found: queries.MissingPage, unchosen: int | None = None) -> str:
    """
    Args:
        unchosen: the participant id of the expert for whose reviews nobody was chosen.
    """
    return render_template(
        "roster/missing.html",
        form=form,
        found=found,
        cards=[view.card(one) for one in found.people],
        action=_url("roster.decide", page=found.page),
        hand_over=_url("roster.hand_over", page=found.page),
        unchosen=unchosen,
        experts=_url("cohorts.experts"),
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
