"""Pages of cohorts: the landing page of every launch, and the instructor's pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.cohorts import copying, giving_out, landing, overview, queries, service, words
from lti_tool.rooms.cohorts import experts as reviewers
from lti_tool.rooms.cohorts import people as roll
from lti_tool.rooms.cohorts.expert_form import ExpertForm
from lti_tool.rooms.cohorts.forms import CohortForm
from lti_tool.web import access, administration, audience, groups
from lti_tool.web.errors import not_found
from lti_tool.web.identity import way_back
from lti_tool.web.times import zone

bp = Blueprint("cohorts", __name__, url_prefix="/courses/<int:course_id>")

Page = str | Response | tuple[str, int]


@bp.context_processor
def _ids() -> dict[str, Any]:
    arguments = request.view_args or {}
    return {"ids": {name: arguments[name] for name in ("course_id", "cohort_id") if name in arguments}}


@bp.get("/")
def home(course_id: int) -> Page:
    viewer = access.place().viewer
    if viewer.teaches:
        page = queries.cohort_page(db.session, viewer.member, clock.today(zone()), _page())
        return render_template(
            "cohorts/list.html",
            list=page,
            cards=overview.cards(page.cards),
            admin_url=_admin_url(),
            offers=copying.offers(db.session, viewer.member.course),
        )
    if viewer.member.role != "learner":
        back = way_back(course_id)
        # The page leads back by its own button.
        return render_template("cohorts/visitor.html", role=viewer.member.role, back=back, course_url=None)
    today = clock.today(zone())
    url, choices = landing.way_in(db.session, viewer.member, viewer.link_id, today)
    if url is not None:
        return redirect(url, 303)
    for_others = not choices and queries.others_only(db.session, viewer.member, today)
    return render_template("cohorts/choose.html", choices=overview.choices(choices), for_others=for_others)


@bp.route("/cohorts/new", methods=["GET", "POST"])
def create(course_id: int) -> Page:
    here = access.place()
    form = CohortForm(data=overview.defaults(clock.today(zone())))
    _offer_groups(form, None)
    if form.wants_another_row():
        return _form_page(form, None)
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        cohort = service.create(db.session, here.course, here.viewer.member, form.plan(), here.viewer.link_id)
    except service.NameTaken:
        return _name_taken(form, None)
    flash(_("The cohort “%(name)s” is made. Learners can join it now.", name=cohort.name), "success")
    return redirect(_after_creation(cohort), 303)


def _after_creation(cohort: models.Cohort) -> str:
    """Back to placing it in the course, when it was made on the way there."""
    placing = request.args.get("placing", type=int)
    if placing is None or placing < 0:
        return _url("cohorts.show", cohort)
    return url_for("placing.choose", course_id=cohort.course_id, deep_link_id=placing, cohort=cohort.id)


@bp.post("/cohorts/copy/<int:source_id>")
def copy(course_id: int, source_id: int) -> Page:
    here = access.place()
    try:
        cohort = copying.copy(db.session, here.course, source_id, here.viewer.member, clock.today(zone()))
    except copying.NotOffered:
        raise not_found() from None
    flash(_("The set-up is copied. Look the dates over, then learners can join."), "success")
    return redirect(_url("cohorts.edit", cohort), 303)


@bp.post("/cohorts/copy/<int:source_id>/decline")
def decline_copy(course_id: int, source_id: int) -> Page:
    here = access.place()
    try:
        copying.decline(db.session, here.course, source_id, here.viewer.member)
    except copying.NotOffered:
        raise not_found() from None
    return redirect(url_for("cohorts.home", course_id=course_id), 303)


@bp.route("/cohorts/<int:cohort_id>/edit", methods=["GET", "POST"])
def edit(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    form = CohortForm.of(cohort)
    _offer_groups(form, cohort)
    if form.wants_another_row() or not form.validate_on_submit():
        return _form_page(form, cohort)
    try:
        service.change(db.session, cohort, form.plan())
    except service.NameTaken:
        return _name_taken(form, cohort)
    except service.TopicInUse as refused:
        form.topics.errors = [
            _("“%(topic)s” is in use: rename it, but do not remove it.", topic=refused.args[0])
        ]
        return _form_page(form, cohort)
    flash(_("Your changes are saved."), "success")
    return redirect(_url("cohorts.show", cohort), 303)


@bp.get("/cohorts/<int:cohort_id>")
def show(course_id: int, cohort_id: int) -> Page:
    return render_template("cohorts/show.html", **overview.of(db.session, access.cohort()))


@bp.get("/cohorts/<int:cohort_id>/people")
def people(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    if request.args.get("show") == "absent":
        absent = roll.absent(db.session, cohort, _page())
        return render_template(
            "cohorts/absent.html", absent=absent, url_of=_page_url("cohorts.people", cohort)
        )
    role, state = request.args.get("role", ""), request.args.get("state", "")
    found = roll.people(db.session, cohort, role, state, _page())
    return render_template(
        "cohorts/people.html",
        people=found,
        role=role,
        state=state,
        **_people_words(),
        missing=roll.absent(db.session, cohort, 1).total,
        url_of=_page_url("cohorts.people", cohort),
    )


@bp.post("/cohorts/<int:cohort_id>/people/<int:participant_id>/trained")
def trained(course_id: int, cohort_id: int, participant_id: int) -> Page:
    person: models.Participant = access.place().found["participant"]
    on = request.form.get("on") == "1"
    service.note_training(db.session, person, on=on)
    name = person.display_name
    noted = _("%(name)s is noted as trained.", name=name)
    flash(noted if on else _("%(name)s is no longer noted as trained.", name=name), "success")
    return redirect(_url("cohorts.people", access.cohort()), 303)


@bp.post("/cohorts/<int:cohort_id>/people/<int:participant_id>/approve")
def approve_mentor(course_id: int, cohort_id: int, participant_id: int) -> Page:
    mentor: models.Participant = access.place().found["participant"]
    service.approve_mentor(mentor)
    flash(_("%(name)s can mentor from the next round on.", name=mentor.display_name), "success")
    return redirect(_url("cohorts.people", access.cohort(), state="approval"), 303)


@bp.route("/cohorts/<int:cohort_id>/experts", methods=["GET", "POST"])
def experts(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    named = reviewers.experts(db.session, cohort)
    wished = request.args.get("change", type=int)
    chosen = next((one.participant for one in named if one.participant.id == wished), None)
    candidates = reviewers.candidates(db.session, cohort, chosen)
    lacking = reviewers.topics_without_expert(db.session, cohort)
    form = ExpertForm()
    form.offer(candidates, cohort.topics, lacking, chosen)
    if not form.validate_on_submit():
        return _experts_page(form, named, lacking, chosen)
    member_id, topic_ids, reviews = form.answer()
    member = next(one for one in candidates if one.id == member_id)
    topics = [topic for topic in cohort.topics if topic.id in topic_ids]
    try:
        reviewers.name_expert(db.session, cohort, member, topics, reviews)
    except reviewers.TakesPart:
        form.member.errors = [_("%(name)s has just joined the cohort.", name=member.display_name)]
        return _experts_page(form, named, lacking, chosen)
    flash(_("%(name)s reviews pairs in this cohort.", name=member.display_name), "success")
    return redirect(_url("cohorts.experts", cohort), 303)


def _experts_page(
    form: ExpertForm,
    named: list[reviewers.Expert],
    lacking: list[str],
    chosen: models.Participant | None,
) -> tuple[str, int]:
    page = render_template(
        "cohorts/experts.html",
        form=form,
        experts=named,
        lacking=lacking,
        open=giving_out.without_expert(db.session, access.cohort()),
        chosen=chosen,
        initials=overview.initials,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/cohorts/<int:cohort_id>/experts/<int:participant_id>/remove")
def remove_expert(course_id: int, cohort_id: int, participant_id: int) -> Page:
    expert: models.Participant = access.place().found["participant"]
    name = expert.display_name
    if expert.role != "expert":
        raise not_found()
    try:
        reviewers.remove_expert(db.session, expert)
    except reviewers.HasOpenReviews:
        flash(_("%(name)s still has reviews to sign. Wait until they are done.", name=name), "warning")
    else:
        flash(_("%(name)s reviews no more pairs. What they signed stays.", name=name), "success")
    return redirect(_url("cohorts.experts", access.cohort()), 303)


@bp.post("/cohorts/<int:cohort_id>/roster")
def read_roster(course_id: int, cohort_id: int) -> Page:
    course = access.place().course
    if not course.memberships_url:
        flash(_("Your learning platform does not hand out the course list to this tool."), "warning")
        return redirect(_url("cohorts.show", access.cohort()), 303)
    job = service.read_roster(db.session, course, access.cohort())
    return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)


def _admin_url() -> str | None:
    """The administration, for somebody who was launched as an administrator of the LMS."""
    return url_for("admin.home") if administration.current() is not None else None


def _people_words() -> dict[str, Any]:
    return {
        "roles": words.ROLE_CHOICES,
        "states": words.state_choices(access.cohort()),
        "role_names": words.ROLE_NAMES,
        "state_names": words.STATE_NAMES,
        "state_kinds": words.STATE_KINDS,
        "interest_kinds": words.INTEREST_KINDS,
    }


def _offer_groups(form: CohortForm, cohort: models.Cohort | None) -> None:
    known = groups.of_course(db.session, access.place().course.id)
    form.offer_groups(groups.sets(known), cohort.group_set if cohort else None)
    form.offer_audience(audience.options(known), cohort)


def _form_page(form: CohortForm, cohort: models.Cohort | None) -> tuple[str, int]:
    status = 422 if form.errors else 200
    form.number_rows()
    known = len(form.only_group.choices or ()) > 1
    return render_template(
        "cohorts/form.html",
        form=form,
        cohort=cohort,
        asks_audience=known,
        asks_groups=known or (cohort is not None and cohort.group_rule != "any"),
        asks_set=len(form.group_set.choices or ()) > 1,
        cancel_url=_cancel_url(),
    ), status


def _cancel_url() -> str:
    course_id, placing = access.place().course.id, request.args.get("placing", type=int)
    if placing is not None and placing >= 0:
        return url_for("placing.choose", course_id=course_id, deep_link_id=placing)
    return url_for("cohorts.home", course_id=course_id)


def _name_taken(form: CohortForm, cohort: models.Cohort | None) -> tuple[str, int]:
    form.name.errors = [_("The course has another cohort of this name. Choose a different one.")]
    return _form_page(form, cohort)


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _url(endpoint: str, cohort: models.Cohort, **values: Any) -> str:
    return url_for(endpoint, course_id=cohort.course_id, cohort_id=cohort.id, **values)


def _page_url(endpoint: str, cohort: models.Cohort) -> Callable[[int], str]:
    """The same page of results with the same choices, another page number."""
    kept = {name: value for name, value in request.args.items() if name != "page"}
    return lambda page: _url(endpoint, cohort, **kept | {"page": str(page)})
