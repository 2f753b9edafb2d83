"""One person in a result: which mentors would fit, what each would take, and what was asked already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from lti_tool.db.models import Participant, Question, Scenario
from lti_tool.rooms.rounds import wording
from lti_tool.rooms.rounds.checking import Stored
from lti_tool.rooms.rounds.obstacle import obstacle
from lti_tool.rooms.rounds.queries import PAGE_SIZE, mentors_of


@dataclass(frozen=True)
class MentorLine:
    mentor_id: int
    name: str
    fit: str
    places: str
    state: str
    """has (this mentor), may (be asked about), asked (and answered), or no."""
    why: str
    """Why not, where it is not possible."""
    question_id: int | None


@dataclass(frozen=True)
class PersonView:
    name: str
    mentor: str | None
    """Of a learner of this result: whom they get."""
    mentees: tuple[str, ...]
    is_mentee: bool
    lines: tuple[MentorLine, ...]
    pages: int
    page: int
    hours: str
    is_kept: bool
    """A learner whose pair an instructor decided: nothing was chosen."""
    may_try: bool
    """Whether fewer hours can be tried out."""


def in_round(made_of: Stored, person_id: int) -> matching.Person | None:
    """Somebody who took part in the round."""
    everybody = (*made_of.asked.mentees, *made_of.asked.mentors)
    return next((one for one in everybody if one.id == person_id), None)


def is_kept(made_of: Stored, person_id: int) -> bool:
    return any(mentee == person_id for mentee, _mentor in made_of.recipe.ties.locks)


def may_try(made_of: Stored, person_id: int) -> bool:
    """What somebody gets for fewer hours is reckoned only where each learner is matched by themselves."""
    return not made_of.recipe.ties.couples and not is_kept(made_of, person_id)


def view_of(
    session: Session, scenario: Scenario, made_of: Stored, person: Participant, page: int
) -> PersonView:
    pairs = mentors_of(session, scenario)
    mentee = next((one for one in made_of.people.mentees if one.id == person.id), None)
    ranked = _ranked(made_of, mentee) if mentee else []
    pages = max(1, -(-len(ranked) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    own = [mentee_id for mentee_id, mentor_id in pairs.items() if mentor_id == person.id][:PAGE_SIZE]
    wanted = {one.id for one, _score in shown} | set(own) | {pairs.get(person.id, person.id)}
    names = names_of(session, wanted)
    asked = _asked(session, scenario, person.id)
    taken = Counter(pairs.values())
    mentor_id = pairs.get(person.id)
    rules = made_of.recipe.rules
    known = in_round(made_of, person.id)
    return PersonView(
        name=person.display_name,
        mentor=names[mentor_id] if mentor_id else None,
        mentees=tuple(names[one] for one in own),
        is_mentee=mentee is not None,
        lines=tuple(
            _line(mentee, mentor, score, rules, names, taken, mentor_id, asked)
            for mentor, score in shown
            if mentee
        ),
        pages=pages,
        page=page,
        hours=format_decimal(len(known.week) / 2 if known else 0),
        is_kept=is_kept(made_of, person.id),
        may_try=may_try(made_of, person.id),
    )


def names_of(session: Session, ids: set[int]) -> dict[int, str]:
    """What people are called, by id of participant."""
    found = session.scalars(select(Participant).where(Participant.id.in_(ids)))
    return {one.id: one.display_name for one in found}


def _ranked(made_of: Stored, mentee: matching.Person) -> list[tuple[matching.Person, int]]:
    """All mentors of the round with the learner's score, the best first; -1 where they cannot be a pair."""
    mentors = sorted(made_of.people.mentors, key=lambda one: one.id)
    scores = matching.score_matrix([mentee], mentors, made_of.recipe.rules).block(0, 1)[0].tolist()
    return sorted(zip(mentors, scores, strict=True), key=lambda one: (-one[1], one[0].id))


def _asked(session: Session, scenario: Scenario, mentee_id: int) -> dict[int, int]:
    """Answered questions about this learner: by mentor, the newest."""
    query = select(Question.params, Question.id).where(
        Question.scenario_id == scenario.id, Question.kind == "why_not", Question.answer.is_not(None)
    )
    rows = session.execute(query.order_by(Question.id))
    return {row[0]["mentor"]: row[1] for row in rows if row[0]["mentee"] == mentee_id}


def _line(
    mentee: matching.Person,
    mentor: matching.Person,
    score: int,
    rules: matching.Rules,
    names: Mapping[int, str],
    taken: Mapping[int, int],
    has: int | None,
    asked: Mapping[int, int],
) -> MentorLine:
    stopped = obstacle(mentee, mentor, rules)
    state = "has" if mentor.id == has else "no" if stopped else "asked" if mentor.id in asked else "may"
    return MentorLine(
        mentor_id=mentor.id,
        name=names.get(mentor.id, ""),
        fit=wording.fit(score) if score >= 0 else "–",
        places=_("%(taken)s of %(places)s taken", taken=taken.get(mentor.id, 0), places=mentor.capacity),
        state=state,
        why=obstacle_words({"kind": stopped.kind, "params": dict(stopped.params)}) if stopped else "",
        question_id=asked.get(mentor.id),
    )


def obstacle_words(reason: Mapping[str, Any]) -> str:
    """Why two people cannot be a pair at all: "They have no topic in common"."""
    words = {
        "same_person": _("This is the same person."),
        "no_place": _("This mentor has no place."),
        "no_topic": _("They have no topic in common."),
        "no_language": _("They have no language in common."),
        "groups": _("The cohort's rule about groups keeps them apart."),
        "ruled_out": _("They were a pair before, or it is decided that they never are one."),
        "tied": _("Your rules about who is together or apart do not allow it."),
    }
    if reason["kind"] == "no_time":
        return str(
            _(
                "They share %(hours)s h a week, and a session needs %(needed)s h.",
                hours=format_decimal(reason["params"]["hours"]),
                needed=format_decimal(reason["params"]["needed"]),
            )
        )
    return str(words.get(reason["kind"], _("They cannot be a pair.")))
