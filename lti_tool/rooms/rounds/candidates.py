"""From rows to what the engine is asked: people with their weeks in UTC, experts with the hours left."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

import matching
from lti_tool.db import clock, models
from lti_tool.db.models import Checkpoint, Mentorship, MentorshipPerson, Participant, Review, Round
from lti_tool.rooms.rounds import expert_limits, review_policy, rules_store, wishes
from lti_tool.rooms.rounds.readiness import ready_experts, ready_mentees, ready_mentors
from lti_tool.rooms.rounds.snapshot import Candidates
from lti_tool.rooms.rounds.weeks import away, week_of, weeks_left
from lti_tool.web import groups

REVIEW_HOURS = 0.5


def rules_of(session: Session, cohort: models.Cohort) -> dict[str, Any]:
    """The rules of a round that begins now, as plain JSON: two people are not paired a second time, nor when
    one of them does not want it."""
    excluded = _earlier_pairs(session, cohort) | wishes.refused(session, cohort)
    rules = replace(plain_rules(session, cohort), excluded=excluded)
    values: dict[str, Any] = json.loads(rules.to_json())
    return values


def plain_rules(session: Session, cohort: models.Cohort) -> matching.Rules:
    """The rules as the cohort has them, whoever met whom before."""
    counted: dict[str, Any] = rules_store.values_of(rules_store.newest(session, cohort))
    return matching.Rules(**counted, high_risk=review_policy.risky_topics(cohort), groups=cohort.group_rule)


def two(
    session: Session, cohort: models.Cohort, mentee: Participant, mentor: Participant
) -> tuple[matching.Person, matching.Person]:
    """Two people as a round would see them, the mentor with all places."""
    day = max(clock.today(), cohort.starts_on)
    places = groups.of_members(session, cohort)
    liked = wishes.preferences(session, cohort)
    return _person(mentee, day, 0, places, liked), _person(mentor, day, mentor.capacity, places, liked)


def read(session: Session, matching_round: Round) -> Candidates:
    """What a round works with: who waits, and who has places."""
    cohort = matching_round.cohort
    return of(session, matching_round, ready_mentees(session, cohort), ready_mentors(session, cohort))


def of(
    session: Session,
    matching_round: Round,
    mentees: Sequence[Participant],
    mentors: Sequence[tuple[Participant, int]],
) -> Candidates:
    """These people for the engine. Times are compared as they lie in this week, or in the cohort's first.

    Args:
        mentors: with the places that each has.
    """
    cohort = matching_round.cohort
    day = max(clock.today(), cohort.starts_on)
    first_week, weeks = week_of(cohort, day), weeks_left(cohort, day)
    promised = _promised(session, cohort, first_week)
    barred, absences = expert_limits.barred(session, cohort), expert_limits.absences(session, cohort)
    # Groups are read whatever the rule is: another result of the round may be asked for with another rule.
    places = groups.of_members(session, cohort)
    there = {one.id for one in (*mentees, *(mentor for mentor, _room in mentors))}
    liked = wishes.among(wishes.preferences(session, cohort), there)
    return Candidates(
        mentees=tuple(_person(one, day, 0, places, liked) for one in mentees),
        mentors=tuple(_person(one, day, room, places, liked) for one, room in mentors),
        experts=tuple(
            replace(
                _expert(one, promised[one.id]),
                not_with=barred[one.id],
                away=away(cohort, absences[one.id], first_week, weeks),
            )
            for one in ready_experts(session, cohort)
        ),
        week_of=day,
        first_week=first_week,
        weeks=weeks,
        policy=review_policy.of(matching_round, [one for one, _room in mentors]),
        zone=_zone(session, matching_round),
    )


def _zone(session: Session, matching_round: Round) -> str:
    """In which whoever began the round reads times."""
    query = (
        select(Participant.timezone, models.Person.timezone)
        .select_from(models.Member)
        .join(models.Member.person)
        .outerjoin(
            Participant,
            (Participant.member_id == models.Member.id)
            & (Participant.cohort_id == matching_round.cohort_id)
            & Participant.left_at.is_(None),
        )
        .where(models.Member.id == matching_round.started_by_id)
    )
    own, general = session.execute(query).one()
    return own or general or "UTC"


def _person(
    participant: Participant,
    day: date,
    capacity: int,
    places: Mapping[int, frozenset[str]],
    liked: Mapping[int, tuple[int, ...]],
) -> matching.Person:
    return matching.Person(
        id=participant.id,
        wants=_levels(participant, "wants"),
        offers=_levels(participant, "offers"),
        week=matching.utc_week(participant.week, participant.timezone, on=day),
        languages=frozenset(participant.languages),
        capacity=capacity,
        groups=places.get(participant.member_id, frozenset()),
        goals=frozenset(participant.goals or ()),
        preferences=liked.get(participant.id, ()),
    )


def _expert(participant: Participant, promised: Mapping[int, int]) -> matching.Expert:
    return matching.Expert(
        id=participant.id,
        topics=frozenset(_levels(participant, "reviews")),
        hours_per_week=min(participant.capacity * REVIEW_HOURS, 168),
        promised=promised,
    )


def _levels(participant: Participant, kind: str) -> dict[int, int]:
    return {one.topic_id: one.level for one in participant.interests if one.kind == kind}


def _earlier_pairs(session: Session, cohort: models.Cohort) -> frozenset[tuple[int, int]]:
    """(mentee, mentor) of every mentorship that took effect. One that was taken back never did."""
    mentee, mentor = aliased(MentorshipPerson), aliased(MentorshipPerson)
    query = (
        select(mentee.participant_id, mentor.participant_id)
        .select_from(Mentorship)
        .join(mentee, (mentee.mentorship_id == Mentorship.id) & (mentee.role == "mentee"))
        .join(mentor, (mentor.mentorship_id == Mentorship.id) & (mentor.role == "mentor"))
        .outerjoin(Round, Round.id == Mentorship.round_id)
        .where(
            Mentorship.cohort_id == cohort.id,
            Mentorship.round_id.is_(None) | Round.published_at.is_not(None),
        )
    )
    return frozenset((row[0], row[1]) for row in session.execute(query))


def _promised(session: Session, cohort: models.Cohort, first_week: int) -> defaultdict[int, Counter[int]]:
    """For each expert, the open reviews by week of the window: 1 is the first, with what is overdue."""
    query = (
        select(Checkpoint.expert_id, Checkpoint.due_on)
        .join(Checkpoint.mentorship)
        .outerjoin(Review, Review.checkpoint_id == Checkpoint.id)
        .where(
            Mentorship.cohort_id == cohort.id,
            Mentorship.ended_at.is_(None),
            Checkpoint.expert_id.is_not(None),
            Review.id.is_(None),
        )
    )
    promised: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for expert_id, due in session.execute(query):
        assert expert_id is not None
        promised[expert_id][max(1, week_of(cohort, due) - first_week + 1)] += 1
    return promised
