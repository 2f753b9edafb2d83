"""Changing running pairs as little as possible when somebody left or came late."""

from flask import redirect, render_template, url_for

from lti_tool.db.engine import db
from lti_tool.rooms.rounds import pair_rules, running, service
from lti_tool.rooms.rounds.adjust_form import AdjustForm
from lti_tool.rooms.rounds.readiness import readiness
from lti_tool.rooms.rounds.routes import Answer, bp
from lti_tool.web.access import cohort, place


@bp.get("/adjust")
def adjust(course_id: int, cohort_id: int) -> Answer:
    return _page(AdjustForm())


@bp.post("/adjust")
def start_adjustment(course_id: int, cohort_id: int) -> Answer:
    form = AdjustForm()
    if not form.validate_on_submit():
        return _page(form), 400
    by, most = place().viewer.member, form.most_changes.data
    try:
        matching_round = service.start_adjustment(db.session, cohort(), by, most)
    except service.CannotStart as refusal:
        return _page(form, str(refusal)), 409
    return redirect(url_for("jobs.show", course_id=course_id, job_id=matching_round.job_id), 303)


def _page(form: AdjustForm, refusal: str | None = None) -> str:
    return render_template(
        "rounds/adjust.html",
        cohort=cohort(),
        form=form,
        situation=running.situation(db.session, cohort()),
        ready=readiness(db.session, cohort()),
        decided=pair_rules.count(db.session, cohort()),
        refusal=refusal,
    )
