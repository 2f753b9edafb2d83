"""Pages of the grade rule, and the buttons of the gradebook's page that decide something."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.outbox import participation, readback, scores
from lti_tool.rooms.grading import queries, service, wording
from lti_tool.rooms.grading.forms import RuleForm
from lti_tool.rooms.grading.plan import RulePlan, digest
from lti_tool.web import access

bp = Blueprint("grading", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>")
Page = Response | str | tuple[str, int]


@bp.context_processor
def _ids() -> dict[str, Any]:
    return {"ids": {name: (request.view_args or {})[name] for name in ("course_id", "cohort_id")}}


@bp.route("/grade-rule", methods=["GET", "POST"])
def rule(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    present = cohort.grade_rule
    form = RuleForm.of(RulePlan.draft_of(present) or RulePlan.of(present))
    if form.validate_on_submit():
        if not form.plan().terms.apart or scores.can_make_columns(cohort.course):
            service.draft(db.session, cohort, form.plan())
            return redirect(_url("grading.preview"), 303)
        form.columns.errors = [
            _("Your learning platform lets this tool fill the activity's own column only: choose one.")
        ]
    page = render_template("grading/rule.html", form=form, drafted=present.draft is not None)
    return page, 422 if form.errors else 200


@bp.get("/grade-rule/preview")
def preview(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    plan = RulePlan.draft_of(cohort.grade_rule)
    if plan is None:
        return redirect(_url("grading.rule"), 303)
    found = queries.preview(db.session, cohort, plan, request.args.get("page", 1, type=int))
    return render_template(
        "grading/preview.html",
        preview=found,
        digest=digest(cohort.grade_rule),
        url_of=lambda page: _url("grading.preview", page=page),
        **wording.preview(db.session, cohort, plan, found),
    )


@bp.post("/grade-rule/apply")
def apply(course_id: int, cohort_id: int) -> Page:
    cohort = access.cohort()
    try:
        job = service.apply(db.session, cohort, request.form.get("seen", ""))
    except service.Outdated:
        flash(_("The rule was changed meanwhile. Look at it again."), "warning")
        return redirect(_url("grading.preview"), 303)
    flash(_("The rule holds from now on."), "success")
    return _after(job)


@bp.post("/grade-rule/discard")
def discard(course_id: int, cohort_id: int) -> Page:
    service.discard(db.session, access.cohort())
    flash(_("The rule stays as it was."), "success")
    return redirect(_url("reports.gradebook"), 303)


@bp.post("/gradebook/<int:participant_id>/excuse")
def excuse(course_id: int, cohort_id: int, participant_id: int) -> Page:
    person: models.Participant = access.place().found["participant"]
    participation.excuse(db.session, person)
    flash(_("%(name)s is excused. “Undo” stands in their row.", name=person.display_name), "success")
    return redirect(_url("reports.gradebook"), 303)


@bp.post("/gradebook/<int:participant_id>/grade")
def grade_again(course_id: int, cohort_id: int, participant_id: int) -> Page:
    person: models.Participant = access.place().found["participant"]
    participation.grade_again(db.session, person)
    flash(_("%(name)s is graded again.", name=person.display_name), "success")
    return redirect(_url("reports.gradebook"), 303)


@bp.post("/gradebook/send")
def send_all(course_id: int, cohort_id: int) -> Page:
    job = service.send_all(db.session, access.cohort())
    flash(_("Everybody's points are being sent once more."), "success")
    return _after(job)


@bp.post("/gradebook/column")
def make_columns(course_id: int, cohort_id: int) -> Page:
    if service.make_columns(db.session, access.cohort()):
        flash(_("A new column is being made, and the points are sent to it."), "success")
    else:
        flash(_("No column is missing."), "info")
    return redirect(_url("reports.gradebook"), 303)


@bp.post("/gradebook/read")
def read(course_id: int, cohort_id: int) -> Page:
    readback.ask(db.session, access.cohort())
    flash(_("The gradebook is being read. Load this page again in a moment."), "success")
    return redirect(_url("reports.gradebook"), 303)


def _after(job: models.Job | None) -> Response:
    if job is None:
        return redirect(_url("reports.gradebook"), 303)
    return redirect(url_for("jobs.show", course_id=job.course_id, job_id=job.id), 303)


def _url(endpoint: str, **values: Any) -> str:
    cohort = access.cohort()
    return url_for(endpoint, course_id=cohort.course_id, cohort_id=cohort.id, **values)
