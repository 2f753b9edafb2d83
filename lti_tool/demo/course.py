"""The demo's course, furnished through the services that clicks call, at the dates they would."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import jobs, worker
from lti_tool.app import create_app
from lti_tool.db import clock, engine, models, schema
from lti_tool.db.engine import db
from lti_tool.demo import profiles as invented
from lti_tool.demo.place import Place
from lti_tool.lti import pseudonyms, registration
from lti_tool.rooms.checkpoints import service as checkpoints
from lti_tool.rooms.cohorts import expert_limits
from lti_tool.rooms.cohorts import experts as expert_service
from lti_tool.rooms.cohorts import service as cohorts
from lti_tool.rooms.cohorts.plan import CohortPlan, TopicPlan
from lti_tool.rooms.profiles import service as profiles
from lti_tool.rooms.rounds import pair_rules, publishing
from lti_tool.rooms.rounds import service as rounds
from lti_tool.rooms.sessions import service as sessions
from lti_tool.sandbox import demonstration, people
from lti_tool.sandbox.vocabulary import ALL_SCOPES
from lti_tool.web import overlap

AUTUMN, WINTER = "Autumn peer mentoring", "Winter study partners"
AUTUMN_TOPICS = (
    ("Statistics", "high"),
    ("Cell biology", "low"),
    ("Scientific writing", "low"),
    ("R programming", "low"),
)
WINTER_TOPICS = (("Exam preparation", "low"), ("Lab safety", "high"), ("Reading papers", "low"))
WEEKS_SO_FAR = 6


def furnish(place: Place) -> None:
    """Set up the database with the demo's course, unless that was done before."""
    app = create_app(place.settings())
    with app.app_context():
        schema.upgrade(db.engine)
        if db.session.scalar(select(models.Platform)) is None:
            print("Furnishing the demo's course ...", flush=True)
            _furnish(db.session, place)
        db.engine.dispose()


def _furnish(session: Session, place: Place) -> None:
    today = clock.today()
    began = today - timedelta(weeks=WEEKS_SO_FAR, days=today.weekday())
    with _step(began - timedelta(days=14)), _writing(session):
        course = _course(session, place)
        members = _members(session, course)
        _groups(session, course, members)
    _autumn(session, course, members, began)
    _winter(session, course, members, today)


def _course(session: Session, place: Place) -> models.Course:
    lms = place.lms_url
    platform = registration.add_platform(
        session,
        issuer=lms,
        client_id=demonstration.CLIENT_ID,
        auth_url=f"{lms}/auth",
        token_url=f"{lms}/token",
        jwks_url=f"{lms}/jwks",
        deployment_ids=[demonstration.DEPLOYMENT_ID],
        name="Sandbox LMS",
    )
    session.flush()
    services = f"{lms}/lti/courses/{people.BIO101.id}"
    course = models.Course(
        deployment=platform.deployments[0],
        context_id=people.BIO101.id,
        label=people.BIO101.label,
        title=people.BIO101.title,
        memberships_url=f"{services}/memberships",
        lineitems_url=f"{services}/lineitems",
        groups_url=f"{services}/groups",
        group_sets_url=f"{services}/groupsets",
        scopes=sorted(ALL_SCOPES),
        roster_read_at=clock.now(),
    )
    session.add(course)
    session.flush()
    return course


def _members(session: Session, course: models.Course) -> dict[str, models.Member]:
    """Everybody in the course's list, as a roster sync would have written them."""
    members: dict[str, models.Member] = {}
    for seed in people.BIO101.people:
        person = models.Person(
            platform_id=course.deployment.platform_id,
            sub=seed.id,
            name=seed.name if seed.shares_profile else None,
            email=seed.email if seed.shares_profile else None,
            locale=seed.locale,
            timezone=seed.zoneinfo,
        )
        member = models.Member(
            course=course,
            person=person,
            pseudonym=pseudonyms.draw([one.pseudonym for one in members.values()]),
            role=invented.ROLES.get(seed.id.rsplit("-", 1)[0], "learner"),
        )
        session.add(member)
        session.flush()
        members[seed.id] = member
    return members


def _groups(session: Session, course: models.Course, members: dict[str, models.Member]) -> None:
    """The course's groups, as the same reading would have written them."""
    for one in people.BIO101.group_sets:
        for number, (name, subs) in enumerate(one.groups.items(), start=1):
            group = models.CourseGroup(
                course=course,
                kind="group",
                key=f"{one.id}-{number}",
                name=name,
                set_key=one.id,
                set_name=one.name,
            )
            session.add_all(models.GroupMember(group=group, member=members[sub]) for sub in subs)
    session.flush()


def _autumn(session: Session, course: models.Course, members: dict[str, models.Member], began: date) -> None:
    """A cohort in mid-life: matched six weeks ago, meeting since, some checkpoints signed."""
    teacher = members["instructor-1"]
    cohort = _cohort(session, course, teacher, AUTUMN, AUTUMN_TOPICS, began)
    _name_experts(session, cohort, members, {"expert-1": (0, 2, 3), "expert-2": (0, 1)})
    for number, profile in enumerate(invented.AUTUMN):
        with _step(began - timedelta(days=9 - number % 6), hour=8 + number % 11):
            _join(session, cohort, members[profile.sub], profile)
    with _step(began, hour=9):
        _match(session, cohort, teacher)
    pairs = session.scalars(
        select(models.Mentorship)
        .where(models.Mentorship.cohort_id == cohort.id)
        .order_by(models.Mentorship.id)
    ).all()
    for number, mentorship in enumerate(pairs):
        _meet(session, mentorship, began, number)
    _sign_some(session, cohort, began)
    with _step(clock.today() - timedelta(days=8), hour=16):
        _stop_a_round(session, cohort, teacher)
    with _step(clock.today() - timedelta(days=4), hour=10):
        _join(session, cohort, members[invented.LATE.sub], invented.LATE)


def _winter(session: Session, course: models.Course, members: dict[str, models.Member], today: date) -> None:
    """A cohort that is about to start: people have joined and wait for the matching."""
    starts = today + timedelta(days=7 - today.weekday())
    cohort = _cohort(session, course, members["instructor-1"], WINTER, WINTER_TOPICS, starts)
    _name_experts(session, cohort, members, {"expert-1": (1,)})
    for number, profile in enumerate(invented.WINTER):
        with _step(today - timedelta(days=1 + number % 5), hour=8 + number % 11):
            _join(session, cohort, members[profile.sub], profile)
    with _step(today - timedelta(days=1), hour=19):
        _decide(session, cohort, members["instructor-1"])


def _decide(session: Session, cohort: models.Cohort, teacher: models.Member) -> None:
    """The teacher knows things about people that no form asks for."""
    parts = session.scalars(select(models.Participant).where(models.Participant.cohort_id == cohort.id))
    by_sub = {part.member.person.sub: part for part in parts}
    with _writing(session):
        for kind, learner, mentor, reason in invented.DECIDED:
            people = by_sub[learner], by_sub[mentor]
            pair_rules.add(session, cohort, teacher, kind, people, reason)


def _cohort(
    session: Session,
    course: models.Course,
    teacher: models.Member,
    name: str,
    topics: Sequence[tuple[str, str]],
    starts: date,
) -> models.Cohort:
    plan = CohortPlan(
        name=name,
        topics=tuple(TopicPlan(None, topic, risk) for topic, risk in topics),
        starts_on=starts,
        ends_on=starts + timedelta(days=90),
        mentors="anyone",
        checkpoints="high_risk",
        audit_percent=10,
        graded=True,
        maximum=100,
        sessions_for_full=6,
    )
    with _step(min(starts - timedelta(days=10), clock.today() - timedelta(days=6))), _writing(session):
        link = _link(session, course, name)
        return cohorts.create(session, course, teacher, plan, link.id)


def _link(session: Session, course: models.Course, cohort_name: str) -> models.ResourceLink:
    """The activity that opens the cohort, with the column that the LMS made for it, as a launch would say."""
    position = 0 if cohort_name == AUTUMN else 1
    seed = people.BIO101.resource_links[position]
    link = models.ResourceLink(
        course_id=course.id,
        link_id=seed.id,
        title=seed.title,
        lineitem_url=f"{course.lineitems_url}/{position + 1}/lineitem",
    )
    session.add(link)
    session.flush()
    return link


def _name_experts(
    session: Session,
    cohort: models.Cohort,
    members: dict[str, models.Member],
    reviews: dict[str, tuple[int, ...]],
) -> None:
    with _writing(session):
        for sub, numbers in reviews.items():
            topics = [topic for topic in cohort.topics if topic.position in numbers]
            expert = expert_service.name_expert(session, cohort, members[sub], topics, reviews=2)
            middle = cohort.starts_on + timedelta(days=70)
            expert_limits.add_absence(session, expert, middle, middle + timedelta(days=13))


def _join(session: Session, cohort: models.Cohort, member: models.Member, profile: invented.Profile) -> None:
    with _writing(session):
        part = profiles.join(session, member, cohort, role=profile.role, languages=list(profile.languages))
        keys = {topic.position: topic.id for topic in cohort.topics}
        levels = {("wants", keys[place]): level for place, level in profile.wants.items()}
        levels |= {("offers", keys[place]): level for place, level in profile.offers.items()}
        profiles.set_topics(
            session, part, levels=levels, languages=profile.languages, capacity=profile.capacity
        )
        if profile.week:
            profiles.set_week(session, part, profile.week, member.person.timezone or "UTC")


def _match(session: Session, cohort: models.Cohort, teacher: models.Member) -> None:
    with _writing(session):
        matching_round = rounds.start(session, cohort, teacher)
        job_id = matching_round.job_id
    worker.run(job_id)
    with _writing(session):
        publishing.publish(session, matching_round.scenarios[0], teacher)


def _stop_a_round(session: Session, cohort: models.Cohort, teacher: models.Member) -> None:
    """Somebody still waits; the teacher started a second round and thought better of it."""
    with _writing(session):
        jobs.cancel(rounds.start(session, cohort, teacher).job)


def _meet(session: Session, mentorship: models.Mentorship, began: date, number: int) -> None:
    """Weekly or fortnightly sessions so far, most confirmed by both, and for most pairs one to come."""
    mentee, mentor = mentorship.person("mentee"), mentorship.person("mentor")
    every = 1 if number % 3 == 0 else 2
    for week in range(1, WEEKS_SO_FAR + 1, every):
        moment = _shared_time(mentee, mentor, began + timedelta(weeks=week), number)
        if moment is None or moment > clock.now():
            continue
        with clock.at(moment - timedelta(days=2)):
            meeting = _book(session, mentorship, mentee, moment)
        last = week + every > WEEKS_SO_FAR
        # Of the newest sessions some still wait for one of the two.
        if not (last and number % 2 == 0):
            _confirm(session, meeting, mentee, moment + timedelta(hours=2))
        if not (last and number % 2):
            _confirm(session, meeting, mentor, moment + timedelta(hours=5))
    coming = _shared_time(mentee, mentor, clock.today() + timedelta(days=3), number)
    if coming is not None and number % 4 != 3:
        _book(session, mentorship, mentor, coming)


def _shared_time(
    one: models.Participant, other: models.Participant, day: date, number: int
) -> datetime | None:
    """An hour that suits both in the seven days from ``day``."""
    weeks = [overlap.FreeWeek(person.week, person.timezone) for person in (one, other)]
    after = datetime.combine(day, time(), ZoneInfo(one.timezone))
    times = overlap.proposals(weeks, after, after + timedelta(days=7), minutes=60, limit=12, taken=[])
    return times[number % len(times)] if times else None


def _book(
    session: Session, mentorship: models.Mentorship, by: models.Participant, moment: datetime
) -> models.Session:
    with _writing(session):
        return sessions.book(session, mentorship, by, starts_at=moment, minutes=60, place=invented.PLACE)


def _confirm(session: Session, meeting: models.Session, by: models.Participant, moment: datetime) -> None:
    if moment > datetime.now(moment.tzinfo):
        return
    with clock.at(moment), _writing(session):
        sessions.answer(session, meeting, by, "met")


def _sign_some(session: Session, cohort: models.Cohort, began: date) -> None:
    """Half of the checkpoints were signed in the last weeks; the rest waits for its expert."""
    owed = session.scalars(
        select(models.Checkpoint)
        .join(models.Mentorship)
        .where(models.Mentorship.cohort_id == cohort.id, models.Checkpoint.expert_id.is_not(None))
        .order_by(models.Checkpoint.id)
    ).all()
    for number, checkpoint in enumerate(owed[::2]):
        expert = checkpoint.expert
        assert expert is not None
        outcome = "passed" if number else "failed"
        with _step(began + timedelta(weeks=4, days=number % 10), hour=14), _writing(session):
            checkpoints.sign(session, checkpoint, expert, outcome=outcome, comment=invented.COMMENTS[outcome])


@contextmanager
def _writing(session: Session) -> Iterator[None]:
    """One click of somebody: a transaction. Nobody listens for its end yet; the worker will look later."""
    session.rollback()
    engine.begin_write(session)
    yield
    engine.commit_without_actions(session)


def _step(day: date, hour: int = 10) -> AbstractContextManager[None]:
    """Let what follows happen on that day."""
    return clock.at(datetime.combine(day, time(hour, 4), ZoneInfo("Europe/Lisbon")))
