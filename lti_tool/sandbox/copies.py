"""A course is copied for another term: its teachers and activities, under new ids that tell their history."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, url_for
from sqlalchemy import select

from lti_tool.sandbox import notices
from lti_tool.sandbox.gradebook import teaches
from lti_tool.sandbox.messages import context_claim
from lti_tool.sandbox.models import (
    CopiedCourse,
    CopiedLink,
    Course,
    LineItem,
    Membership,
    ResourceLink,
)
from lti_tool.sandbox.pages import course_or_404
from lti_tool.sandbox.security import refuse_foreign_forms
from lti_tool.sandbox.store import finish, session
from lti_tool.sandbox.variables import context_history
from lti_tool.sandbox.vocabulary import ROLE_INSTRUCTOR

blueprint = Blueprint("copies", __name__)
blueprint.before_request(refuse_foreign_forms)
_MOST_COPIES = 50


@blueprint.post("/courses/<course_id>/copy")
def copy(course_id: str) -> Response:
    source = course_or_404(course_id)
    if not teaches(course_id):
        abort(403, "Only a teacher of this course copies it. Enter as one first.")
    made = _copy(source)
    made_id = made.id
    to_tell = notices.copy_notices(context_claim(made), context_history(made_id))
    finish(success=True)  # before the tools are told: they may open the copy at once
    told = [notices.send(*one) for one in to_tell]
    answer = redirect(url_for("pages.course", course_id=made_id, told=_outcome(told)), 303)
    assert isinstance(answer, Response)
    return answer


def _outcome(told: Sequence[notices.Told]) -> str:
    if not told:
        return "nobody"
    return "all" if all(one.status is not None and one.status < 300 for one in told) else "failed"


def _copy(source: Course) -> Course:
    number = 2
    while session().get(Course, f"{source.id}-{number}") is not None:
        number += 1
        if number > _MOST_COPIES:
            abort(400, "There are enough copies of this course.")
    made = Course(id=f"{source.id}-{number}", label=f"{source.label}-{number}", title=source.title)
    session().add(made)
    session().flush()
    session().add(CopiedCourse(course_id=made.id, source_id=source.id))
    _copy_teachers(source, made)
    _copy_links(source, made)
    session().flush()
    return made


def _copy_teachers(source: Course, made: Course) -> None:
    people = session().scalars(
        select(Membership).where(Membership.course_id == source.id, Membership.active).order_by(Membership.id)
    )
    for one in people:
        if ROLE_INSTRUCTOR in one.roles:
            session().add(
                Membership(course_id=made.id, person_id=one.person_id, roles=list(one.roles), active=True)
            )


def _copy_links(source: Course, made: Course) -> None:
    """With their custom values as they were: the tool has to see that they are another course's."""
    links = session().scalars(select(ResourceLink).where(ResourceLink.course_id == source.id)).all()
    for link in links:
        copied = ResourceLink(
            id=secrets.token_hex(8),
            course_id=made.id,
            client_id=link.client_id,
            title=link.title,
            url=link.url,
            custom=dict(link.custom),
            position=link.position,
        )
        session().add(copied)
        session().flush()
        session().add(CopiedLink(link_id=copied.id, source_id=link.id))
        _copy_columns(link, copied)


def _copy_columns(link: ResourceLink, copied: ResourceLink) -> None:
    columns = session().scalars(select(LineItem).where(LineItem.resource_link_id == link.id))
    for item in columns.all():
        session().add(
            LineItem(
                course_id=copied.course_id,
                client_id=item.client_id,
                resource_link_id=copied.id,
                label=item.label,
                score_maximum=item.score_maximum,
                resource_id=item.resource_id,
                tag=item.tag,
            )
        )
