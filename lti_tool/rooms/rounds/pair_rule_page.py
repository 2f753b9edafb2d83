"""The page of what was decided about people: its lines, and whom one can choose. Constant queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lti_tool.db import models
from lti_tool.db.models import Member, PairRule, Participant, Person
from lti_tool.rooms.rounds import pair_rule_words
from lti_tool.rooms.rounds.queries import PAGE_SIZE
from lti_tool.rooms.rounds.starting import is_here
from lti_tool.web.times import moment

MOST_CHOICES = 200
"""People that a select field offers; of more, those are offered whose name holds what was searched."""


@dataclass(frozen=True)
class Line:
    id: int
    sentence: str
    reason: str
    decided: str
    """Who decided it, and when."""
    gone: str | None
    """That one of the two is no longer there."""


@dataclass(frozen=True)
class Choice:
    """Whom the form offers."""

    learners: Sequence[Participant]
    mentors: Sequence[Participant]
    too_many: bool
    """More are in the cohort than can be offered: they are to be searched by name."""


def lines(session: Session, cohort: models.Cohort, page: int) -> list[Line]:
    """The newest first."""
    query = (
        select(PairRule)
        .where(PairRule.cohort_id == cohort.id, PairRule.removed_at.is_(None))
        .options(joinedload(PairRule.first), joinedload(PairRule.second), joinedload(PairRule.set_by))
        .order_by(PairRule.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return [_line(rule) for rule in session.scalars(query)]


def _line(rule: PairRule) -> Line:
    decided = _("%(name)s, %(when)s", name=rule.set_by.display_name, when=moment(rule.set_at))
    gone = [one.display_name for one in (rule.first, rule.second) if not is_here(one)]
    note = pair_rule_words.gone(gone[0]) if gone else None
    return Line(rule.id, pair_rule_words.sentence(rule), rule.reason, str(decided), note)


def choice(session: Session, cohort: models.Cohort, wanted: str) -> Choice:
    """Learners and mentors by name; of many people those whose name holds `wanted`."""
    everybody = session.scalar(_people(cohort).with_only_columns(func.count()).order_by(None)) or 0
    too_many = everybody > MOST_CHOICES
    query = _people(cohort)
    if too_many and not wanted:
        return Choice((), (), True)
    if wanted:
        name = func.coalesce(Person.name, Member.pseudonym)
        in_lower_case = func.lower(name).contains(wanted.lower(), autoescape=True)
        query = query.where(or_(in_lower_case, name.contains(wanted, autoescape=True)))
    found = session.scalars(query.limit(MOST_CHOICES)).all()
    return Choice([one for one in found if one.learns], [one for one in found if one.mentors], too_many)


def person(session: Session, cohort: models.Cohort, person_id: int) -> Participant | None:
    """Somebody of the cohort."""
    return session.scalar(_people(cohort).where(Participant.id == person_id))


def _people(cohort: models.Cohort) -> Select[Participant]:
    return (
        select(Participant)
        .join(Participant.member)
        .join(Member.person)
        .options(contains_eager(Participant.member).contains_eager(Member.person))
        .where(
            Participant.cohort_id == cohort.id,
            Participant.role.in_(["mentee", "mentor", "both"]),
            Participant.left_at.is_(None),
            Member.active,
        )
        .order_by(func.coalesce(Person.name, Member.pseudonym), Participant.id)
    )
