"""What holds for one expert: when they are away, and whom they must not review."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.rooms.cohorts import expert_limits, giving_out
from lti_tool.rooms.cohorts.absence_form import AbsenceForm
from lti_tool.rooms.cohorts.routes import Page, bp
from lti_tool.web import access
from lti_tool.web.errors import not_found
from lti_tool.web.texts import one_line

MOST_SEARCHED = 100
"""Letters of a name."""


@bp.get("/cohorts/<int:cohort_id>/experts/<int:participant_id>")
def expert(course_id: int, cohort_id: int, participant_id: int) -> Page:
    return _page(AbsenceForm())


@bp.post("/cohorts/<int:cohort_id>/experts/<int:participant_id>/absences")
def add_absence(course_id: int, cohort_id: int, participant_id: int) -> Page:
    form = AbsenceForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        expert_limits.add_absence(db.session, _expert(), *form.answer())
    except expert_limits.TooMany:
        form.starts_on.errors = [_("There are too many entries. Remove one first.")]
        return _page(form), 422
    name = _expert().display_name
    flash(_("From the next round on, no review of %(name)s is planned for these days.", name=name), "success")
    return _back()


@bp.post("/cohorts/<int:cohort_id>/experts/<int:participant_id>/absences/remove")
def remove_absence(course_id: int, cohort_id: int, participant_id: int) -> Page:
    expert_limits.remove_absence(db.session, _expert(), _number("absence"))
    return _back()


@bp.post("/cohorts/<int:cohort_id>/experts/<int:participant_id>/barred")
def bar(course_id: int, cohort_id: int, participant_id: int) -> Page:
    try:
        moved = expert_limits.bar(db.session, _expert(), _number("person"))
    except expert_limits.TooMany:
        flash(_("There are too many people here. Remove one first."), "warning")
        return _back()
    if moved is not None:
        _tell(moved)
    return _back()


@bp.post("/cohorts/<int:cohort_id>/experts/<int:participant_id>/barred/remove")
def unbar(course_id: int, cohort_id: int, participant_id: int) -> Page:
    expert_limits.unbar(db.session, _expert(), _number("person"))
    return _back()


@bp.post("/cohorts/<int:cohort_id>/experts/give-out")
def give_out(course_id: int, cohort_id: int) -> Page:
    """Give reviews that nobody is to do to the experts who can."""
    given = giving_out.give_to_whom_can(db.session, access.cohort())
    if given:
        text = ngettext("%(num)s review has an expert now.", "%(num)s reviews have an expert now.", given)
        flash(text, "success")
    if giving_out.without_expert(db.session, access.cohort()):
        flash(_("For the other reviews, no expert has the topic, the time and no conflict."), "warning")
    return redirect(url_for("cohorts.experts", course_id=course_id, cohort_id=cohort_id), 303)


def _tell(moved: expert_limits.Moved) -> None:
    names = {"name": _expert().display_name, "person": moved.person.display_name}
    flash(_("%(name)s reviews no pair of %(person)s.", **names), "success")
    if moved.to_others:
        text = ngettext(
            "%(num)s open review went to another expert.",
            "%(num)s open reviews went to other experts.",
            moved.to_others,
        )
        flash(text, "info")
    if moved.to_nobody:
        text = ngettext(
            "%(num)s open review has no expert now: nobody else can do it.",
            "%(num)s open reviews have no expert now: nobody else can do them.",
            moved.to_nobody,
        )
        flash(text, "warning")


def _page(form: AbsenceForm) -> str:
    wanted = one_line(request.args.get("q", ""))[:MOST_SEARCHED]
    return render_template(
        "cohorts/expert.html",
        expert=_expert(),
        form=form,
        absences=expert_limits.absences(db.session, _expert()),
        conflicts=expert_limits.conflicts(db.session, _expert()),
        people=expert_limits.people(db.session, _expert(), wanted),
        wanted=wanted,
        most=expert_limits.MOST_FOUND,
    )


def _expert() -> models.Participant:
    found: models.Participant = access.place().found["participant"]
    if found.role != "expert" or found.left_at is not None:
        raise not_found()
    return found


def _number(field: str) -> int:
    """An id from the form; 0, which nothing has, for whatever is none."""
    number = request.form.get(field, default=0, type=int)
    return number if 0 < number <= LARGEST_KEY else 0


def _back() -> Response:
    place = access.place()
    url = url_for(
        "cohorts.expert",
        course_id=place.course.id,
        cohort_id=access.cohort().id,
        participant_id=_expert().id,
    )
    return redirect(url, 303)
