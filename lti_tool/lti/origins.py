"""Which course a course was copied from, by the platform's own word.

Told by the history variables of a launch (LTI 1.3 core, appendix B: $Context.id.history and
$ResourceLink.id.history) or by a notice (LtiContextCopyNotice). Never across deployments.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti.launch import Launch


def from_launch(
    session: Session, course: models.Course, link: models.ResourceLink | None, launch: Launch
) -> None:
    """Write down what a launch tells; a repetition changes nothing."""
    if launch.context_history:
        note(session, course.deployment_id, course.context_id, launch.context_history)
    if link is not None and launch.link_history:
        _follow_link(session, course, link, launch.link_history)


def note(session: Session, deployment_id: int, context_id: str, origins: Collection[str]) -> None:
    """A context is a copy of others, of which those count that the tool knows in the same deployment."""
    sources = session.scalars(
        select(models.Course.id).where(
            models.Course.deployment_id == deployment_id,
            models.Course.context_id.in_(origins),
            models.Course.context_id != context_id,
        )
    ).all()
    for source_id in sources:
        _add(session, deployment_id, context_id, source_id)


def _follow_link(
    session: Session, course: models.Course, link: models.ResourceLink, history: Collection[str]
) -> None:
    """A duplicated activity opens the same cohort; one that came from another course tells of that one."""
    earlier = session.scalars(
        select(models.ResourceLink)
        .join(models.Course)
        .where(
            models.Course.deployment_id == course.deployment_id,
            models.ResourceLink.link_id.in_(history),
            models.ResourceLink.id != link.id,
        )
        .order_by(models.ResourceLink.id)
    ).all()
    for one in earlier:
        if one.course_id != course.id:
            _add(session, course.deployment_id, course.context_id, one.course_id)
        elif link.cohort_id is None:
            link.cohort_id = one.cohort_id


def _add(session: Session, deployment_id: int, context_id: str, source_id: int) -> None:
    known = select(models.CourseOrigin.id).where(
        models.CourseOrigin.deployment_id == deployment_id,
        models.CourseOrigin.context_id == context_id,
        models.CourseOrigin.source_id == source_id,
    )
    if session.scalar(known) is not None:
        return
    try:
        with session.begin_nested():
            session.add(
                models.CourseOrigin(
                    deployment_id=deployment_id,
                    context_id=context_id,
                    source_id=source_id,
                    told_at=clock.now(),
                )
            )
    except IntegrityError:
        return  # another launch told it at this moment
