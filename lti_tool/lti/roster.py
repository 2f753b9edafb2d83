"""Bring a course's members in line with the platform's course list."""

from collections.abc import Callable, Iterator

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.db.engine import begin_write, commit, db
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.memberships import PAGE_SIZE, RosterMember, members
from lti_tool.lti.roster_update import RosterChange, apply

__all__ = ["RosterChange", "RosterMember", "apply", "members", "run", "sync"]

Progress = Callable[[float, str], None]
"""Told a fraction from 0 to 1 and a key of `web.progress.MESSAGES`; may raise to stop the work."""


def run(job_id: int) -> None:
    """Do a job of the kind "roster"; outside any transaction.

    Raises:
        jobs.Failed: with a sentence for whoever started it.
        jobs.Cancelled: when they asked for it to stop.
    """
    job = db.session.get_one(models.Job, job_id)
    course = db.session.get_one(models.Course, job.course_id)
    try:
        sync(db.session, course, lambda fraction, message: jobs.report(job_id, fraction, message))
    except ServiceError as error:
        raise jobs.Failed(_sentence(error)) from error
    commit(db.session)


def sync(session: Session, course: models.Course, progress: Progress) -> RosterChange:
    """Read the whole course list, then write the differences in one transaction, which the caller commits.

    Args:
        session: any transaction of it is ended before the platform is called.

    Raises:
        ServiceError: nothing was written then.
    """
    course_id, read_at = course.id, clock.now()
    listing = members(course)
    session.rollback()
    found = _read(listing, progress)
    if not found:
        raise ServiceError("refused", "the course list is empty")
    progress(0.8, "roster.saving")
    begin_write(session)
    # One reading at a time, and the course before its people, as a launch does it: nobody waits in a circle.
    mine = session.get_one(models.Course, course_id, with_for_update={"key_share": True})
    return apply(session, mine, found, read_at=read_at)


def _read(listing: Iterator[RosterMember], progress: Progress) -> list[RosterMember]:
    found: list[RosterMember] = []
    progress(0.02, "roster.reading")
    for member in listing:
        found.append(member)
        if len(found) % PAGE_SIZE == 0:
            # How many there will be is not known: each page brings the end a little nearer.
            progress(0.8 * len(found) / (len(found) + 10 * PAGE_SIZE), "roster.reading")
    return found


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
