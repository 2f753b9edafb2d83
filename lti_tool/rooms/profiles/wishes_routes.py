"""Goals and wishes: a page of the profile that nobody has to fill in."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import AnyOf
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.profiles import wishes
from lti_tool.rooms.profiles.routes import Page, bp, profile_is_theirs, to_home
from lti_tool.web import access, goals
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

LONGEST_NAME = 100


class GoalsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    goals = SelectMultipleField(
        _l("What are you here for?"),
        choices=choices(goals.GOALS.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    kind = HiddenField(validators=[AnyOf(["like", "never", "neither"])])


@bp.route("/cohorts/<int:cohort_id>/wishes", methods=["GET", "POST"])
def wish_list(course_id: int, cohort_id: int) -> Page:
    participant = access.participant()
    if not profile_is_theirs(participant):
        return to_home(participant)
    form = GoalsForm(data={"goals": participant.goals or []})
    if form.validate_on_submit():
        wishes.set_goals(db.session, participant, form.goals.data or [])
        flash(_("Your goals are saved."), "success")
        return redirect(_page_url(participant), 303)
    page = _page(participant, form)
    return (page, 422) if form.errors else page


@bp.post("/cohorts/<int:cohort_id>/wishes/<int:member_id>")
def name(course_id: int, cohort_id: int, member_id: int) -> Page:
    """Name somebody of the course; with "neither", take the name away."""
    participant = access.participant()
    if not profile_is_theirs(participant):
        return to_home(participant)
    form = NameForm()
    if not form.validate_on_submit():
        flash(_("Choose what you want to say about this person."), "danger")
        return _page(participant, GoalsForm(formdata=None, data={"goals": participant.goals or []})), 422
    kinds: dict[str, wishes.Kind] = {"like": "like", "never": "never"}
    kind = kinds.get(form.kind.data or "")
    if kind is None:
        wishes.forget(db.session, participant, member_id)
        return redirect(_page_url(participant), 303)
    refusal = wishes.name(db.session, participant, member_id, kind)
    if refusal is not None:
        flash(_words(refusal), "danger")
        return _page(participant, GoalsForm(formdata=None, data={"goals": participant.goals or []})), 409
    return redirect(_page_url(participant), 303)


def _words(refusal: wishes.Refusal) -> str:
    if refusal == "full":
        return str(_("The list is full. Take a name away first."))
    return str(_("Nobody of this course has that number. Look for the name again."))


def _page(participant: models.Participant, form: GoalsForm) -> str:
    wanted = _wanted()
    named = wishes.of(db.session, participant)
    return render_template(
        "profiles/wishes.html",
        form=form,
        wishes=named,
        most_liked=wishes.MOST_LIKED,
        wanted=wanted,
        found=[one for one in wishes.find(db.session, participant, wanted) if one.id not in named.named],
        here={"course_id": participant.cohort.course_id, "cohort_id": participant.cohort_id},
    )


def _page_url(participant: models.Participant) -> str:
    cohort = participant.cohort
    return url_for(
        "profiles.wish_list",
        course_id=cohort.course_id,
        cohort_id=cohort.id,
        q=_wanted() or None,
    )


def _wanted() -> str:
    return one_line(request.args.get("q"))[:LONGEST_NAME]
