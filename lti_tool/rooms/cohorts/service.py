"""Writing a cohort: its making and changing, its mentors' approval, its course list."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.outbox import events, participation, whole_cohort
from lti_tool.rooms.cohorts.plan import CohortPlan, TopicPlan

REPEATED_WITHIN = timedelta(minutes=2)


class NameTaken(Exception):
    """The course has another cohort of this name."""


class TopicInUse(Exception):
    """A topic to be removed that people already chose. ``args[0]`` is its name."""


def create(
    session: Session, course: models.Course, actor: models.Member, plan: CohortPlan, link_id: int | None
) -> models.Cohort:
    """Make a cohort, tie it to the link it was made from, and have the course list read.

    A form sent twice gives the cohort that the first made.

    Raises:
        NameTaken: the course already has a cohort of that name.
    """
    repeated = _just_made(session, course, actor, plan.name)
    if repeated is not None:
        return repeated
    try:
        cohort = _add(session, course, actor, plan)
    except NameTaken:
        # The same form may have been sent twice in the same moment.
        repeated = _just_made(session, course, actor, plan.name)
        if repeated is None:
            raise
        return repeated
    _bind_link(session, cohort, link_id)
    if course.memberships_url:
        read_roster(session, course, cohort)
    return cohort


def change(session: Session, cohort: models.Cohort, plan: CohortPlan) -> None:
    """Change a cohort. People keep the topics they chose, under the new name.

    Raises:
        NameTaken: the course has another cohort of that name.
        TopicInUse: a topic that somebody chose was to be removed.
    """
    # Before its rows: whoever publishes a round of it meanwhile holds the cohort and then wants its topics.
    query = select(models.Cohort.id).where(models.Cohort.id == cohort.id)
    session.execute(query.with_for_update(key_share=True))
    rule = cohort.grade_rule
    before = (rule.enabled, rule.maximum, rule.sessions_for_full)
    with _free_name(session, plan.name):
        _change_topics(session, cohort, plan.topics)
        _set(cohort, plan)
    if before != (rule.enabled, rule.maximum, rule.sessions_for_full):
        whole_cohort.reckon(session, cohort)


def note_training(session: Session, participant: models.Participant, *, on: bool) -> None:
    """Whether somebody finished the training for peer mentors; it may count for points."""
    if on == (participant.trained_at is not None):
        return
    participant.trained_at = clock.now() if on else None
    session.flush()
    if on:
        events.training_completed(session, participant)
    else:
        participation.update(session, participant)


def approve_mentor(participant: models.Participant) -> None:
    participant.mentor_approved = True


def read_roster(session: Session, course: models.Course, cohort: models.Cohort) -> models.Job:
    """Have the course list read; the reading that is under way, if there is one."""
    # Two clicks in the same moment start one reading.
    query = select(models.Course.id).where(models.Course.id == course.id)
    session.execute(query.with_for_update(key_share=True))
    under_way = jobs.under_way(session, course.id, "roster")
    return under_way or jobs.start(session, course.id, "roster", cohort.id)


def _add(session: Session, course: models.Course, actor: models.Member, plan: CohortPlan) -> models.Cohort:
    with _free_name(session, plan.name):
        cohort = models.Cohort(course=course, created_by_id=actor.id, created_at=clock.now())
        cohort.grade_rule = models.GradeRule()
        _set(cohort, plan)
        named = [topic for topic in plan.topics if topic.name]
        cohort.topics = [
            models.Topic(name=topic.name, risk=topic.risk, position=position)
            for position, topic in enumerate(named)
        ]
        session.add(cohort)
    return cohort


def _just_made(
    session: Session, course: models.Course, actor: models.Member, name: str
) -> models.Cohort | None:
    return session.scalar(
        select(models.Cohort).where(
            models.Cohort.course_id == course.id,
            models.Cohort.name == name,
            models.Cohort.created_by_id == actor.id,
            models.Cohort.created_at > clock.now() - REPEATED_WITHIN,
        )
    )


def _set(cohort: models.Cohort, plan: CohortPlan) -> None:
    cohort.name = plan.name
    cohort.kind = plan.kind
    cohort.starts_on, cohort.ends_on = plan.starts_on, plan.ends_on
    cohort.mentors, cohort.checkpoints = plan.mentors, plan.checkpoints
    cohort.review_untrained, cohort.audit_percent = plan.review_untrained, plan.audit_percent
    cohort.group_rule, cohort.group_set = plan.group_rule, plan.group_set
    cohort.only_group, cohort.only_group_name = plan.only_group, plan.only_group_name
    rule = cohort.grade_rule
    rule.enabled, rule.maximum, rule.sessions_for_full = plan.graded, plan.maximum, plan.sessions_for_full


@contextmanager
def _free_name(session: Session, name: str) -> Iterator[None]:
    """Let the database decide whether the name is free, so that two people at once cannot both have it."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError:
        raise NameTaken(name) from None


def _bind_link(session: Session, cohort: models.Cohort, link_id: int | None) -> None:
    link = session.get(models.ResourceLink, link_id) if link_id is not None else None
    if link is not None and link.course_id == cohort.course_id and link.cohort_id is None:
        link.cohort_id = cohort.id


def _change_topics(session: Session, cohort: models.Cohort, plans: tuple[TopicPlan, ...]) -> None:
    known = {topic.id: topic for topic in cohort.topics}
    wished = {plan.key: plan for plan in plans if plan.key in known and plan.name}
    position = max((topic.position for topic in known.values()), default=-1)
    for topic in known.values():
        if topic.id not in wished:
            _remove_topic(session, cohort, topic)
        elif topic.name != wished[topic.id].name:
            topic.name = f"topic {topic.id}"  # two topics may swap their names; for a moment neither has one
    session.flush()
    for topic_id, plan in wished.items():
        topic = known[topic_id]
        topic.name, topic.risk = plan.name, plan.risk
    for plan in (plan for plan in plans if plan.key not in known and plan.name):
        position += 1
        cohort.topics.append(models.Topic(name=plan.name, risk=plan.risk, position=position))


def _remove_topic(session: Session, cohort: models.Cohort, topic: models.Topic) -> None:
    if _in_use(session, topic):
        raise TopicInUse(topic.name)
    cohort.topics.remove(topic)
    session.delete(topic)


def _in_use(session: Session, topic: models.Topic) -> bool:
    owners = (models.Interest, models.Mentorship, models.Checkpoint, models.ScenarioPair)
    return any(session.scalar(select(exists().where(owner.topic_id == topic.id))) for owner in owners)
