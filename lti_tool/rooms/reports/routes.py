"""Pages of reports."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.outbox import participation, scores
from lti_tool.rooms.reports import (
    drawing,
    pages,
    service,
    wording,
)
from lti_tool.rooms.reports import (
    engagement as counting,
)
from lti_tool.rooms.reports import (
    gradebook as grades,
)
from lti_tool.web import access

bp = Blueprint("reports", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>")

# A drawing that stands alone brings its own style, and nothing else (CSP 3, 4.2).
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@bp.context_processor
def _ids() -> dict[str, Any]:
    return {"ids": {name: (request.view_args or {})[name] for name in ("course_id", "cohort_id")}}


@bp.get("/report")
def engagement(course_id: int, cohort_id: int) -> str:
    cohort = access.cohort()
    measured = counting.engagement(db.session, cohort, clock.today())
    rows = request.args.get("rows")
    shares = None
    if rows in {"rate", "frequency"}:
        shares = counting.shares(
            db.session, cohort, measured.months, _page(), only_people=rows == "frequency"
        )
    return render_template(
        "reports/engagement.html",
        measured=measured,
        rows=rows,
        shares=shares,
        url_of=_page_url("reports.engagement"),
        **pages.engagement(db.session, cohort, measured),
    )


@bp.get("/report/chart.svg")
def engagement_chart(course_id: int, cohort_id: int) -> Response:
    cohort = access.cohort()
    months = counting.engagement(db.session, cohort, clock.today()).months
    held = counting.sessions_by_month(db.session, cohort, months)
    answer = Response(drawing.standalone(cohort.name, months, held), mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = DRAWING_POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/gradebook")
def gradebook(course_id: int, cohort_id: int) -> str:
    cohort = access.cohort()
    page = grades.grade_page(db.session, cohort, _page())
    return render_template(
        "reports/gradebook.html",
        page=page,
        refused=grades.refused(db.session, cohort),
        words=wording,
        url_of=_page_url("reports.gradebook"),
        **pages.gradebook(cohort, grades.columns(db.session, cohort), scores.offered(db.session, cohort)),
    )


@bp.post("/gradebook/<int:participant_id>/resend")
def resend(course_id: int, cohort_id: int, participant_id: int) -> BaseResponse:
    participant: models.Participant = access.place().found["participant"]
    if service.resend(db.session, participant):
        flash(_("The points of %(name)s are being sent again.", name=participant.display_name), "success")
    else:
        flash(_("Nothing was ever sent for %(name)s.", name=participant.display_name), "info")
    return redirect(url_for("reports.gradebook", course_id=course_id, cohort_id=cohort_id), 303)


@bp.get("/gradebook/<int:participant_id>")
def person(course_id: int, cohort_id: int, participant_id: int) -> str:
    """One learner's participation, for the instructor: the numbers, and nothing of what was said."""
    participant: models.Participant = access.place().found["participant"]
    offered = scores.offered(db.session, participant.cohort)
    return render_template(
        "reports/person.html",
        name=participant.display_name,
        graded=participation.graded(participant),
        **pages.of_person(
            grades.grade_row(db.session, participant),
            grades.what_counted(db.session, participant),
            sent=participant.cohort.grade_rule.enabled and offered,
        ),
    )


@bp.get("/mine")
def mine(course_id: int, cohort_id: int) -> str:
    participant = access.participant()
    offered = scores.offered(db.session, participant.cohort)
    return render_template(
        "reports/mine.html",
        graded=participation.graded(participant),
        excused=participant.excused_at is not None,
        **pages.mine(
            grades.grade_row(db.session, participant),
            grades.what_counted(db.session, participant),
            sent=participant.cohort.grade_rule.enabled and offered,
        ),
    )


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _page_url(endpoint: str) -> Callable[[int], str]:
    """The same page of results with the same choices, another page number."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    kept |= request.view_args or {}
    return lambda page: url_for(endpoint, **kept | {"page": page})
