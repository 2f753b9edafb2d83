"""A launch becomes rows: the course, the link, the person, and their membership, each once.

Several launches into a new course arrive in the same second. Who comes second finds what the first one wrote:
each insert stands in a savepoint, and where it collides the row is read instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.lti import group_update, notice_handlers, origins, pseudonyms
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import Launch

Row = TypeVar("Row", models.Course, models.ResourceLink, models.Person)


@dataclass(frozen=True)
class Enrolment:
    member: models.Member
    link: models.ResourceLink | None


def enrol(session: Session, launch: Launch) -> Enrolment:
    """Write a launch down. Flushes, never commits; doing it again changes nothing but the time.

    Args:
        session: in a transaction that writes.
        launch: accepted by `validator`.

    Raises:
        LaunchRefused: course-unknown, when it names no course.
    """
    if launch.context_id is None:
        raise LaunchRefused("course-unknown")
    course = _course(session, launch, launch.context_id)
    link = _link(session, launch, course, launch.link_id) if launch.link_id else None
    origins.from_launch(session, course, link, launch)
    notice_handlers.from_launch(session, course.deployment_id, launch)
    person = _person(session, launch)
    member = _member(session, course, person)
    # The newest launch decides: a teacher who looks at the course as a student is a learner now.
    member.role = launch.role.value
    member.role_from_launch = True
    member.is_test = launch.is_test_user
    member.active = True
    member.missing_since = member.missing_as = None
    member.last_launch_at = clock.now()
    session.flush()
    group_update.from_launch(session, member, launch.custom)
    return Enrolment(member, link)


def _course(session: Session, launch: Launch, context_id: str) -> models.Course:
    deployment = session.scalars(
        select(models.Deployment).where(
            models.Deployment.platform_id == launch.platform_id,
            models.Deployment.deployment_id == launch.deployment_id,
        )
    ).one()
    course = _find_or_add(
        session,
        select(models.Course).where(
            models.Course.deployment_id == deployment.id, models.Course.context_id == context_id
        ),
        lambda: models.Course(deployment_id=deployment.id, context_id=context_id, scopes=list(launch.scopes)),
    )
    _note_product(deployment.platform, launch)
    course.label = launch.context_label or course.label
    course.title = launch.context_title or course.title
    _offers(course, launch)
    return course


def _note_product(platform: models.Platform, launch: Launch) -> None:
    # Written only when it is news: the row is shared by every launch.
    if launch.product_family and platform.product != launch.product_family:
        platform.product = launch.product_family


def _offers(course: models.Course, launch: Launch) -> None:
    # What the platform offers no more is gone: the pages then say that grades or roster are off. But Moodle
    # offers no roster in a deep linking request, as long as the course has no activity of the tool.
    opened = launch.message_type == lti.RESOURCE_LINK_REQUEST
    if opened or launch.memberships_url:
        course.memberships_url = launch.memberships_url
    if opened or launch.groups_url:
        course.groups_url = launch.groups_url
        course.group_sets_url = launch.group_sets_url
    if opened or launch.lineitems_url:
        course.lineitems_url = launch.lineitems_url
        course.scopes = list(launch.scopes)


def _link(session: Session, launch: Launch, course: models.Course, link_id: str) -> models.ResourceLink:
    link = _find_or_add(
        session,
        select(models.ResourceLink).where(
            models.ResourceLink.course_id == course.id, models.ResourceLink.link_id == link_id
        ),
        lambda: models.ResourceLink(course_id=course.id, link_id=link_id),
    )
    link.title = launch.link_title or link.title
    link.lineitem_url = launch.lineitem_url
    if launch.cohort_id is not None and _belongs(session, launch.cohort_id, course):
        link.cohort_id = launch.cohort_id
    return link


def _belongs(session: Session, cohort_id: int, course: models.Course) -> bool:
    """Whether it is a cohort of this course; a copied or mistyped id means nothing here."""
    query = select(models.Cohort.id).where(
        models.Cohort.id == cohort_id, models.Cohort.course_id == course.id
    )
    return session.scalar(query) is not None


def _person(session: Session, launch: Launch) -> models.Person:
    person = _find_or_add(
        session,
        select(models.Person).where(
            models.Person.platform_id == launch.platform_id, models.Person.sub == launch.sub
        ),
        lambda: models.Person(platform_id=launch.platform_id, sub=launch.sub),
    )
    if person.platform.keeps_names:
        person.name = launch.name or person.name
        person.email = launch.email or person.email
    person.locale = launch.locale or person.locale
    # Once there, it may be the person's own choice.
    person.timezone = person.timezone or launch.timezone
    return person


def _find_or_add(session: Session, query: Select[Row], make: Callable[[], Row]) -> Row:
    found = session.scalar(query)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = make()
            session.add(made)
        return made
    except IntegrityError:
        return session.scalars(query).one()


def _member(session: Session, course: models.Course, person: models.Person) -> models.Member:
    query = select(models.Member).where(
        models.Member.course_id == course.id, models.Member.person_id == person.id
    )
    for pseudonym in pseudonyms.candidates():
        found = session.scalar(query)
        if found is not None:
            return found
        try:
            with session.begin_nested():
                made = models.Member(
                    course_id=course.id, person_id=person.id, pseudonym=pseudonym, role="none"
                )
                session.add(made)
            return made
        except IntegrityError:
            continue  # the pseudonym is taken, or another launch of this person was quicker
    raise AssertionError("candidates never end")
