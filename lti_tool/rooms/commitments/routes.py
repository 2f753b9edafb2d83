"""The page of a pair's commitments."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.commitments import queries, service
from lti_tool.rooms.commitments.forms import CommitmentForm
from lti_tool.web import access
from lti_tool.web.errors import not_found

bp = Blueprint(
    "commitments",
    __name__,
    url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>/mentorships/<int:mentorship_id>/commitments",
)
Page = Response | str | tuple[str, int]


@bp.route("", methods=["GET", "POST"])
def index(course_id: int, cohort_id: int, mentorship_id: int) -> Page:
    mentorship, participant = _mentorship(), access.participant()
    today = clock.today(participant.timezone)
    form = CommitmentForm(today=today, last_day=access.cohort().ends_on)
    is_over = mentorship.ended_at is not None or access.cohort().ends_on < today
    if form.validate_on_submit() and form.due_on.data is not None:
        try:
            service.make(db.session, mentorship, participant, form.text.data or "", form.due_on.data)
        except service.NotNow:
            form.text.errors = [_("Let your partner confirm the open ones first.")]
        else:
            flash(_("Your commitment is noted."), "success")
            return redirect(_url(), 303)
    found = queries.of_mentorship(db.session, mentorship, request.args.get("page", 1, type=int))
    page = render_template(
        "commitments/index.html",
        form=form,
        found=found,
        participant=participant,
        others=[one.participant.display_name for one in mentorship.others(participant.id)],
        is_over=is_over,
        ids=request.view_args,
        url_of=lambda number: url_for("commitments.index", page=number, **(request.view_args or {})),
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:commitment_id>/settle")
def settle(course_id: int, cohort_id: int, mentorship_id: int, commitment_id: int) -> Page:
    commitment: models.Commitment = access.place().found["commitment"]
    if commitment.mentorship_id != mentorship_id:
        raise not_found()
    kept = request.form.get("kept") == "1"
    try:
        service.settle(db.session, commitment, access.participant(), kept=kept)
    except service.NotNow:
        flash(_("Only your partner can confirm what you promised."), "info")
    else:
        flash(_("Confirmed: it was kept.") if kept else _("Noted: it was not kept."), "success")
    return redirect(_url(), 303)


def _mentorship() -> models.Mentorship:
    mentorship: models.Mentorship = access.place().found["mentorship"]
    return mentorship


def _url() -> str:
    here = request.view_args or {}
    return url_for(
        "commitments.index",
        course_id=here["course_id"],
        cohort_id=here["cohort_id"],
        mentorship_id=here["mentorship_id"],
    )
