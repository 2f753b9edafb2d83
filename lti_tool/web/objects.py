"""What an address names, looked up inside the course and cohort that it names, too."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select

from lti_tool.db import models
from lti_tool.web.identity import Viewer


@dataclass
class Place:
    """Where the request is: the objects that its address names, already checked to belong together."""

    viewer: Viewer
    course: models.Course
    cohort: models.Cohort | None = None
    participant: models.Participant | None = None
    """The viewer's own part in the cohort, if there is one."""
    found: dict[str, Any] = field(default_factory=dict)


def of_cohort(here: Place, cohort_id: int) -> Select[Any]:
    return select(models.Cohort).where(
        models.Cohort.id == cohort_id, models.Cohort.course_id == here.course.id
    )


def own_part_of(here: Place) -> Select[models.Participant]:
    return select(models.Participant).where(
        models.Participant.cohort == here.cohort, models.Participant.member == here.viewer.member
    )


def _in_cohort(model: Any) -> Callable[[Place, int], Select[Any]]:
    return lambda here, key: select(model).where(model.id == key, model.cohort == here.cohort)


def _member(here: Place, member_id: int) -> Select[Any]:
    return select(models.Member).where(
        models.Member.id == member_id, models.Member.course_id == here.course.id
    )


def _job(here: Place, job_id: int) -> Select[Any]:
    return select(models.Job).where(models.Job.id == job_id, models.Job.course_id == here.course.id)


def _commitment(here: Place, commitment_id: int) -> Select[Any]:
    return (
        select(models.Commitment)
        .join(models.Commitment.mentorship)
        .where(models.Commitment.id == commitment_id, models.Mentorship.cohort == here.cohort)
    )


def _store(here: Place, store_id: int) -> Select[Any]:
    return select(models.RecordStore).where(
        models.RecordStore.id == store_id, models.RecordStore.course_id == here.course.id
    )


def _deep_link(here: Place, deep_link_id: int) -> Select[Any]:
    return (
        select(models.DeepLinkRequest)
        .join(models.DeepLinkRequest.member)
        .where(models.DeepLinkRequest.id == deep_link_id, models.Member.course_id == here.course.id)
    )


def _checkpoint(here: Place, checkpoint_id: int) -> Select[Any]:
    return (
        select(models.Checkpoint)
        .join(models.Mentorship)
        .where(models.Checkpoint.id == checkpoint_id, models.Mentorship.cohort == here.cohort)
    )


def _of_round(model: Any) -> Callable[[Place, int], Select[Any]]:
    """Rows that belong to the round of the address, which was found before them."""
    return lambda here, key: select(model).where(model.id == key, model.round == here.found["round"])


OBJECTS: dict[str, Callable[[Place, int], Select[Any]]] = {
    "participant_id": _in_cohort(models.Participant),
    "round_id": _in_cohort(models.Round),
    "pair_rule_id": _in_cohort(models.PairRule),
    "rules_id": _in_cohort(models.MatchingRules),
    "member_id": _member,
    "scenario_id": _of_round(models.Scenario),
    "question_id": _of_round(models.Question),
    "mentorship_id": _in_cohort(models.Mentorship),
    "session_id": _in_cohort(models.Session),
    "checkpoint_id": _checkpoint,
    "job_id": _job,
    "store_id": _store,
    "commitment_id": _commitment,
    "deep_link_id": _deep_link,
}
