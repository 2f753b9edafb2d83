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
from lti_tool.rooms.rounds.starting import is_here, open_places


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
    paired, load = open_places(session, matching_round.cohort_id)
    newer = _begun_after(session, matching_round)
    count = 0
    for mentorship in session.scalars(_ended_by(matching_round)).all():
        mentee, mentor = mentorship.person("mentee"), mentorship.person("mentor")
        # Who had more learners than places before may have them again; who has others instead may not.
        is_full = load[mentor.id] >= mentor.capacity and mentor.id in newer
        if mentee.id in paired or is_full or not (is_here(mentee) and is_here(mentor)):
            continue
        paired.add(mentee.id)
        load[mentor.id] += 1
        mentorship.ended_at = None
        session.flush()
        for meeting in session.scalars(_coming(mentorship, moment)).all():
            meeting.cancelled_at = None
            events.session_scheduled(session, meeting, by)
        mail.match_goes_on(session, mentorship, matching_round.id)
        count += 1
    return count


def _ended_by(matching_round: Round) -> Select[Mentorship]:
    """Without those of rounds that were taken back themselves."""
    return (
        select(Mentorship)
        .outerjoin(Round, Round.id == Mentorship.round_id)
        .where(
            Mentorship.cohort_id == matching_round.cohort_id,
            Mentorship.ended_at == matching_round.published_at,
            Mentorship.round_id.is_distinct_from(matching_round.id),
            Mentorship.round_id.is_(None) | Round.published_at.is_not(None),
        )
        .order_by(Mentorship.id)
    )


def _begun_after(session: Session, matching_round: Round) -> set[int]:
    """Mentors who got a learner since the round was published."""
    query = (
        select(MentorshipPerson.participant_id)
        .join(MentorshipPerson.mentorship)
        .where(
            Mentorship.cohort_id == matching_round.cohort_id,
            Mentorship.ended_at.is_(None),
            Mentorship.started_at > matching_round.published_at,
            Mentorship.round_id.is_distinct_from(matching_round.id),
            MentorshipPerson.role == "mentor",
        )
    )
    return set(session.scalars(query))


def _coming(mentorship: Mentorship, cancelled_at: datetime | None) -> Select[models.Session]:
    return select(models.Session).where(
        models.Session.mentorship_id == mentorship.id,
        models.Session.starts_at > clock.now(),
        models.Session.cancelled_at.is_not_distinct_from(cancelled_at),
    )
