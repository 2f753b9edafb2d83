"""Ending running mentorships because people were brought together anew, and taking that back.

What a publishing ended carries its moment, so that taking it back finds exactly that and nothing else.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.models import Mentorship, MentorshipPerson, Round
from lti_tool.outbox import events, mail
from lti_tool.rooms.rounds.starting import is_here


def end(
    session: Session, matching_round: Round, mentorships: Iterable[Mentorship], by: models.Member
) -> None:
    """End them with the round's publishing: coming sessions are called off, and both people are told."""
    moment = matching_round.published_at
    assert moment is not None
    for mentorship in mentorships:
        mentorship.ended_at = moment
        for meeting in session.scalars(_coming(mentorship, None)):
            meeting.cancelled_at = moment
            events.session_cancelled(session, meeting, by)
        mail.match_ended(session, mentorship, matching_round.id)
    session.flush()


def reopen(session: Session, matching_round: Round, by: models.Member) -> int:
    """What the round's publishing ended goes on, where both are still there and free; how many do."""
    moment = matching_round.published_at
    ended = select(Mentorship).where(
        Mentorship.cohort_id == matching_round.cohort_id,
        Mentorship.ended_at == moment,
        Mentorship.round_id.is_distinct_from(matching_round.id),
    )
    count = 0
    for mentorship in session.scalars(ended.order_by(Mentorship.id)).all():
        if not _can_go_on(session, mentorship):
            continue
        mentorship.ended_at = None
        session.flush()
        for meeting in session.scalars(_coming(mentorship, moment)).all():
            meeting.cancelled_at = None
            events.session_scheduled(session, meeting, by)
        mail.match_goes_on(session, mentorship, matching_round.id)
        count += 1
    return count


def _coming(mentorship: Mentorship, cancelled_at: datetime | None) -> Select[models.Session]:
    return select(models.Session).where(
        models.Session.mentorship_id == mentorship.id,
        models.Session.starts_at > clock.now(),
        models.Session.cancelled_at.is_not_distinct_from(cancelled_at),
    )


def _can_go_on(session: Session, mentorship: Mentorship) -> bool:
    if not all(is_here(one.participant) for one in mentorship.people):
        return False
    mentees = [one.participant_id for one in mentorship.people if one.role == "mentee"]
    newer = (
        select(Mentorship.id)
        .join(MentorshipPerson)
        .where(
            MentorshipPerson.participant_id.in_(mentees),
            MentorshipPerson.role == "mentee",
            Mentorship.ended_at.is_(None),
            Mentorship.cohort_id == mentorship.cohort_id,
        )
        .limit(1)
    )
    return session.scalar(newer) is None
