"""The gradebook page: people by columns, and how the scores arrived."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from lti_tool.sandbox.access import membership
from lti_tool.sandbox.listing import read_slice
from lti_tool.sandbox.membership_role import has_role
from lti_tool.sandbox.models import (
    LineItem,
    Membership,
    ResourceLink,
    Score,
    ServiceRequest,
    TeachersHand,
)
from lti_tool.sandbox.pages import LaunchForm, course_or_404, entered_person, launch_form
from lti_tool.sandbox.security import refuse_foreign_forms
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import find_tool
from lti_tool.sandbox.vocabulary import ROLE_INSTRUCTOR, ROLE_LEARNER

blueprint = Blueprint("gradebook", __name__)
blueprint.before_request(refuse_foreign_forms)
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
        teaches=teaches(course_id),
        reviews=_reviews(columns, learners.rows) if teaches(course_id) else {},
    )


@blueprint.post("/courses/<course_id>/gradebook/<int:score_id>")
def change_grade(course_id: str, score_id: int) -> Response:
    """A teacher's hand. Form fields: action (set, give_back, lock or unlock), grade (points, for set)."""
    course_or_404(course_id)
    _only_teachers(course_id)
    score = session().get(Score, score_id)
    item = session().get(LineItem, score.line_item_id) if score is not None else None
    if score is None or item is None or item.course_id != course_id:
        abort(404)
    _take_hand(score, item, request.form.get("action", ""))
    answer = redirect(url_for("gradebook.gradebook", course_id=course_id), 303)
    assert isinstance(answer, Response)
    return answer


def _take_hand(score: Score, item: LineItem, action: str) -> None:
    hand = score.hand = score.hand or TeachersHand(overridden=False, locked=False)
    if action == "set":
        score.grade, hand.overridden = _grade(request.form.get("grade", ""), item.score_maximum), True
    elif action == "give_back":
        hand.overridden = False
    elif action in {"lock", "unlock"}:
        hand.locked = action == "lock"
    else:
        abort(400, "action must be set, give_back, lock or unlock.")


def teaches(course_id: str) -> bool:
    """Whether the person who entered in this browser teaches the course."""
    person = entered_person()
    found = membership(course_id, person.id) if person is not None else None
    return found is not None and ROLE_INSTRUCTOR in found.roles


def _only_teachers(course_id: str) -> None:
    if not teaches(course_id):
        abort(403, "Only a teacher of this course changes grades. Enter as one first.")


def _grade(raw: str, most: float) -> float:
    try:
        grade = float(raw)
    except ValueError:
        grade = -1
    if not 0 <= grade <= most:
        abort(400, f"grade must be a number from 0 to {most:g}.")
    return grade


def _columns(course_id: str) -> list[LineItem]:
    """The newest columns, in the order in which they were made."""
    newest = (
        select(LineItem).where(LineItem.course_id == course_id).order_by(LineItem.id.desc()).limit(_COLUMNS)
    )
    return list(reversed(session().scalars(newest).all()))


def _reviews(columns: Sequence[LineItem], members: Sequence[Membership]) -> dict[tuple[int, str], LaunchForm]:
    """What opens a learner's work from a column that belongs to an activity (Submission Review 1.0)."""
    person = entered_person()
    assert person is not None
    found = {}
    for item in columns:
        link = session().get(ResourceLink, item.resource_link_id) if item.resource_link_id else None
        tool = find_tool(item.client_id)
        if link is None or tool is None:
            continue
        for member in members:
            review = (member.person_id, item.id)
            found[item.id, member.person_id] = launch_form(
                tool, person, link, item.course_id, "window", review
            )
    return found


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
