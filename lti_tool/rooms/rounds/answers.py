"""Answers of the engine in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.db.models import Question
from lti_tool.rooms.rounds.person_page import names_of, obstacle_words
from lti_tool.rooms.rounds.proof_words import is_fair
from lti_tool.web.reasons import names as listed

Names = Mapping[int, str]
NOBODY = "–"


@dataclass(frozen=True)
class AnswerView:
    title: str
    verdict: tuple[str, str]
    """A kind (ok, warn, info or bad) and the answer in a sentence."""
    lines: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())
    caption: str = ""
    note: str | None = None


def view_of(session: Session, question: Question) -> AnswerView:
    """The page of an answered question."""
    answer: Any = question.answer
    names = names_of(session, set(_people(question.kind, question.params, answer)))
    return WORDS[question.kind](question, answer, names)


def _people(kind: str, params: Mapping[str, int], answer: Any) -> Iterator[int]:
    if kind == "fewer_hours":
        yield params["person"]
        for one in answer["tries"]:
            yield from (*one["before"], *one["after"])
        return
    yield from (params["mentee"], params["mentor"], *answer.get("holders", ()))
    for change in answer.get("changes", ()):
        yield from (one for one in change if one is not None)


def _why_not(question: Question, answer: Mapping[str, Any], names: Names) -> AnswerView:
    mentee, mentor = names[question.params["mentee"]], names[question.params["mentor"]]
    title = _("Why not %(mentor)s for %(mentee)s?", mentor=mentor, mentee=mentee)
    if not answer["possible"]:
        why = obstacle_words(answer["obstacle"]) if "obstacle" in answer else _("No plan puts them together.")
        return AnswerView(title, ("warn", why))
    fair = question.scenario is None or is_fair(question.scenario)
    changed = [row for row in answer["changes"] if row[0] != question.params["mentee"]]
    more = answer["changed"] - len(answer["changes"])
    return AnswerView(
        title,
        _cost(answer, fair),
        tuple(_facts(answer, names, mentor, fair)),
        (_("Learner"), _("In this proposal"), _("With these two together")),
        tuple((names[row[0]], _name(names, row[1]), _name(names, row[2])) for row in changed),
        _("What else would have to change, at least"),
        ngettext("And %(num)s more.", "And %(num)s more.", more) if more > 0 else None,
    )


def _cost(answer: Mapping[str, Any], fair: bool) -> tuple[str, str]:
    """What putting the two together costs everybody, by the first stage that it makes worse."""
    if answer["matched"] < 0:
        return "warn", ngettext(
            "If they were together, %(num)s learner more would have no mentor.",
            "If they were together, %(num)s learners more would have no mentor.",
            -answer["matched"],
        )
    if fair and answer["worst"] < 0:
        return "warn", _(
            "If they were together, the weakest fit would fall from %(now)s to %(then)s of 10,000.",
            now=format_decimal(answer["worst_now"]),
            then=format_decimal(answer["worst_now"] + answer["worst"]),
        )
    if answer["total"] < 0:
        return "warn", _(
            "If they were together, the pairs would fit less well on average: %(then)s instead of %(now)s.",
            now=format_decimal(answer["total_now"] // answer["pairs"]),
            then=format_decimal((answer["total_now"] + answer["total"]) // answer["pairs"]),
        )
    return "ok", _("It would cost nobody anything: a plan just as good puts these two together.")


def _facts(answer: Mapping[str, Any], names: Names, mentor: str, fair: bool) -> Iterator[str]:
    holders, places = [names.get(one, NOBODY) for one in answer["holders"]], answer["places"]
    if len(holders) >= places:
        yield ngettext(
            "%(mentor)s has %(num)s place, and it goes to %(holders)s: there is room only if it is given up.",
            "%(mentor)s has %(num)s places, and they go to %(holders)s: one of them would have to make room.",
            places,
            mentor=mentor,
            holders=_listed(holders),
        )
    else:
        yield _("%(mentor)s has a place left.", mentor=mentor)
    if answer["matched"] < 0 and fair and answer["worst"]:
        yield _(
            "The weakest fit would be %(then)s instead of %(now)s.",
            then=format_decimal(answer["worst_now"] + answer["worst"]),
            now=format_decimal(answer["worst_now"]),
        )
    if not answer["proved"]:
        yield _("Time ran out: there may be a cheaper way to put them together.")


def _fewer_hours(question: Question, answer: Mapping[str, Any], names: Names) -> AnswerView:
    name = names[question.params["person"]]
    title = _("What if %(name)s had offered fewer hours?", name=name)
    tries = answer["tries"]
    if not tries:
        return AnswerView(title, ("info", _("There are no hours that could be held back.")))
    rows = tuple(
        (
            _("%(hours)s h a week less", hours=format_decimal(one["withheld"] / 2)),
            _people_named(names, one["after"]),
            _worth(one["gain"]),
            _matched(one["matched"]),
        )
        for one in tries
    )
    return AnswerView(
        title,
        _temptation(tries, names, name),
        (),
        (_("Held back"), _("Would be paired with"), _("What that is worth"), _("For all")),
        rows,
        ngettext("%(num)s way was tried", "%(num)s ways were tried", len(tries)),
        _("This is a search and no proof: other ways may exist. Nobody but instructors sees this page."),
    )


def _temptation(tries: Sequence[Mapping[str, Any]], names: Names, name: str) -> tuple[str, str]:
    best = tries[0]
    if best["gain"] > 0:
        return "warn", _(
            "Yes, it would have paid: with %(hours)s h a week less, %(name)s would be paired with %(after)s "
            "instead of %(before)s.",
            hours=format_decimal(best["withheld"] / 2),
            name=name,
            after=_people_named(names, best["after"]),
            before=_people_named(names, best["before"]),
        )
    if all(not one["after"] for one in tries):
        return "ok", _("No. With fewer hours, %(name)s would be paired with nobody.", name=name)
    return "ok", _("No. Fewer hours would not have given %(name)s a better pair.", name=name)


def _worth(gain: int) -> str:
    if not gain:
        return str(_("the same"))
    points = format_decimal(abs(gain))
    if gain > 0:
        return str(_("%(points)s points better", points=points))
    return str(_("%(points)s points worse", points=points))


def _matched(more: int) -> str:
    if not more:
        return str(_("as many pairs"))
    if more < 0:
        return str(ngettext("%(num)s pair fewer", "%(num)s pairs fewer", -more))
    return str(ngettext("%(num)s pair more", "%(num)s pairs more", more))


def _people_named(names: Names, ids: Sequence[int]) -> str:
    return _listed([names.get(one, NOBODY) for one in ids]) if ids else str(_("nobody"))


def _listed(words: Sequence[str]) -> str:
    return listed(words) if words else str(_("nobody"))


def _name(names: Names, person: int | None) -> str:
    return names.get(person, NOBODY) if person is not None else str(_("nobody"))


WORDS = {"why_not": _why_not, "fewer_hours": _fewer_hours}
