"""When an expert is away and whom they must not review: reads and writes. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.db.models import (
    Checkpoint,
    ExpertAbsence,
    ExpertConflict,
    Member,
    MentorshipPerson,
    Participant,
    Person,
)
from lti_tool.rooms.cohorts import giving_out

MOST_LIMITS = 100
"""Absences, or people, of one expert."""
MOST_FOUND = 10


class TooMany(Exception):
    """The expert has as many of these as can be kept."""


@dataclass(frozen=True)
class Moved:
    """What became of open reviews that an expert must not do any more."""

    person: Participant
    """Whom the expert must not review."""
    to_others: int
    to_nobody: int


def absences(session: Session, expert: Participant) -> Sequence[ExpertAbsence]:
    query = select(ExpertAbsence).where(ExpertAbsence.expert_id == expert.id)
    return session.scalars(query.order_by(ExpertAbsence.starts_on).limit(MOST_LIMITS)).all()


def conflicts(session: Session, expert: Participant) -> Sequence[ExpertConflict]:
    query = (
        select(ExpertConflict)
        .where(ExpertConflict.expert_id == expert.id)
        .options(joinedload(ExpertConflict.person))
        .order_by(ExpertConflict.id)
    )
    return session.scalars(query.limit(MOST_LIMITS)).all()


def people(session: Session, expert: Participant, wanted: str) -> Sequence[Participant]:
    """The first learners and mentors by name whom the expert may review so far; with `wanted`, of those whose
    name holds it."""
    name = func.coalesce(Person.name, Member.pseudonym)
    barred = exists().where(ExpertConflict.expert_id == expert.id, ExpertConflict.person_id == Participant.id)
    query = _people(expert).where(~barred)
    if wanted:
        in_lower_case = func.lower(name).contains(wanted.lower(), autoescape=True)
        query = query.where(or_(in_lower_case, name.contains(wanted, autoescape=True)))
    return session.scalars(query.order_by(func.lower(name), Participant.id).limit(MOST_FOUND)).all()


def add_absence(session: Session, expert: Participant, starts_on: date, ends_on: date) -> None:
    """Note an absence; a repetition changes nothing. Raises TooMany."""
    _lock(session, expert)
    known = absences(session, expert)
    if any((one.starts_on, one.ends_on) == (starts_on, ends_on) for one in known):
        return
    if len(known) >= MOST_LIMITS:
        raise TooMany
    session.add(ExpertAbsence(expert_id=expert.id, starts_on=starts_on, ends_on=ends_on))
    session.flush()


def remove_absence(session: Session, expert: Participant, absence_id: int) -> None:
    query = select(ExpertAbsence).where(ExpertAbsence.id == absence_id, ExpertAbsence.expert_id == expert.id)
    if (found := session.scalar(query)) is not None:
        session.delete(found)
        session.flush()


def bar(session: Session, expert: Participant, person_id: int) -> Moved | None:
    """The expert reviews no pair of this person any more; open reviews go to whoever else can do them.

    None when there is no such person in the cohort, or it was so already. Raises TooMany.
    """
    _lock(session, expert)
    person = session.scalar(_people(expert).where(Participant.id == person_id))
    known = conflicts(session, expert)
    if person is None or any(one.person_id == person_id for one in known):
        return None
    if len(known) >= MOST_LIMITS:
        raise TooMany
    session.add(ExpertConflict(expert_id=expert.id, person_id=person_id))
    session.flush()
    return _move(session, expert, person)


def unbar(session: Session, expert: Participant, person_id: int) -> None:
    """The expert may review this person again."""
    query = select(ExpertConflict).where(
        ExpertConflict.expert_id == expert.id, ExpertConflict.person_id == person_id
    )
    if (found := session.scalar(query)) is not None:
        session.delete(found)
        session.flush()


def _people(expert: Participant) -> Select[Participant]:
    return (
        select(Participant)
        .join(Participant.member)
        .join(Member.person)
        .options(contains_eager(Participant.member).contains_eager(Member.person))
        .where(
            Participant.cohort_id == expert.cohort_id,
            Participant.role != "expert",
            Participant.left_at.is_(None),
            Member.active,
        )
    )


def _lock(session: Session, expert: Participant) -> None:
    """Two clicks in the same moment: the second finds what the first one did."""
    query = select(Participant.id).where(Participant.id == expert.id)
    session.execute(query.with_for_update(key_share=True))


def _move(session: Session, expert: Participant, person: Participant) -> Moved:
    theirs = exists().where(
        MentorshipPerson.mentorship_id == Checkpoint.mentorship_id,
        MentorshipPerson.participant_id == person.id,
    )
    owed = giving_out.locked(session, giving_out.is_open().where(Checkpoint.expert_id == expert.id, theirs))
    given = giving_out.give_out(session, expert.cohort, owed, but=expert.id)
    return Moved(person, given, len(owed) - given)
