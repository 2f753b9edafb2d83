"""The pairs of a cohort that run, and everybody as an adjustment of them takes them."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from lti_tool.db import models
from lti_tool.db.models import Member, Mentorship, MentorshipPerson, Participant, Round
from lti_tool.rooms.rounds import candidates
from lti_tool.rooms.rounds.adjustment import Running
from lti_tool.rooms.rounds.readiness import ready_mentees, ready_mentors, room
from lti_tool.rooms.rounds.snapshot import Candidates


@dataclass(frozen=True)
class Situation:
    """Whether running pairs of a cohort need to be adjusted."""

    pairs: int
    """One-to-one mentorships that run and whose people are both there."""
    too_many: int
    """Learners for whom their mentors have no place any more."""
    elsewhere: int
    """Running pairs of which somebody is missing from the course list: nothing is changed about them."""


def situation(session: Session, cohort: models.Cohort) -> Situation:
    counts = [func.count().filter(not_(_lacks_somebody())), func.count().filter(_lacks_somebody())]
    row = session.execute(_of_two(cohort).with_only_columns(*counts).order_by(None)).one()
    lacking = select(func.coalesce(func.sum(-room()), 0)).select_from(Participant).join(Participant.member)
    lacking = lacking.where(Participant.cohort_id == cohort.id, not_(_is_away()), room() < 0)
    return Situation(int(row[0]), int(session.scalar(lacking) or 0), int(row[1]))


def pairs(session: Session, cohort: models.Cohort) -> tuple[Running, ...]:
    """Running one-to-one mentorships whose people are both there, each learner once, by learner."""
    found: dict[int, Running] = {}
    for row in session.execute(_of_two(cohort).where(not_(_lacks_somebody()))):
        found.setdefault(row[1], Running(row[0], row[1], row[2]))
    return tuple(found[mentee] for mentee in sorted(found))


def read(session: Session, matching_round: Round) -> tuple[Candidates, tuple[Running, ...]]:
    """Everybody who waits or is in a running pair, and these pairs.

    The mentor of a running pair takes part whatever their profile lacks by now, with no more learners then
    than they have. What else a mentor does, such as a pair with somebody who is missing, keeps its place.
    """
    cohort = matching_round.cohort
    before = pairs(session, cohort)
    own = Counter(one.mentor for one in before)
    involved = _involved(session, cohort)
    waiting, free = ready_mentees(session, cohort), ready_mentors(session, cohort)
    known = {one.id for one in waiting}, {one.id for one, _left in free}
    learners = [involved[one.mentee][0] for one in before if one.mentee not in known[0]]
    mentors = [(one, left + own[one.id]) for one, left in free]
    for mentor_id in sorted(own.keys() - known[1]):
        mentor, left = involved[mentor_id]
        mentors.append((mentor, max(0, own[mentor_id] + min(left, 0))))
    return candidates.of(session, matching_round, [*waiting, *learners], mentors), before


def _involved(session: Session, cohort: models.Cohort) -> dict[int, tuple[Participant, int]]:
    """Who is in a running mentorship, with the places that they have left: below 0 for one who takes fewer
    than they have."""
    runs = (
        select(MentorshipPerson.id)
        .join(MentorshipPerson.mentorship)
        .where(MentorshipPerson.participant_id == Participant.id, Mentorship.ended_at.is_(None))
    )
    query = (
        select(Participant, room())
        .join(Participant.member)
        .options(contains_eager(Participant.member), selectinload(Participant.interests))
        .where(Participant.cohort_id == cohort.id, runs.exists())
    )
    return {row[0].id: (row[0], int(row[1])) for row in session.execute(query)}


def _of_two(cohort: models.Cohort) -> Select[int, int, int]:
    """(mentorship, mentee, mentor) of those that run and have one of each and nobody else."""
    mentee, mentor = aliased(MentorshipPerson), aliased(MentorshipPerson)
    people = select(func.count()).select_from(MentorshipPerson)
    size = people.where(MentorshipPerson.mentorship_id == Mentorship.id).correlate(Mentorship)
    return (
        select(Mentorship.id, mentee.participant_id, mentor.participant_id)
        .select_from(Mentorship)
        .join(mentee, and_(mentee.mentorship_id == Mentorship.id, mentee.role == "mentee"))
        .join(mentor, and_(mentor.mentorship_id == Mentorship.id, mentor.role == "mentor"))
        .where(Mentorship.cohort_id == cohort.id, Mentorship.ended_at.is_(None), size.scalar_subquery() == 2)
        .order_by(Mentorship.id)
    )


def _lacks_somebody() -> ColumnElement[bool]:
    return (
        select(MentorshipPerson.id)
        .join(MentorshipPerson.participant)
        .join(Participant.member)
        .where(MentorshipPerson.mentorship_id == Mentorship.id, _is_away())
        .correlate(Mentorship)
        .exists()
    )


def _is_away() -> ColumnElement[bool]:
    return or_(Participant.left_at.is_not(None), not_(Member.active), Participant.is_missing)
