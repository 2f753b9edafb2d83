"""The fixed cast: who they are, and what a test may count on.

One course with a cohort in it: a mentee, a mentor, somebody who is both, an instructor, an expert. And two
outsiders: an instructor of another course on the same platform, and one on another platform altogether.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import clock, models

EVENINGS = frozenset(day * 48 + slot for day in range(5) for slot in range(36, 42))
"""Monday to Friday, 18:00 to 21:00."""
TO_COME = 2**33
"""Seconds since 1970: long after any time to which a test travels."""
MORNINGS = frozenset(day * 48 + slot for day in range(5) for slot in range(18, 24))
"""Monday to Friday, 9:00 to 12:00."""


@dataclass
class Cast:
    """Rows of the database; ids are set."""

    platform: models.Platform
    course: models.Course
    cohort: models.Cohort
    statistics: models.Topic
    """A topic of high risk."""
    writing: models.Topic
    """A topic of low risk."""
    instructor: models.Member
    mentee: models.Member
    mentor: models.Member
    both: models.Member
    expert: models.Member
    newcomer: models.Member
    """A learner of the course who has not joined the cohort."""
    outsider: models.Member
    """An instructor of another course."""
    other_platform: models.Member
    """An instructor of a course on another platform that has the same context id and sub."""
    p_mentee: models.Participant
    p_mentor: models.Participant
    p_both: models.Participant
    p_expert: models.Participant


def make_cast(session: Session) -> Cast:
    platform = make_platform(session, "https://lms.example")
    course = make_course(session, platform, "course-1", "Bio 101")
    instructor = make_member(session, course, "tess", "Tess Teacher", role="instructor")
    cohort, statistics, writing = make_cohort(session, course, instructor)
    mentee = make_member(session, course, "ana", "Ana Álvarez")
    mentor = make_member(session, course, "bo", "Bo Đặng")
    both = make_member(session, course, "chi", "Chi Okafor")
    expert = make_member(session, course, "eva", "Eva Expert", role="assistant")
    newcomer = make_member(session, course, "nils", None)
    other_course = make_course(session, platform, "course-2", "Sta 200")
    elsewhere = make_course(session, make_platform(session, "https://other.example"), "course-1", "Bio 101")
    return Cast(
        platform=platform,
        course=course,
        cohort=cohort,
        statistics=statistics,
        writing=writing,
        instructor=instructor,
        mentee=mentee,
        mentor=mentor,
        both=both,
        expert=expert,
        newcomer=newcomer,
        outsider=make_member(session, other_course, "omar", "Omar Outsider", role="instructor"),
        other_platform=make_member(session, elsewhere, "tess", "Tess Elsewhere", role="instructor"),
        p_mentee=make_participant(session, cohort, mentee, "mentee", wants={statistics: 3, writing: 1}),
        p_mentor=make_participant(
            session, cohort, mentor, "mentor", offers={statistics: 3}, capacity=2, timezone="Africa/Lagos"
        ),
        p_both=make_participant(
            session, cohort, both, "both", wants={statistics: 2}, offers={writing: 2}, capacity=1
        ),
        p_expert=make_participant(session, cohort, expert, "expert", reviews={statistics: 3}, capacity=2),
    )


def make_platform(session: Session, issuer: str) -> models.Platform:
    platform = models.Platform(
        name=issuer.removeprefix("https://"),
        issuer=issuer,
        client_id="client-1",
        auth_url=f"{issuer}/auth",
        token_url=f"{issuer}/token",
        jwks_url=f"{issuer}/jwks",
        created_at=clock.now(),
    )
    session.add(platform)
    session.flush()
    return platform


def make_course(session: Session, platform: models.Platform, context_id: str, title: str) -> models.Course:
    deployment = session.query(models.Deployment).filter_by(platform_id=platform.id).one_or_none()
    if deployment is None:
        deployment = models.Deployment(platform_id=platform.id, deployment_id="1", approved_at=clock.now())
    course = models.Course(
        deployment=deployment,
        context_id=context_id,
        label=title.upper().replace(" ", ""),
        title=title,
        memberships_url=f"{platform.issuer}/{context_id}/memberships",
        lineitems_url=f"{platform.issuer}/{context_id}/lineitems",
        scopes=[
            "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
            "https://purl.imsglobal.org/spec/lti-ags/scope/score",
            "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
        ],
    )
    session.add(course)
    session.flush()
    return course


def make_cohort(
    session: Session, course: models.Course, founder: models.Member, name: str = "Spring mentoring"
) -> tuple[models.Cohort, models.Topic, models.Topic]:
    """A cohort of 90 days that began three weeks ago, with one topic of high and one of low risk."""
    start = clock.today() - timedelta(days=21)
    cohort = models.Cohort(
        course=course,
        name=name,
        kind="hybrid",
        starts_on=start,
        ends_on=start + timedelta(days=90),
        mentors="anyone",
        checkpoints="high_risk",
        created_by_id=founder.id,
        created_at=clock.now(),
        grade_rule=models.GradeRule(enabled=True, maximum=100, sessions_for_full=4),
    )
    statistics = models.Topic(cohort=cohort, name="Statistics", risk="high", position=0)
    writing = models.Topic(cohort=cohort, name="Scientific writing", risk="low", position=1)
    session.add_all([cohort, statistics, writing])
    session.flush()
    return cohort, statistics, writing


def make_member(
    session: Session, course: models.Course, sub: str, name: str | None, role: str = "learner"
) -> models.Member:
    member = models.Member(
        course=course,
        person=models.Person(
            platform_id=course.deployment.platform_id,
            sub=sub,
            name=name,
            timezone="Europe/Madrid",
            locale="en",
        ),
        pseudonym=f"Quiet Heron {sub}",
        role=role,
        role_from_launch=True,
        last_launch_at=clock.now(),
    )
    session.add(member)
    session.flush()
    return member


def make_participant(
    session: Session,
    cohort: models.Cohort,
    member: models.Member,
    role: str,
    *,
    wants: dict[models.Topic, int] | None = None,
    offers: dict[models.Topic, int] | None = None,
    reviews: dict[models.Topic, int] | None = None,
    capacity: int = 1,
    timezone: str = "Europe/Madrid",
    week: frozenset[int] = EVENINGS,
) -> models.Participant:
    interests = [
        models.Interest(topic=topic, kind=kind, level=level)
        for kind, levels in (("wants", wants), ("offers", offers), ("reviews", reviews))
        for topic, level in (levels or {}).items()
    ]
    participant = models.Participant(
        cohort=cohort,
        member=member,
        role=role,
        capacity=capacity,
        timezone=timezone,
        week=week,
        languages=["en"],
        consented_at=clock.now(),
        joined_at=clock.now(),
        interests=interests,
    )
    session.add(participant)
    session.flush()
    return participant


def make_mentorship(
    session: Session,
    cohort: models.Cohort,
    mentee: models.Participant,
    mentor: models.Participant,
    topic: models.Topic,
    expert: models.Participant | None = None,
) -> models.Mentorship:
    """A published pair; with an expert, it owes a checkpoint that is assigned to them."""
    mentorship = models.Mentorship(
        registration=uuid.uuid4(),
        cohort=cohort,
        topic=topic,
        score=8400,
        reasons=[],
        started_at=datetime.now(UTC) - timedelta(days=14),
        people=[
            models.MentorshipPerson(participant=mentee, role="mentee"),
            models.MentorshipPerson(participant=mentor, role="mentor"),
        ],
    )
    session.add(mentorship)
    if expert is not None:
        session.add(
            models.Checkpoint(
                mentorship=mentorship,
                topic=topic,
                expert=expert,
                due_on=clock.today() + timedelta(days=14),
                created_at=clock.now(),
            )
        )
    session.flush()
    return mentorship


def administer(client: FlaskClient, platform_id: int | None = None) -> None:
    """Let this browser in to the administration: of one platform, or (by a link) of all."""
    with client.session_transaction() as cookie:
        cookie["administers"] = {
            "by": "link" if platform_id is None else "launch",
            "actor": "link 1" if platform_id is None else f"platform {platform_id}, person 1",
            "platform": platform_id,
            "frames": [],
            "at": TO_COME,
        }
        cookie["locale"] = "en"


def enter(
    client: FlaskClient, member: models.Member, link_id: int | None = None, at: datetime | None = None
) -> None:
    """Put a launch of this member into the browser's cookie session; by default one that never ends."""
    with client.session_transaction() as cookie:
        courses = dict(cookie.get("courses", {}))
        courses[str(member.course_id)] = {
            "member": member.id,
            "link": link_id,
            "frames": ["https://lms.example"],
            "at": TO_COME if at is None else int(at.timestamp()),
        }
        cookie["courses"] = courses
        cookie["locale"] = "en"
