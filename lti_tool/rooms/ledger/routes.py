"""The page on which an instructor sees that nothing was lost."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.rooms.ledger import queries, service, wording
from lti_tool.web import access

bp = Blueprint("ledger", __name__, url_prefix="/courses/<int:course_id>/ledger")


@bp.get("")
def show(course_id: int) -> str:
    course = access.place().course
    return render_template(
        "ledger/show.html",
        course=course,
        now=queries.now(db.session, course),
        overdue_since=queries.overdue_since(db.session, course),
        waiting=queries.waiting(db.session, course),
        changed=queries.changed_there(db.session, course),
        refused=queries.refused(db.session, course, request.args.get("page", 1, type=int)),
        days=queries.days(db.session, course),
        words=wording,
        stores=queries.store_names(db.session, course),
        url_of=lambda page: url_for("ledger.show", course_id=course_id, page=page),
    )


@bp.post("/resend")
def resend(course_id: int) -> Response:
    only = request.form.get("delivery", type=int) if "delivery" in request.form else None
    if "delivery" in request.form and (only is None or not 0 < only <= LARGEST_KEY):
        only = 0  # no row has it: an unreadable number never means all of them
    flash(*wording.resent(service.resend(db.session, access.place().course, only)))
    return redirect(url_for("ledger.show", course_id=course_id), 303)


@bp.post("/try")
def try_now(course_id: int) -> Response:
    flash(*wording.tried(service.try_now(db.session, access.place().course)))
    return redirect(url_for("ledger.show", course_id=course_id), 303)
