"""From rows to the values that statements are made of. No names, mailboxes or notes leave here."""

import uuid
from typing import Any

import xapi
from lti_tool import settings
from lti_tool.db import models


def account(member: models.Member) -> xapi.Account:
    """A person as their platform knows them or, where that is set, as only this course does."""
    if settings.current().xapi_people == "pseudonym":
        return pseudonymous(member)
    return known(member)


def known(member: models.Member) -> xapi.Account:
    person = member.person
    return xapi.Account(home_page=person.platform.issuer, name=person.sub)


def pseudonymous(member: models.Member) -> xapi.Account:
    """Another account in each course: nobody can tell from statements that it is one person."""
    home = f"{settings.current().public_url}/xapi/courses/{member.course_id}"
    return xapi.Account(home_page=home, name=member.pseudonym)


def programme(cohort: models.Cohort) -> xapi.Programme:
    course = cohort.course
    deployment = course.deployment
    return xapi.Programme(
        tool=settings.current().public_url,
        issuer=deployment.platform.issuer,
        deployment=deployment.deployment_id,
        context=course.context_id,
        course_id=course.id,
        course_title=course.display_title,
        cohort_id=cohort.id,
        cohort_name=cohort.name,
    )


def participation(participant: models.Participant) -> uuid.UUID:
    """Registration of somebody's time in a cohort."""
    return uuid.uuid5(xapi.NAMESPACE, f"{settings.current().public_url}/participants/{participant.id}")


def pairing(mentorship: models.Mentorship) -> xapi.Pairing:
    return xapi.Pairing(id=mentorship.id, registration=mentorship.registration, topic=mentorship.topic.name)


def promise(commitment: models.Commitment) -> dict[str, Any]:
    """What both statements about a commitment say; not what was promised."""
    mentorship, maker = commitment.mentorship, commitment.participant
    roles = [one.role for one in mentorship.people if one.participant_id == maker.id]
    return {
        "programme": programme(mentorship.cohort),
        "language": language(maker),
        "actor": account(maker.member),
        "role": xapi.role(roles[0] if roles else maker.role),
        "pairing": pairing(mentorship),
        "commitment_id": commitment.id,
        "due_on": commitment.due_on,
    }


def meeting(planned: models.Session) -> xapi.Meeting:
    return xapi.Meeting(
        id=planned.id, format=planned.format, starts_at=planned.starts_at, minutes=planned.minutes
    )


def mentorship_of(planned: models.Session) -> xapi.Pairing | None:
    return pairing(planned.mentorship) if planned.mentorship is not None else None


def role_in(planned: models.Session, participant: models.Participant) -> xapi.Role:
    """What somebody is in this very session: their place in the mentorship, or else in the cohort."""
    places = planned.mentorship.people if planned.mentorship is not None else []
    roles = [one.role for one in places if one.participant_id == participant.id]
    return xapi.role(roles[0] if roles else participant.role)


def acting(planned: models.Session, by: models.Participant | models.Member) -> dict[str, Any]:
    """Who did something about a session, as its event has it; a teacher acts for the whole programme."""
    if isinstance(by, models.Member):
        return {"actor": account(by), "role": xapi.role("coordinator"), "language": None}
    return {"actor": account(by.member), "role": role_in(planned, by), "language": language(by)}


def mentor_for(planned: models.Session, participant: models.Participant) -> xapi.Account | None:
    """Who mentored this person in the session; None for the mentor and where nobody did."""
    places = planned.mentorship.people if planned.mentorship is not None else []
    mentors = [one.participant for one in places if one.role == "mentor"]
    if not mentors or mentors[0].id == participant.id:
        return None
    return account(mentors[0].member)


def language(participant: models.Participant) -> str | None:
    """The first language this person can hold a session in."""
    return participant.languages[0] if participant.languages else None
