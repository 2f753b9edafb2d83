"""Where a learner's launch leads: as far as they have come, without a page in between."""

from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.rooms.cohorts import queries
from lti_tool.web.profile_steps import missing_step

Choice = tuple[models.Cohort, models.Participant | None]


def way_in(
    session: Session, member: models.Member, link_id: int | None, today: date
) -> tuple[str | None, list[Choice]]:
    """The address to go on to when there is only one, and the cohorts to choose from."""
    choices = queries.cohorts_of_learner(session, member, today)
    linked = queries.linked_cohort(session, member.course_id, link_id)
    closed = session.get(models.Cohort, linked) if linked is not None else None
    if closed is not None and closed not in [one for one, _part in choices] and closed.ends_on >= today:
        return next_page(closed, None), choices  # it is for another group, and its page says so
    meant = [choice for choice in choices if choice[0].id == linked]
    still_open = [choice for choice in choices if choice[0].ends_on >= today]
    for fitting in (meant, still_open, choices):
        if len(fitting) == 1:
            return next_page(*fitting[0]), choices
        if fitting:
            break
    return None, choices


def next_page(cohort: models.Cohort, participant: models.Participant | None) -> str:
    """The page at which the person stopped, or their home in the cohort."""
    return url_for(_endpoint(participant), course_id=cohort.course_id, cohort_id=cohort.id)


def _endpoint(participant: models.Participant | None) -> str:
    if participant is None:
        return "profiles.consent"
    if participant.left_at is not None:
        return "profiles.me"
    if participant.role == "expert":
        return "checkpoints.queue"
    return missing_step(participant) or "mentorships.home"
