"""Deciding about people whom the course list lacks, and about a list that looks wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool import jobs, leaving
from lti_tool.db import clock, models
from lti_tool.lti import held_roster
from lti_tool.rooms.roster import reviews


@dataclass
class TakenOut:
    out: list[models.Participant] = field(default_factory=list)
    owing: list[models.Participant] = field(default_factory=list)
    """Experts who still owe reviews: they are handed over first."""


def take_out(session: Session, people: Sequence[models.Participant]) -> TakenOut:
    """End the part of people whom the course list lacks, as if they had left. Who is out already stays so."""
    done = TakenOut()
    for one in people:
        if one.left_at is not None:
            continue
        if one.role == "expert" and reviews.owes_any(session, one):
            done.owing.append(one)
            continue
        _end(session, one)
        done.out.append(one)
    session.flush()
    return done


def put_back(session: Session, people: Sequence[models.Participant]) -> None:
    """Undo taking out: everything goes on that still can."""
    for one in people:
        if one.left_at is None:
            continue
        if one.role == "expert":
            one.left_at = None
        else:
            leaving.rejoin(session, one)
        one.member.active = True
    session.flush()


def keep(session: Session, people: Sequence[models.Participant]) -> list[models.Participant]:
    """They stay. It is asked again only if they come back to the list and vanish once more.

    Returns:
        Those about whom that was not said before.
    """
    undecided = [one for one in people if one.is_missing and one.left_at is None]
    for one in undecided:
        one.kept_at = clock.now()
    session.flush()
    return undecided


def ask_again(session: Session, people: Sequence[models.Participant]) -> None:
    """Undo keeping."""
    for one in people:
        one.kept_at = None
    session.flush()


def accept(session: Session, course: models.Course) -> models.Job:
    """Have the held course list applied; the work under way, if it is being done already."""
    _lock(session, course)
    under_way = jobs.under_way(session, course.id, "roster_held")
    return under_way or jobs.start(session, course.id, "roster_held")


def discard(session: Session, course: models.Course) -> None:
    _lock(session, course)
    held_roster.discard(session, course)


def _lock(session: Session, course: models.Course) -> None:
    query = select(models.Course.id).where(models.Course.id == course.id)
    session.execute(query.with_for_update(key_share=True))


def _end(session: Session, participant: models.Participant) -> None:
    if participant.role == "expert":
        participant.left_at = clock.now()
    else:
        leaving.leave(session, participant)
    session.flush()
    elsewhere = exists().where(
        models.Participant.member_id == participant.member_id, models.Participant.left_at.is_(None)
    )
    # As for everybody whom the list lacks and who takes no part: they are let in no more.
    participant.member.active = bool(session.scalar(select(elsewhere)))
