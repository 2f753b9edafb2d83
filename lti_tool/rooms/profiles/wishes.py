"""What somebody is here for, and whom they would like to be matched with, or would rather not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import models

MOST_LIKED = 3
MOST_REFUSED = 20
MOST_FOUND = 20

Kind = Literal["like", "never"]
Refusal = Literal["full", "nobody"]


@dataclass(frozen=True)
class Wishes:
    """Members of the course; those who are liked best first."""

    liked: tuple[models.Member, ...]
    refused: tuple[models.Member, ...]

    @property
    def named(self) -> frozenset[int]:
        return frozenset(one.id for one in (*self.liked, *self.refused))


def of(session: Session, participant: models.Participant) -> Wishes:
    rows = _rows(session, participant)
    return Wishes(
        tuple(one.member for one in rows if one.kind == "like"),
        tuple(one.member for one in rows if one.kind == "never"),
    )


def find(session: Session, participant: models.Participant, text: str) -> Sequence[models.Member]:
    """Up to 20 learners of the course whose name, or pseudonym where no name came, holds the text.

    Everybody of the course, whether they joined or not: who did is not shown before people are matched.
    """
    if not text.strip():
        return []
    person, member = models.Person, models.Member
    shown = func.coalesce(person.name, member.pseudonym)
    query = (
        select(member)
        .join(member.person)
        .where(
            member.course_id == participant.cohort.course_id,
            member.id != participant.member_id,
            member.active,
            ~member.is_test,
            or_(member.role == "learner", member.role == "assistant"),
            # SQLite knows capital letters only of English: the others are found as they are typed.
            or_(
                func.lower(shown).contains(text.strip().lower(), autoescape=True),
                shown.contains(text.strip(), autoescape=True),
            ),
        )
        .order_by(func.lower(shown), member.id)
        .limit(MOST_FOUND)
    )
    return session.scalars(query).all()


def set_goals(session: Session, participant: models.Participant, goals: Sequence[str]) -> None:
    participant.goals = list(goals) or None
    session.flush()


def name(session: Session, participant: models.Participant, member_id: int, kind: Kind) -> Refusal | None:
    """Like or refuse somebody of the course; naming them again changes only how.

    Returns:
        Why not: there are as many already, or nobody in the course has this id.
    """
    session.execute(
        select(models.Participant.id).where(models.Participant.id == participant.id).with_for_update()
    )
    member = session.get(models.Member, member_id)
    if (
        member is None
        or member.course_id != participant.cohort.course_id
        or member_id == participant.member_id
    ):
        return "nobody"
    rows = _rows(session, participant)
    own = next((one for one in rows if one.member_id == member_id), None)
    others = [one for one in rows if one.kind == kind and one is not own]
    if own is not None and own.kind == kind:
        return None
    if len(others) >= (MOST_LIKED if kind == "like" else MOST_REFUSED):
        return "full"
    position = max((one.position + 1 for one in others), default=0)
    if own is None:
        session.add(
            models.Wish(participant_id=participant.id, member_id=member_id, kind=kind, position=position)
        )
    else:
        own.kind, own.position = kind, position
    session.flush()
    return None


def forget(session: Session, participant: models.Participant, member_id: int) -> None:
    """Take a name away again."""
    for one in _rows(session, participant):
        if one.member_id == member_id:
            session.delete(one)
    session.flush()


def _rows(session: Session, participant: models.Participant) -> Sequence[models.Wish]:
    query = select(models.Wish).where(models.Wish.participant_id == participant.id)
    return session.scalars(query.order_by(models.Wish.position, models.Wish.id)).all()
