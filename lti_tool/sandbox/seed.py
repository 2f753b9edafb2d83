"""Puts the configured courses and people into the database; what is already there stays as it is."""

from sqlalchemy.orm import Session

from lti_tool.sandbox.config import CourseSeed, GroupSetSeed, PersonSeed, ResourceLinkSeed, SandboxConfig
from lti_tool.sandbox.models import (
    Course,
    Group,
    GroupPlace,
    GroupSet,
    LineItem,
    Membership,
    Person,
    ResourceLink,
)


def seed(session: Session, config: SandboxConfig) -> None:
    for visitor in config.visitors:
        _add_person(session, visitor, list(visitor.roles))
    for course in config.courses:
        if session.get(Course, course.id) is None:
            _add_course(session, config, course)


def _add_course(session: Session, config: SandboxConfig, course: CourseSeed) -> None:
    session.add(Course(id=course.id, label=course.label, title=course.title))
    for person in course.people:
        _add_person(session, person, [])
        session.add(
            Membership(
                course_id=course.id, person_id=person.id, roles=list(person.roles), active=person.active
            )
        )
    session.flush()
    for group_set in course.group_sets:
        _add_group_set(session, course, group_set)
    for position, link in enumerate(course.resource_links):
        _add_link(session, config, course, link, position)


def _add_group_set(session: Session, course: CourseSeed, group_set: GroupSetSeed) -> None:
    session.add(GroupSet(id=group_set.id, course_id=course.id, name=group_set.name))
    session.flush()
    for number, (name, people) in enumerate(group_set.groups.items(), start=1):
        key = f"{group_set.id}-{number}"
        session.add(Group(id=key, course_id=course.id, set_id=group_set.id, name=name))
        session.flush()
        session.add_all(GroupPlace(group_id=key, person_id=person) for person in people)


def _add_person(session: Session, person: PersonSeed, system_roles: list[str]) -> None:
    if session.get(Person, person.id) is not None:
        return
    session.add(
        Person(
            id=person.id,
            name=person.name,
            given_name=person.given_name,
            family_name=person.family_name,
            email=person.email,
            locale=person.locale,
            zoneinfo=person.zoneinfo,
            shares_profile=person.shares_profile,
            system_roles=system_roles,
        )
    )
    session.flush()


def _add_link(
    session: Session, config: SandboxConfig, course: CourseSeed, link: ResourceLinkSeed, position: int
) -> None:
    tool = config.tool(link.client_id) if link.client_id else config.tools[0]
    if tool is None:
        raise ValueError(f"resource link {link.id}: no tool is registered as {link.client_id}")
    session.add(
        ResourceLink(
            id=link.id,
            course_id=course.id,
            client_id=tool.client_id,
            title=link.title,
            custom=dict(link.custom),
            position=position,
        )
    )
    session.flush()
    if link.maximum is not None:
        session.add(
            LineItem(
                course_id=course.id,
                client_id=tool.client_id,
                resource_link_id=link.id,
                label=link.title,
                score_maximum=link.maximum,
            )
        )
