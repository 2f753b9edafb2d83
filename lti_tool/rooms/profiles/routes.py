from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import leaving
from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.outbox.mail import KINDS
from lti_tool.rooms.profiles import languages, queries, service, view
from lti_tool.rooms.profiles.forms import (
    ConsentForm,
    MailForm,
    RoleForm,
    TimesForm,
    TopicsForm,
    ZoneForm,
    topics_form,
)
from lti_tool.settings import current
from lti_tool.web import access, audience
from lti_tool.web.choices import choices
from lti_tool.web.messages import say_receipt, say_undo
from lti_tool.web.profile_steps import missing_step

bp = Blueprint("profiles", __name__, url_prefix="/courses/<int:course_id>")

Page = Response | str | tuple[str, int]


@bp.route("/cohorts/<int:cohort_id>/join", methods=["GET", "POST"])
def consent(course_id: int, cohort_id: int) -> Page:
    here = access.place()
    cohort = access.cohort()
    if here.participant is not None and here.participant.left_at is None:
        return to_home(here.participant)
    admitted = audience.admits(db.session, here.viewer.member, cohort)
    obstacle = view.obstacle(here.viewer, cohort, admitted=admitted)
    if obstacle is not None:
        return render_template(
            "profiles/closed.html", obstacle=obstacle, home_url=url_for("cohorts.home", course_id=course_id)
        ), _status_of_refusal()
    form = ConsentForm(role=here.participant.role if here.participant else None)
    if not form.validate_on_submit():
        return _page(
            "profiles/consent.html", form=form, cohort=cohort, returning=here.participant is not None
        )
    spoken = languages.guess(here.viewer.member.person.locale or session.get("locale"))
    participant = service.join(db.session, here.viewer.member, cohort, role=form.role.data, languages=spoken)
    return to_home(participant)


@bp.route("/cohorts/<int:cohort_id>/topics", methods=["GET", "POST"])
def topics(course_id: int, cohort_id: int) -> Page:
    participant = access.participant()
    if not profile_is_theirs(participant):
        return to_home(participant)
    named = queries.topics_of(db.session, access.cohort())
    form = topics_form(named, learns=participant.learns, mentors=participant.mentors)(
        data=view.topics_data(participant)
    )
    form.languages.choices = choices(languages.named(participant.languages))
    if not form.validate_on_submit():
        return _page("profiles/topics.html", form=form, topics=named, **_around(participant))
    service.set_topics(
        db.session,
        participant,
        levels=view.levels_in(form, named),
        languages=form.languages.data or [],
        capacity=form.capacity.data if participant.mentors else None,
    )
    return _after_step(participant, _("Your topics are saved."))


@bp.route("/cohorts/<int:cohort_id>/times", methods=["GET", "POST"])
def times(course_id: int, cohort_id: int) -> Page:
    participant = access.participant()
    if not profile_is_theirs(participant):
        return to_home(participant)
    form = TimesForm(data={"week": sorted(participant.week), "timezone": participant.timezone})
    if not form.validate_on_submit():
        guess = participant.member.person.timezone is None
        return _page("profiles/times.html", form=form, guess=guess, **_around(participant))
    is_first = not participant.week
    service.set_week(db.session, participant, form.week.data or [], form.timezone.data)
    if is_first and missing_step(participant) is None:
        say_receipt(_("You are in"), view.joined(participant))
        return to_home(participant)
    return _after_step(participant, _("Your free times are saved."))


@bp.route("/timezone", methods=["GET", "POST"])
def timezone(course_id: int) -> Page:
    viewer = access.place().viewer
    back = view.safe_path(request.values.get("back")) or url_for("cohorts.home", course_id=course_id)
    form = ZoneForm(timezone=viewer.timezone)
    if not form.validate_on_submit():
        guess = viewer.member.person.timezone is None
        return _page("profiles/timezone.html", form=form, back=back, guess=guess)
    service.set_zone(db.session, viewer.member, form.timezone.data)
    flash(_("Times are now shown in %(zone)s.", zone=form.timezone.data), "success")
    return redirect(back, 303)


@bp.route("/mail", methods=["GET", "POST"])
def mail(course_id: int) -> Page:
    """Which mails the person gets; POST keeps the choice."""
    viewer = access.place().viewer
    person = viewer.member.person
    back = view.safe_path(request.values.get("back")) or url_for("cohorts.home", course_id=course_id)
    form = MailForm(data={"kinds": [kind for kind in KINDS if kind not in (person.mail_off or [])]})
    if not form.validate_on_submit():
        sends = current().smtp_url is not None
        return _page("profiles/mail.html", form=form, back=back, sends=sends, address=person.email)
    service.set_mail(db.session, viewer.member, form.kinds.data or [])
    flash(_("Your choice of mail is saved."), "success")
    return redirect(back, 303)


@bp.route("/cohorts/<int:cohort_id>/me", methods=["GET", "POST"])
def me(course_id: int, cohort_id: int) -> Page:
    participant = access.participant()
    if not profile_is_theirs(participant):
        return to_home(participant)
    form = RoleForm(role=participant.role)
    if not form.validate_on_submit():
        return _page(
            "profiles/me.html",
            form=form,
            participant=participant,
            facts=view.facts(participant),
            mail_url=url_for("profiles.mail", course_id=course_id, back=request.script_root + request.path),
            mentorships=queries.open_mentorships(db.session, participant),
            wishes_url=url_of("profiles.wish_list", participant),
            **{
                f"{step}_url": url_of(f"profiles.{step}", participant)
                for step in ("topics", "times", "leave")
            },
        )
    service.set_role(db.session, participant, form.role.data)
    return _after_step(participant, _("Your way of taking part is saved."))


@bp.post("/cohorts/<int:cohort_id>/leave")
def leave(course_id: int, cohort_id: int) -> Response:
    participant = access.participant()
    if participant.role == "expert" or participant.left_at is not None:
        return to_home(participant)
    leaving.leave(db.session, participant)
    undo = url_for("profiles.rejoin", course_id=course_id, cohort_id=cohort_id)
    say_undo(_("You have left."), url=undo, button=_("Come back"))
    return redirect(url_for("profiles.consent", course_id=course_id, cohort_id=cohort_id), 303)


@bp.post("/cohorts/<int:cohort_id>/rejoin")
def rejoin(course_id: int, cohort_id: int) -> Response:
    participant = access.participant()
    is_over = access.cohort().ends_on < clock.today(participant.timezone)
    # An expert did not leave but was let go: only who teaches can name them again.
    admitted = audience.admits(db.session, participant.member, access.cohort())
    if participant.left_at is not None and (is_over or participant.role == "expert" or not admitted):
        return redirect(url_for("profiles.consent", course_id=course_id, cohort_id=cohort_id), 303)
    if participant.left_at is not None:
        leaving.rejoin(db.session, participant)
        flash(_("You are back."), "success")
    return to_home(participant)


def _page(template: str, *, form: TopicsForm | RoleForm | ZoneForm | MailForm, **words: object) -> Page:
    page = render_template(template, form=form, **words)
    return (page, 422) if form.errors else page


def _status_of_refusal() -> int:
    return 409 if request.method == "POST" else 200


def profile_is_theirs(participant: models.Participant) -> bool:
    """Experts have no profile to fill in, and whoever left is asked for consent again first."""
    return participant.role != "expert" and participant.left_at is None


def to_home(participant: models.Participant) -> Response:
    endpoint = "mentorships.home"
    if participant.left_at is not None:
        endpoint = "profiles.consent"
    elif participant.role == "expert":
        endpoint = "checkpoints.queue"
    return redirect(url_of(endpoint, participant), 303)


def _after_step(participant: models.Participant, done: str) -> Response:
    """To the next step while the profile is new; else back to where the profile is seen as a whole."""
    step = missing_step(participant)
    if step is None:
        flash(done, "success")
    return redirect(url_of(step or "profiles.me", participant), 303)


def _around(participant: models.Participant) -> dict[str, object]:
    """What a step shows around its form: where the person is on their first way through, or the way back."""
    return {
        "first_time": missing_step(participant) is not None,
        "awaits_approval": participant.mentors and not participant.mentor_approved,
        "me_url": url_of("profiles.me", participant),
    }


def url_of(endpoint: str, participant: models.Participant) -> str:
    return url_for(endpoint, course_id=participant.cohort.course_id, cohort_id=participant.cohort_id)
