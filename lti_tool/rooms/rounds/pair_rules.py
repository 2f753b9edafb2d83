"""Deciding about two people, and taking that back."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.models import Mentorship, MentorshipPerson, PairRule, Participant
from lti_tool.rooms.rounds import candidates, pair_rule_words
from lti_tool.rooms.rounds.contradiction import contradicted
from lti_tool.rooms.rounds.kept import LEARNERS, Kept
from lti_tool.rooms.rounds.obstacle import obstacle
from lti_tool.rooms.rounds.person_page import obstacle_words
from lti_tool.rooms.rounds.service import lock
from lti_tool.rooms.rounds.starting import is_here

MOST_RULES = 500


class Refused(Exception):
    """It cannot be decided so; `field` of the form, and why in a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def add(
    session: Session,
    cohort: models.Cohort,
    by: models.Member,
    kind: str,
    people: tuple[Participant | None, Participant | None],
    reason: str,
) -> PairRule:
    """Record the decision, or give back the same one.

    Args:
        kind: as in `models.PairRule`.
        people: a learner of the cohort; then a mentor, or for together and apart another learner.

    Raises:
        Refused: it cannot hold, now or beside another decision.
    """
    lock(session, cohort)
    first, second = _fitting(kind, *people)
    if kind in LEARNERS and second.id < first.id:
        first, second = second, first
    decided = active(session, cohort)
    same = [one for one in decided if (one.kind, one.first_id, one.second_id) == (kind, first.id, second.id)]
    if same:
        return same[0]
    if len(decided) >= MOST_RULES:
        raise Refused("kind", _("There are as many rules as one cohort can have. Remove one first."))
    _require_consistent(decided, Kept(0, kind, first.id, second.id))
    if kind == "pair":
        _require_possible(session, cohort, first, second, decided)
    rule = PairRule(
        cohort=cohort,
        kind=kind,
        first=first,
        second=second,
        reason=reason,
        set_by=by,
        set_at=clock.now(),
    )
    session.add(rule)
    session.flush()
    return rule


def remove(session: Session, rule: PairRule) -> None:
    rule.removed_at = rule.removed_at or clock.now()
    session.flush()


def restore(session: Session, rule: PairRule) -> None:
    """Undo removing. Nothing happens when the same was decided anew meanwhile.

    Raises:
        Refused: what was decided meanwhile contradicts it.
    """
    lock(session, rule.cohort)
    session.refresh(rule)
    if rule.removed_at is None:
        return
    decided = active(session, rule.cohort)
    told = (rule.kind, rule.first_id, rule.second_id)
    if told not in {(one.kind, one.first_id, one.second_id) for one in decided}:
        _require_consistent(decided, kept_of(rule))
        rule.removed_at = None
        session.flush()


def active(session: Session, cohort: models.Cohort) -> Sequence[PairRule]:
    """All decisions of a cohort that hold, in the order in which they were made."""
    query = select(PairRule).where(PairRule.cohort_id == cohort.id, PairRule.removed_at.is_(None))
    return session.scalars(query.order_by(PairRule.id)).all()


def kept_of(rule: PairRule) -> Kept:
    return Kept(rule.id, rule.kind, rule.first_id, rule.second_id)


def _fitting(
    kind: str, first: Participant | None, second: Participant | None
) -> tuple[Participant, Participant]:
    """Two different people who are there in the roles that the decision is about."""
    if first is None or not is_here(first) or not first.learns:
        raise Refused("first", _("Choose a learner of this cohort."))
    if second is None or not is_here(second):
        raise Refused("second", _("Choose somebody of this cohort."))
    if kind in LEARNERS and not second.learns:
        raise Refused("second", _("Choose a learner: this is about two people who look for a mentor."))
    if kind not in LEARNERS and not second.mentors:
        raise Refused("second", _("Choose a mentor."))
    if first.id == second.id:
        raise Refused("second", _("Choose two different people."))
    return first, second


def _require_consistent(decided: Sequence[PairRule], new: Kept) -> None:
    known = {kept_of(one): one for one in decided}
    other = contradicted(list(known), new)
    if other is not None:
        told = pair_rule_words.sentence(known[other])
        raise Refused("second", _("This cannot hold beside another rule of yours: %(rule)s.", rule=told))


def _require_possible(
    session: Session,
    cohort: models.Cohort,
    first: Participant,
    second: Participant,
    decided: Sequence[PairRule],
) -> None:
    learners = _learners_of(session, second)
    if first.id not in learners:
        _require_ready(first, "wants")
        _require_ready(second, "offers")
        why = obstacle(
            *candidates.two(session, cohort, first, second), candidates.plain_rules(session, cohort)
        )
        if why is not None:
            told = obstacle_words({"kind": why.kind, "params": dict(why.params)})
            raise Refused("second", _("These two cannot be a pair. %(why)s", why=told))
    # Rounds pass over rules about somebody who is gone: they take no place.
    learners |= {
        one.first_id
        for one in decided
        if one.kind == "pair" and one.second_id == second.id and is_here(one.first)
    }
    if len(learners | {first.id}) > second.capacity:
        raise Refused("second", _("%(name)s has no place left.", name=second.display_name))


def _require_ready(person: Participant, kind: str) -> None:
    lacks = [kind] if not any(one.kind == kind for one in person.interests) else []
    lacks += ["times"] if not person.week else []
    lacks += ["languages"] if not person.languages else []
    lacks += ["approval"] if kind == "offers" and not person.mentor_approved else []
    if lacks:
        field = "first" if kind == "wants" else "second"
        raise Refused(field, pair_rule_words.not_ready(person.display_name, tuple(lacks)))


def _learners_of(session: Session, mentor: Participant) -> set[int]:
    """Who learns from somebody in a running pair."""
    own = (
        select(MentorshipPerson.mentorship_id)
        .join(MentorshipPerson.mentorship)
        .where(
            MentorshipPerson.participant_id == mentor.id,
            MentorshipPerson.role == "mentor",
            Mentorship.ended_at.is_(None),
        )
    )
    query = select(MentorshipPerson.participant_id).where(
        MentorshipPerson.mentorship_id.in_(own), MentorshipPerson.role == "mentee"
    )
    return set(session.scalars(query))


def count(session: Session, cohort: models.Cohort) -> int:
    query = select(func.count()).select_from(PairRule)
    return session.scalar(query.where(PairRule.cohort_id == cohort.id, PairRule.removed_at.is_(None))) or 0
