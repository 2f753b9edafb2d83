"""The gradebook page: people by columns, and how the scores arrived."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from sqlalchemy import select

from lti_tool.sandbox.listing import read_slice
from lti_tool.sandbox.membership_role import has_role
from lti_tool.sandbox.models import LineItem, Membership, Score, ServiceRequest
from lti_tool.sandbox.pages import course_or_404
from lti_tool.sandbox.store import session
from lti_tool.sandbox.vocabulary import ROLE_LEARNER

blueprint = Blueprint("gradebook", __name__)
_COLUMNS = 20
_LINES = 25


@blueprint.get("/courses/<course_id>/gradebook")
def gradebook(course_id: str) -> str:
    course = course_or_404(course_id)
    learners = read_slice(
        select(Membership)
        .where(Membership.course_id == course_id, has_role(ROLE_LEARNER))
        .order_by(Membership.id)
    )
    columns = _columns(course_id)
    return render_template(
        "gradebook.html",
        course=course,
        learners=learners,
        columns=columns,
        scores=_scores(columns, learners.rows),
        lines=_lines(course_id),
    )


def _columns(course_id: str) -> list[LineItem]:
    """The newest columns, in the order in which they were made."""
    newest = (
        select(LineItem).where(LineItem.course_id == course_id).order_by(LineItem.id.desc()).limit(_COLUMNS)
    )
    return list(reversed(session().scalars(newest).all()))


def _scores(columns: Sequence[LineItem], members: Sequence[Membership]) -> dict[tuple[int, str], Score]:
    found = session().scalars(
        select(Score).where(
            Score.line_item_id.in_([item.id for item in columns]),
            Score.person_id.in_([member.person_id for member in members]),
        )
    )
    return {(score.line_item_id, score.person_id): score for score in found}


def _lines(course_id: str) -> Sequence[ServiceRequest]:
    """The last requests about this course, and those for tokens, newest first."""
    about = ServiceRequest.path.startswith(f"/lti/courses/{course_id}/", autoescape=True)
    return (
        session()
        .scalars(
            select(ServiceRequest)
            .where(about | (ServiceRequest.path == "/token"))
            .order_by(ServiceRequest.id.desc())
            .limit(_LINES)
        )
        .all()
    )
