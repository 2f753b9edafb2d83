"""Reads for the pages of rounds. The number of queries does not depend on the number of people."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db import models
from lti_tool.db.models import (
    Job,
    Mentorship,
    MentorshipPerson,
    Participant,
    Round,
    Scenario,
    ScenarioLeftOut,
    ScenarioPair,
)
from lti_tool.rooms.rounds.kept import Kept

PAGE_SIZE = 50


@dataclass(frozen=True)
class RoundLine:
    """One line of the list of rounds."""

    round: Round
    matched: int | None
    """Pairs in its proposal; None while there is none."""


@dataclass(frozen=True)
class Proposal:
    """One page of a round's proposal."""

    scenario: Scenario
    pairs: list[ScenarioPair]
    left_out: list[ScenarioLeftOut]
    idle: list[Participant]
    """Mentors with places who got nobody; the first of them."""
    started: dict[int, bool]
    """For learners on this page whose pair was published: whether the mentorship is still open."""
    topics: dict[int, str]
    advisers: dict[int, str]
    """Names of the experts whose time is lacking, by id."""
    kept: dict[int, models.PairRule]
    """For learners on this page whose pair is kept by a rule: that rule."""
    rules: list[tuple[Kept, models.PairRule]]
    """What was decided about people and held in this result; the first of it."""


def pages(count: int) -> int:
    return max(1, -(-count // PAGE_SIZE))


def round_under_way(session: Session, cohort: models.Cohort) -> Round | None:
    query = select(Round).join(Round.job).where(Round.cohort_id == cohort.id)
    return session.scalar(
        query.where(Job.state.in_(["queued", "running"])).order_by(Round.id.desc()).limit(1)
    )


def count_rounds(session: Session, cohort: models.Cohort) -> int:
    query = select(func.count()).select_from(Round).where(Round.cohort_id == cohort.id)
    return session.scalar(query) or 0


def rounds(session: Session, cohort: models.Cohort, page: int) -> list[RoundLine]:
    """Newest first."""
    shown = (
        select(Scenario.id)
        .where(Scenario.round_id == Round.id)
        .order_by(Scenario.published_at.is_(None), Scenario.id.desc())
        .limit(1)
        .correlate(Round)
    )
    query = (
        select(Round, Scenario.summary)
        .outerjoin(Scenario, Scenario.id == shown.scalar_subquery())
        .where(Round.cohort_id == cohort.id)
        .order_by(Round.number.desc())
    )
    rows = session.execute(_page(query, page))
    return [RoundLine(row[0], row[1]["matched"] if row[1] else None) for row in rows]


def shown_scenario(session: Session, matching_round: Round) -> Scenario | None:
    """The result that was published, or else the newest one."""
    query = select(Scenario).where(Scenario.round_id == matching_round.id)
    return session.scalar(query.order_by(Scenario.published_at.is_(None), Scenario.id.desc()).limit(1))


def pairs_of(scenario: Scenario) -> Select[ScenarioPair]:
    """All pairs of a proposal with their people, in the order in which they are shown: the weakest fit first.

    Whoever looks a proposal over wants to see the doubtful pairs without paging to them.
    """
    return (
        select(ScenarioPair)
        .where(ScenarioPair.scenario_id == scenario.id)
        .options(
            joinedload(ScenarioPair.mentee),
            joinedload(ScenarioPair.mentor),
            joinedload(ScenarioPair.expert),
            joinedload(ScenarioPair.topic),
        )
        .order_by(ScenarioPair.score, ScenarioPair.id)
    )


def proposal(
    session: Session,
    scenario: Scenario,
    page: int,
    left_out_page: int,
    mentees: Collection[int] | None = None,
) -> Proposal:
    """One page of the result; with `mentees`, the pairs of these learners instead of a page of them."""
    shown = pairs_of(scenario)
    shown = _page(shown, page) if mentees is None else shown.where(ScenarioPair.mentee_id.in_(mentees))
    pairs = list(session.scalars(shown))
    idle = scenario.summary.get("idle_mentors", [])[:PAGE_SIZE]
    asked = {gap["expert"] for gap in scenario.summary.get("review_gaps", ())} - {None}
    named = list(session.scalars(select(Participant).where(Participant.id.in_({*idle, *asked}))))
    return Proposal(
        scenario=scenario,
        pairs=pairs,
        left_out=list(session.scalars(_page(_left_out(scenario), left_out_page))),
        idle=[one for one in named if one.id in idle],
        started=_started(session, scenario, [pair.mentee_id for pair in pairs]),
        topics=topics_of(session, scenario.round_id),
        advisers={one.id: one.display_name for one in named if one.id in asked},
        kept=_kept(session, scenario, [pair.mentee_id for pair in pairs]),
        rules=_rules(session, kept_in(scenario)[:PAGE_SIZE]),
    )


def kept_in(scenario: Scenario) -> list[Kept]:
    """What was decided about people and held in this result."""
    return [Kept(*one) for one in (scenario.setup or {}).get("kept", ())]


def _kept(session: Session, scenario: Scenario, mentees: list[int]) -> dict[int, models.PairRule]:
    locks = [one for one in kept_in(scenario) if one.kind == "pair" and one.first in mentees]
    return {one.first: rule for one, rule in _rules(session, locks)}


def _rules(session: Session, kept: list[Kept]) -> list[tuple[Kept, models.PairRule]]:
    if not kept:
        return []
    query = (
        select(models.PairRule)
        .where(models.PairRule.id.in_({one.rule for one in kept}))
        .options(joinedload(models.PairRule.first), joinedload(models.PairRule.second))
    )
    found = {rule.id: rule for rule in session.scalars(query)}
    return [(one, found[one.rule]) for one in kept if one.rule in found]


def _left_out(scenario: Scenario) -> Select[ScenarioLeftOut]:
    return (
        select(ScenarioLeftOut)
        .where(ScenarioLeftOut.scenario_id == scenario.id)
        .options(joinedload(ScenarioLeftOut.participant))
        .order_by(ScenarioLeftOut.id)
    )


def _started(session: Session, scenario: Scenario, mentees: list[int]) -> dict[int, bool]:
    query = (
        select(MentorshipPerson.participant_id, Mentorship.ended_at.is_(None))
        .join(MentorshipPerson.mentorship)
        .where(
            Mentorship.round_id == scenario.round_id,
            MentorshipPerson.role == "mentee",
            MentorshipPerson.participant_id.in_(mentees),
        )
    )
    return {row[0]: bool(row[1]) for row in session.execute(query)}


def mentors_of(session: Session, scenario: Scenario) -> dict[int, int]:
    """The mentor of each learner of the result."""
    query = select(ScenarioPair.mentee_id, ScenarioPair.mentor_id)
    rows = session.execute(query.where(ScenarioPair.scenario_id == scenario.id))
    return {row[0]: row[1] for row in rows}


def topics_of(session: Session, round_id: int) -> dict[int, str]:
    """Names of the topics of a round's cohort, by id."""
    query = (
        select(models.Topic.id, models.Topic.name)
        .join(Round, Round.cohort_id == models.Topic.cohort_id)
        .where(Round.id == round_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _page(query: Select, page: int) -> Select:  # type: ignore[type-arg]
    return query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
