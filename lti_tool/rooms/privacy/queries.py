"""Finding a person, and all that is known of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import statement_people
from lti_tool.outbox.recording import text_of

P = models.Participant


def find(session: Session, issuer: str, sub: str) -> Sequence[models.Person]:
    """The person with this id at this issuer; several where the issuer is registered more than once."""
    query = (
        select(models.Person)
        .join(models.Person.platform)
        .where(models.Platform.issuer == issuer, models.Person.sub == sub)
        .order_by(models.Person.id)
    )
    return session.scalars(query).all()


def members(session: Session, person: models.Person) -> Sequence[models.Member]:
    query = select(models.Member).where(models.Member.person_id == person.id).order_by(models.Member.id)
    return session.scalars(query).all()


def participants(session: Session, of: Sequence[models.Member]) -> Sequence[models.Participant]:
    query = select(P).where(P.member_id.in_([one.id for one in of])).order_by(P.id)
    return session.scalars(query).all()


def everything(session: Session, person: models.Person) -> dict[str, Any]:
    """All that is known of somebody, ready to be written as JSON. Other people's words are not in it."""
    own = members(session, person)
    return {
        "issuer": person.platform.issuer,
        "sub": person.sub,
        "name": person.name,
        "email": person.email,
        "locale": person.locale,
        "timezone": person.timezone,
        "mail_switched_off": person.mail_off or [],
        "courses": [_course(session, one) for one in own],
        "participations": [_participation(session, one) for one in participants(session, own)],
        "statements": [body for one in own for body in _statements(session, one)],
    }


def _course(session: Session, member: models.Member) -> dict[str, Any]:
    groups = session.scalars(
        select(models.CourseGroup.name)
        .join(models.GroupMember, models.GroupMember.group_id == models.CourseGroup.id)
        .where(models.GroupMember.member_id == member.id)
    )
    return {
        "course": member.course.display_title,
        "role": member.role,
        "pseudonym": member.pseudonym,
        "groups": [name for name in groups if name],
        "last_launch": _iso(member.last_launch_at),
        "rules_decided": _decided(session, member),
    }


def _decided(session: Session, member: models.Member) -> list[dict[str, Any]]:
    """What they decided about others as a teacher, in their own words."""
    row = models.PairRule
    found = session.scalars(select(row).where(row.set_by_id == member.id).order_by(row.id))
    return [{"kind": each.kind, "reason": each.reason, "decided": _iso(each.set_at)} for each in found]


def _participation(session: Session, one: models.Participant) -> dict[str, Any]:
    return {
        "cohort": one.cohort.name,
        "role": one.role,
        "timezone": one.timezone,
        "free_half_hours_of_the_week": sorted(one.week),
        "languages": one.languages,
        "goals": one.goals or [],
        "wishes": _wishes(session, one),
        "topics": [
            {"topic": each.topic.name, "kind": each.kind, "level": each.level} for each in one.interests
        ],
        "joined": _iso(one.joined_at),
        "left": _iso(one.left_at),
        "trained": _iso(one.trained_at),
        "mentorships": _mentorships(session, one),
        "sessions": _sessions(session, one),
        "commitments": _commitments(session, one),
        "reviews_signed": _reviews(session, one),
        "days_without_reviews": _absences(session, one),
        "people_not_to_be_reviewed": _barred(session, one),
        "rules_about_pairs": _pair_rules(session, one),
        "grades": _grades(session, one),
    }


def _wishes(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    """Whom they named; who named them is the others'."""
    rows = session.scalars(select(models.Wish).where(models.Wish.participant_id == one.id))
    return [
        {"person": each.member.display_name, "kind": each.kind, "position": each.position} for each in rows
    ]


def _mentorships(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    query = (
        select(models.MentorshipPerson.role, models.Mentorship)
        .join(models.MentorshipPerson.mentorship)
        .where(models.MentorshipPerson.participant_id == one.id)
        .order_by(models.Mentorship.id)
    )
    return [
        {
            "role": role,
            "topic": found.topic.name,
            "started": _iso(found.started_at),
            "ended": _iso(found.ended_at),
        }
        for role, found in session.execute(query)
    ]


def _sessions(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    query = (
        select(models.Attendance.answer, models.Session)
        .join(models.Attendance.session)
        .where(models.Attendance.participant_id == one.id)
        .order_by(models.Session.starts_at)
    )
    return [
        {
            "starts": _iso(found.starts_at),
            "minutes": found.minutes,
            "place": found.place,
            "answer": answer,
            "cancelled": _iso(found.cancelled_at),
            "held": _iso(found.held_at),
        }
        for answer, found in session.execute(query)
    ]


def _commitments(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    row = models.Commitment
    found = session.scalars(select(row).where(row.participant_id == one.id).order_by(row.id))
    return [{"text": each.text, "due": _iso(each.due_on), "kept": each.kept} for each in found]


def _reviews(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    row = models.Review
    found = session.scalars(select(row).where(row.expert_id == one.id).order_by(row.id))
    return [
        {"outcome": each.outcome, "comment": each.comment, "signed": _iso(each.signed_at)} for each in found
    ]


def _absences(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    row = models.ExpertAbsence
    found = session.scalars(select(row).where(row.expert_id == one.id).order_by(row.starts_on))
    return [{"first": _iso(each.starts_on), "last": _iso(each.ends_on)} for each in found]


def _barred(session: Session, one: models.Participant) -> int:
    """How many; who they are is about others."""
    row = models.ExpertConflict
    return session.scalar(select(func.count(row.id)).where(row.expert_id == one.id)) or 0


def _pair_rules(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    """What teachers decided about whom they are matched with; the reasons are the teachers' words."""
    row = models.PairRule
    query = select(row).where(or_(row.first_id == one.id, row.second_id == one.id)).order_by(row.id)
    return [
        {"kind": each.kind, "decided": _iso(each.set_at), "removed": _iso(each.removed_at)}
        for each in session.scalars(query)
    ]


def _grades(session: Session, one: models.Participant) -> list[dict[str, Any]]:
    row = models.Grade
    found = session.scalars(select(row).where(row.participant_id == one.id).order_by(row.id))
    return [
        {
            "column": each.part,
            "points": str(each.points),
            "maximum": str(each.maximum),
            "reckoned": _iso(each.reckoned_at),
        }
        for each in found
    ]


def _statements(session: Session, member: models.Member) -> list[str]:
    body = models.Statement.body
    accounts = [text_of(one) for one in statement_people.all_of(member)]
    query = (
        select(body)
        .join(models.Statement.event)
        .where(
            models.Event.course_id == member.course_id,
            or_(*(body.contains(text, autoescape=True) for text in accounts)),
        )
        .order_by(models.Event.recorded_at, models.Statement.id)
    )
    return list(session.scalars(query))


def _iso(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment is not None else None
