"""Bring a course's members and groups in line with what the platform lists."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.db.engine import begin_write, commit, db
from lti_tool.lti import course_groups, group_update, held_roster
from lti_tool.lti.course_groups import ListedGroup
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.memberships import PAGE_SIZE, RosterMember, members
from lti_tool.lti.roster_source import RosterSource, source_of
from lti_tool.lti.roster_update import RosterChange, apply

__all__ = ["RosterChange", "RosterMember", "apply", "members", "run", "run_held", "source_of", "sync"]

Progress = Callable[[float, str], None]
"""Told a fraction from 0 to 1 and a key of `web.progress.MESSAGES`; may raise to stop the work."""
MOST_LINKS = 20
"""Links of one course for which is asked who can open them: each costs a reading of its own."""


@dataclass(frozen=True)
class Reading:
    """Everything that the platform said, before any of it is written."""

    people: list[RosterMember]
    groups: list[ListedGroup] | None
    audiences: dict[str, frozenset[str] | None]
    """For each link that belongs to a cohort: who can open it; None where everybody can."""


def run(job_id: int) -> None:
    """Do a job of the kind "roster"; outside any transaction.

    Raises:
        jobs.Failed: with a sentence for whoever started it.
        jobs.Cancelled: when they asked for it to stop.
    """
    job = db.session.get_one(models.Job, job_id)
    course = db.session.get_one(models.Course, job.course_id)
    try:
        change = sync(db.session, course, _reporter(job_id))
    except ServiceError as error:
        raise jobs.Failed(_sentence(error)) from error
    _commit(job_id, change)


def run_held(job_id: int) -> None:
    """Do a job of the kind "roster_held": apply the course list that an instructor found to be right.

    Raises:
        jobs.Failed: with a sentence, when it is no longer there.
        jobs.Cancelled: when they asked for it to stop.
    """
    _reporter(job_id)(0.1, "roster.saving")
    begin_write(db.session)
    job = db.session.get_one(models.Job, job_id)
    assert job.course_id is not None
    course = _locked(db.session, job.course_id)
    change = held_roster.apply_held(db.session, course)
    if change is None:
        raise jobs.Failed(_("A newer reading of the course list took its place."))
    _commit(job_id, change)


def sync(session: Session, course: models.Course, progress: Progress) -> RosterChange:
    """Read the whole course list, then write the differences in one transaction, which the caller commits.

    A list in which more than half of the course is missing is held back instead (`held_roster`).

    Args:
        session: any transaction of it is ended before the platform is called.

    Raises:
        ServiceError: nothing was written then.
    """
    course_id, read_at = course.id, clock.now()
    source, links = source_of(course), _links_of_cohorts(session, course)
    session.rollback()
    reading = _read(source, links, progress)
    if not reading.people:
        raise ServiceError("refused", "the course list is empty")
    progress(0.8, "roster.saving")
    begin_write(session)
    # One reading at a time, and the course before its people, as a launch does it: nobody waits in a circle.
    mine = _locked(session, course_id)
    held = held_roster.hold_if_doubtful(session, mine, reading.people, read_at=read_at)
    if held is not None:
        return held
    change = apply(session, mine, reading.people, read_at=read_at)
    group_update.write(session, mine, reading.people, reading.groups)
    for link_id, subs in reading.audiences.items():
        group_update.write_audience(session, mine, link_id, subs)
    return change


def _read(source: RosterSource, links: list[str], progress: Progress) -> Reading:
    progress(0.02, "roster.reading")
    people = _people(source, progress)
    progress(0.6, "roster.groups")
    reading = Reading(people, _or_none(lambda: course_groups.listed(source)), {})
    for number, link_id in enumerate(links):
        progress(0.62 + 0.18 * number / len(links), "roster.links")
        found = _or_none(partial(_list, source, link_id, progress))
        reading.audiences[link_id] = _audience(reading.people, found)
        _learn_places(reading.people, found or [])
    return reading


def _people(source: RosterSource, progress: Progress) -> list[RosterMember]:
    if source.groups_url is not None:
        try:
            return list(_told(members(source, with_groups=True), progress))
        except ServiceError as error:
            if error.kind == "retry":
                raise
            # Groups are not granted, or the platform minds the question: the list itself is what counts.
    return list(_told(members(source), progress))


def _list(source: RosterSource, link_id: str, progress: Progress) -> list[RosterMember]:
    return list(_told(members(source, link_id=link_id), progress))


def _told(listing: Iterator[RosterMember], progress: Progress) -> Iterator[RosterMember]:
    """The listing, with a word about each page: how many there will be is not known."""
    for number, member in enumerate(listing, start=1):
        yield member
        if number % PAGE_SIZE == 0:
            progress(0.6 * number / (number + 10 * PAGE_SIZE), "roster.reading")


T = TypeVar("T")


def _or_none(read: Callable[[], T]) -> T | None:
    """What is read beside the list itself; None where the platform refuses it.

    Raises:
        ServiceError: retry; what was known of groups before must not be taken for gone.
    """
    try:
        return read()
    except ServiceError as error:
        if error.kind == "retry":
            raise
        return None


def _audience(people: list[RosterMember], found: list[RosterMember] | None) -> frozenset[str] | None:
    if found is None:
        return None
    everybody = frozenset(one.sub for one in people if one.active)
    may_open = everybody & {one.sub for one in found if one.active}
    return None if may_open == everybody else may_open


def _learn_places(people: list[RosterMember], found: list[RosterMember]) -> None:
    """Groups and sections that only the reading for a link told of, into the list."""
    told = {one.sub: one for one in found if one.groups is not None or one.sections is not None}
    for place, one in enumerate(people):
        more = told.get(one.sub)
        if more is not None:
            people[place] = replace(
                one,
                groups=more.groups if one.groups is None else one.groups,
                sections=more.sections if one.sections is None else one.sections,
            )


def _links_of_cohorts(session: Session, course: models.Course) -> list[str]:
    """Links that open a cohort which is not over: only there does it matter who can open them."""
    query = (
        select(models.ResourceLink.link_id)
        .join(models.Cohort, models.Cohort.id == models.ResourceLink.cohort_id)
        .where(models.ResourceLink.course_id == course.id, models.Cohort.ends_on >= clock.today())
        .order_by(models.ResourceLink.id.desc())
        .limit(MOST_LINKS)
    )
    return list(session.scalars(query))


def _locked(session: Session, course_id: int) -> models.Course:
    return session.get_one(models.Course, course_id, with_for_update={"key_share": True})


def _reporter(job_id: int) -> Progress:
    return lambda fraction, message: jobs.report(job_id, fraction, message)


def _commit(job_id: int, change: RosterChange) -> None:
    """Keep what was done, with its receipt; not if somebody asked for it to stop at the last moment."""
    job = db.session.get_one(models.Job, job_id)
    if job.cancel_requested_at is not None:
        raise jobs.Cancelled
    job.result = asdict(change)
    commit(db.session)


def _sentence(error: ServiceError) -> str:
    if error.kind == "retry":
        return str(_("The learning platform did not answer as it should. Try it again in a few minutes."))
    if error.kind == "paused":
        return str(
            _(
                "The learning platform does not let Peer Mentor read the course list. "
                "An administrator can allow it."
            )
        )
    return str(_("The learning platform offers no course list that can be read here."))
