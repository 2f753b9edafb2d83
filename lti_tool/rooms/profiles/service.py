from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import events, mail, participation


def join(
    session: Session, member: models.Member, cohort: models.Cohort, *, role: str, languages: list[str]
) -> models.Participant:
    """Take part in a cohort, with consent given now. Whoever takes part already stays as they are.

    Args:
        role: mentee, mentor or both.
        languages: a first guess; the person chooses in the next step.
    """
    participant = _own_part(session, member, cohort)
    if participant is None:
        participant = _insert(session, _new_part(member, cohort, role, languages))
    if participant.left_at is not None:
        participant.left_at = None
        participant.consented_at = clock.now()
        set_role(session, participant, role)
    events.cohort_joined(session, participant)
    return participant


def set_role(session: Session, participant: models.Participant, role: str) -> None:
    """Change how somebody takes part. Topics that the new role does not ask about are let go."""
    mentored = participant.mentors
    participant.role = role
    if participant.mentors and not mentored:
        participant.mentor_approved = participant.cohort.mentors != "chosen"
    keep = {kind for kind, asked in (("wants", participant.learns), ("offers", participant.mentors)) if asked}
    participant.interests[:] = [one for one in participant.interests if one.kind in keep]
    session.flush()


def set_topics(
    session: Session,
    participant: models.Participant,
    *,
    levels: Mapping[tuple[str, int], int],
    languages: Iterable[str],
    capacity: int | None,
) -> None:
    """Replace what a participant wants to learn and can offer.

    Args:
        levels: by kind ("wants" or "offers") and topic id; 0 takes the topic away.
        capacity: None leaves it as it is.
    """
    known = {(one.kind, one.topic_id): one for one in participant.interests}
    for (kind, topic_id), level in levels.items():
        interest = known.get((kind, topic_id))
        if interest is None and level:
            participant.interests.append(models.Interest(topic_id=topic_id, kind=kind, level=level))
        elif interest is not None and level:
            interest.level = level
        elif interest is not None:
            participant.interests.remove(interest)
    participant.languages = list(languages)
    if capacity is not None:
        participant.capacity = capacity
    session.flush()
    participation.prepared(session, participant)


def set_week(session: Session, participant: models.Participant, week: Iterable[int], zone: str) -> None:
    """Replace the free half hours, which are by the clock of ``zone``."""
    participant.week = frozenset(week)
    set_zone(session, participant.member, zone)
    participation.prepared(session, participant)


def set_mail(session: Session, member: models.Member, wanted: Collection[str]) -> None:
    """Which kinds of mail this person gets, in all courses of the platform."""
    off = [kind for kind in mail.KINDS if kind not in wanted]
    member.person.mail_off = off or None
    session.flush()


def set_zone(session: Session, member: models.Member, zone: str) -> None:
    """A person lives in one zone: it holds in the whole course. Free hours keep their clock times."""
    member.person.timezone = zone
    for part in session.scalars(select(models.Participant).where(models.Participant.member_id == member.id)):
        part.timezone = zone
    session.flush()


def _own_part(session: Session, member: models.Member, cohort: models.Cohort) -> models.Participant | None:
    return session.scalar(
        select(models.Participant).where(
            models.Participant.cohort_id == cohort.id, models.Participant.member_id == member.id
        )
    )


def _new_part(
    member: models.Member, cohort: models.Cohort, role: str, languages: list[str]
) -> models.Participant:
    return models.Participant(
        cohort=cohort,
        member=member,
        role=role,
        mentor_approved=role == "mentee" or cohort.mentors != "chosen",
        capacity=1,
        timezone=member.person.timezone or "UTC",
        week=frozenset(),
        languages=languages,
        consented_at=clock.now(),
        joined_at=clock.now(),
    )


def _insert(session: Session, participant: models.Participant) -> models.Participant:
    """Add the row, or find the one that a second click of the same person has just added."""
    member, cohort = participant.member, participant.cohort
    try:
        with session.begin_nested():
            session.add(participant)
    except IntegrityError:
        first = _own_part(session, member, cohort)
        if first is None:
            raise
        return first
    return participant
