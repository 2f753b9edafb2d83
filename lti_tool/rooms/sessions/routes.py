from flask import Blueprint, flash, redirect, render_template, url_for
from flask import Response as FileResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.sessions import booking, queries, service, view
from lti_tool.rooms.sessions.calendar_file import calendar_file
from lti_tool.rooms.sessions.forms import AnswerForm, BookingForm
from lti_tool.web import access
from lti_tool.web.choices import choices
from lti_tool.web.errors import Problem
from lti_tool.web.messages import say_receipt, say_undo

bp = Blueprint("sessions", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>")

Page = Response | str | tuple[str, int]


@bp.route("/mentorships/<int:mentorship_id>/book", methods=["GET", "POST"])
def book(course_id: int, cohort_id: int, mentorship_id: int) -> Page:
    mentorship: models.Mentorship = access.place().found["mentorship"]
    participant = access.participant()
    back = url_for("mentorships.show", course_id=course_id, cohort_id=cohort_id, mentorship_id=mentorship_id)
    if mentorship.ended_at is not None:
        return _has_ended(back)
    form = BookingForm(zone=participant.timezone, last_day=access.cohort().ends_on)
    if not form.validate_on_submit():
        page = _booking_page(form, mentorship, participant, back)
        return (page, 422) if form.errors else page
    assert form.starts_at is not None
    try:
        meeting = service.book(
            db.session,
            mentorship,
            participant,
            starts_at=form.starts_at,
            minutes=form.minutes.data,
            place=form.place.data or None,
        )
    except service.NotNow:
        return _has_ended(back)
    flash(_("Your session is in both your lists."), "success")
    return _to_session(meeting)


def _has_ended(back: str) -> Response:
    flash(_("This mentorship has ended, so there are no more sessions to book."), "warning")
    return redirect(back, 303)


def _booking_page(
    form: BookingForm, mentorship: models.Mentorship, participant: models.Participant, back: str
) -> str:
    others = view.partners(mentorship, participant)
    people = [participant, *others]
    booked = queries.booked(db.session, people, clock.now())
    proposal = booking.proposed(people, booked, access.cohort().ends_on)
    form.slot.choices = choices(view.slot_choices(proposal.starts, participant, others))
    if not form.is_submitted() and proposal.starts:
        form.minutes.data = proposal.minutes
    return render_template(
        "sessions/book.html",
        form=form,
        others=view.names(others),
        topic=mentorship.topic,
        minutes=proposal.minutes,
        back=back,
    )


@bp.get("/sessions/<int:session_id>")
def show(course_id: int, cohort_id: int, session_id: int) -> str:
    meeting, participant = _meeting(), access.participant()
    own = service.own_attendance(meeting, participant)
    return render_template(
        "sessions/show.html",
        meeting=meeting,
        others=view.names(view.other_people(meeting, participant)),
        when=view.when(meeting, participant),
        state=view.state_of(meeting, participant),
        own_answer=own.answer,
        is_link=view.is_link(meeting.place),
        may_book=meeting.mentorship is not None and meeting.mentorship.ended_at is None,
        here={"course_id": course_id, "cohort_id": cohort_id},
    )


@bp.post("/sessions/<int:session_id>/confirm")
def confirm(course_id: int, cohort_id: int, session_id: int) -> Response:
    form = AnswerForm()
    if not form.validate():
        raise Problem(
            "no-answer",
            422,
            _("Which of the two?"),
            _("Say that you met, or that you did not meet."),
            _("Go back and choose one of the two buttons."),
        )
    meeting, participant = _meeting(), access.participant()
    try:
        service.answer(db.session, meeting, participant, form.answer.data or "")
    except service.NotNow:
        raise _too_early(meeting) from None
    _tell_answer(meeting, participant)
    return _to_session(meeting)


def _tell_answer(meeting: models.Session, participant: models.Participant) -> None:
    state = view.state_of(meeting, participant)
    others = view.names(view.other_people(meeting, participant))
    if state.key == "held":
        lines = [_("You and %(name)s both confirmed it.", name=others), _("It counts as taking part.")]
        say_receipt(_("You met"), lines)
    elif state.key == "waiting":
        undo = _url("sessions.unconfirm", meeting)
        message = _("Your answer is saved. %(name)s is asked too.", name=others)
        say_undo(message, url=undo, button=_("Take it back"))


@bp.post("/sessions/<int:session_id>/unconfirm")
def unconfirm(course_id: int, cohort_id: int, session_id: int) -> Response:
    meeting, participant = _meeting(), access.participant()
    try:
        service.take_back(db.session, meeting, participant)
    except service.NotNow:
        others = view.names(view.other_people(meeting, participant))
        flash(_("%(name)s has answered meanwhile, so your answer stays.", name=others), "warning")
    return _to_session(meeting)


@bp.post("/sessions/<int:session_id>/cancel")
def cancel(course_id: int, cohort_id: int, session_id: int) -> Response:
    meeting, participant = _meeting(), access.participant()
    try:
        service.cancel(db.session, meeting, participant)
    except service.NotNow:
        flash(_("It has begun already. Say whether you met instead."), "warning")
        return _to_session(meeting)
    others = view.names(view.other_people(meeting, participant))
    message = _("Cancelled. %(name)s sees it too.", name=others)
    say_undo(message, url=_url("sessions.restore", meeting), button=_("Restore it"))
    return _to_session(meeting)


@bp.post("/sessions/<int:session_id>/restore")
def restore(course_id: int, cohort_id: int, session_id: int) -> Response:
    meeting = _meeting()
    try:
        service.restore(db.session, meeting, access.participant())
    except service.NotNow:
        flash(_("This session cannot come back. Book a new one instead."), "warning")
    return _to_session(meeting)


@bp.get("/sessions/<int:session_id>/calendar.ics")
def calendar(course_id: int, cohort_id: int, session_id: int) -> Response:
    meeting = _meeting()
    others = view.names(view.other_people(meeting, access.participant()))
    topic = meeting.mentorship.topic.name if meeting.mentorship else None
    content = calendar_file(meeting, others, topic, settings.current().public_url)
    response = FileResponse(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="session-{meeting.id}.ics"'
    return response


def _too_early(meeting: models.Session) -> Problem:
    if meeting.cancelled_at is not None:
        message = _("This session was cancelled, so there is nothing to confirm.")
    else:
        message = _("This session has not begun yet. Confirm it once you have met.")
    return Problem(
        "session-not-begun", 409, _("It is too early for that"), message, _("Go back to the session.")
    )


def _meeting() -> models.Session:
    meeting: models.Session = access.place().found["session"]
    return meeting


def _url(endpoint: str, meeting: models.Session) -> str:
    place = access.place()
    return url_for(endpoint, course_id=place.course.id, cohort_id=meeting.cohort_id, session_id=meeting.id)


def _to_session(meeting: models.Session) -> Response:
    return redirect(_url("sessions.show", meeting), 303)
