"""Which page of the tool an accepted message opens."""

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import deep_linking
from lti_tool.lti.enrolment import Enrolment
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import Launch, text


def page(session: Session, launch: Launch, enrolled: Enrolment) -> str:
    """The address to go on to; a deep linking request is written down for it.

    Raises:
        LaunchRefused: deep-linking-nothing-fits, review-not-yours, review-person-unknown.
    """
    if launch.deep_linking is not None:
        return _placing(session, launch.deep_linking, enrolled.member)
    if launch.for_user is not None:
        return _review(session, launch.for_user, enrolled)
    return url_for("cohorts.home", course_id=enrolled.member.course_id)


def _placing(session: Session, wanted: deep_linking.Settings, member: models.Member) -> str:
    if not wanted.accepts_resource_link:
        raise LaunchRefused("deep-linking-nothing-fits")
    member.course.deployment.platform.deep_linked_at = clock.now()  # for the self-test
    asked = deep_linking.remember(session, member, wanted, text(wanted.title, 120), text(wanted.text, 2000))
    return url_for("placing.choose", course_id=member.course_id, deep_link_id=asked.id)


def _review(session: Session, sub: str, enrolled: Enrolment) -> str:
    """The participation of the person that a submission review is about."""
    viewer = enrolled.member
    own = viewer.person.sub == sub
    if not own and not viewer.teaches:
        raise LaunchRefused("review-not-yours")
    cohort_id = enrolled.link.cohort_id if enrolled.link else None
    about = _participant(session, viewer.course_id, sub, cohort_id)
    if about is None:
        raise LaunchRefused("review-person-unknown")
    ids: dict[str, Any] = {"course_id": viewer.course_id, "cohort_id": about.cohort_id}
    if own and not viewer.teaches:
        return url_for("reports.mine", **ids)
    return url_for("reports.person", participant_id=about.id, **ids)


def _participant(
    session: Session, course_id: int, sub: str, cohort_id: int | None
) -> models.Participant | None:
    """In the link's cohort; for a link without one, in the cohort that the person joined last."""
    query = (
        select(models.Participant)
        .join(models.Participant.member)
        .join(models.Member.person)
        .join(models.Participant.cohort)
        .where(models.Member.course_id == course_id, models.Person.sub == sub)
        .order_by(models.Participant.joined_at.desc(), models.Participant.id.desc())
        .limit(1)
    )
    if cohort_id is not None:
        query = query.where(models.Participant.cohort_id == cohort_id)
    return session.scalar(query)
