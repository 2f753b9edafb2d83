"""Erasing a person. What others did with them stays, with somebody unknown in their place. Never commits."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import delete, select, union, update
from sqlalchemy.orm import Session, undefer

from lti_tool import audit, leaving
from lti_tool.db import clock, models
from lti_tool.outbox import erasing
from lti_tool.outbox.erasing import Gone
from lti_tool.rooms.privacy import queries


def erase(session: Session, person: models.Person, actor: str) -> Gone:
    """Forget somebody for good. Needs a writing transaction.

    They leave their cohorts as anybody does: partners see it, and coming sessions are called off. Then
    every event, statement and message that names them is deleted, and what is left of them is an empty row.
    """
    own = queries.members(session, person)
    parts = queries.participants(session, own)
    for one in parts:
        leaving.leave(session, one)
    session.flush()
    gone = erasing.erase(session, own, [one.id for one in parts])
    for one in parts:
        _empty(session, one)
    _forget_texts(session, [one.id for one in parts])
    _forget_decisions(session, parts, own)
    _forget_questions(session, parts)
    _forget_person(session, person, own)
    audit.record(session, actor, "person.erased", person.platform, statements=gone.statements)
    session.flush()
    return gone


def _empty(session: Session, one: models.Participant) -> None:
    one.interests.clear()
    one.week, one.languages, one.timezone, one.goals = frozenset(), [], "UTC", None
    named = models.Wish.participant_id == one.id
    about = models.Wish.member_id == one.member_id
    session.execute(delete(models.Wish).where(named | about))
    one.consented_at = one.prepared_at = one.trained_at = one.excused_at = None
    session.execute(delete(models.Grade).where(models.Grade.participant_id == one.id))


def _forget_texts(session: Session, ids: Sequence[int]) -> None:
    """What was typed by them, with them or about them."""
    place, attendance = models.MentorshipPerson, models.Attendance
    pairs = select(place.mentorship_id).where(place.participant_id.in_(ids))
    meetings = select(attendance.session_id).where(attendance.participant_id.in_(ids))
    checkpoints = select(models.Checkpoint.id).where(models.Checkpoint.mentorship_id.in_(pairs))
    review = models.Review
    for statement in (
        delete(models.Commitment).where(models.Commitment.participant_id.in_(ids)),
        delete(models.ExpertAbsence).where(models.ExpertAbsence.expert_id.in_(ids)),
        delete(models.ExpertConflict).where(
            models.ExpertConflict.expert_id.in_(ids) | models.ExpertConflict.person_id.in_(ids)
        ),
        update(models.Session).where(models.Session.id.in_(meetings)).values(place=None),
        update(review)
        .where(review.checkpoint_id.in_(checkpoints) | review.expert_id.in_(ids))
        .values(comment=None),
    ):
        session.execute(statement.execution_options(synchronize_session="fetch"))


def _forget_decisions(
    session: Session, parts: Sequence[models.Participant], own: Sequence[models.Member]
) -> None:
    """Why they were kept with or from somebody, what they wrote about others, and what rounds said of it."""
    rule, ids = models.PairRule, [one.id for one in parts]
    about = rule.first_id.in_(ids) | rule.second_id.in_(ids)
    rounds = models.Round.cohort_id.in_([one.cohort_id for one in parts])
    jobs = union(
        select(models.Round.job_id).where(rounds),
        select(models.Question.job_id).join(models.Question.round).where(rounds),
    )
    for statement in (
        update(rule).where(about & rule.removed_at.is_(None)).values(removed_at=clock.now()),
        update(rule).where(about | rule.set_by_id.in_([one.id for one in own])).values(reason=""),
        update(models.Job).where(models.Job.id.in_(jobs)).values(error=None),
    ):
        session.execute(statement.execution_options(synchronize_session="fetch"))


def _forget_questions(session: Session, parts: Sequence[models.Participant]) -> None:
    """What rounds kept of their wishes and free times. A proof cannot be checked again without them."""
    cohorts, ids = {one.cohort_id for one in parts}, {one.id for one in parts}
    rounds = select(models.Round).where(models.Round.cohort_id.in_(cohorts), models.Round.asked.is_not(None))
    for one in session.scalars(rounds.options(undefer(models.Round.asked))):
        asked = one.asked or {}
        if ids & {each["id"] for group in ("mentees", "mentors", "experts") for each in asked[group]}:
            one.asked = None


def _forget_person(session: Session, person: models.Person, own: Sequence[models.Member]) -> None:
    ids = [one.id for one in own]
    session.execute(delete(models.GroupMember).where(models.GroupMember.member_id.in_(ids)))
    # Course lists that wait for an instructor hold names, too; the next reading brings them again.
    courses = [one.course_id for one in own]
    session.execute(delete(models.HeldRoster).where(models.HeldRoster.course_id.in_(courses)))
    for one in own:
        one.pseudonym, one.active, one.role = f"Erased person {one.id}", False, "none"
        one.missing_since = one.missing_as = one.last_launch_at = None
    person.sub = f"erased-{uuid4()}"
    person.name = person.email = person.locale = person.timezone = person.mail_off = None
