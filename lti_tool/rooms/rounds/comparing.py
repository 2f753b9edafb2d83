"""Several results of one round side by side: asking for another, and what tells them apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, RadioField, validators

import matching
from lti_tool.db.models import Round, Scenario, ScenarioPair
from lti_tool.rooms.rounds import group_quotas, review_gaps
from lti_tool.rooms.rounds.queries import topics_of
from lti_tool.rooms.rounds.recipe import MOST_ADDED, Recipe
from lti_tool.rooms.rounds.snapshot import Candidates
from lti_tool.web.choices import choices

MOST_SCENARIOS = 12
EMPHASES = {"topics": (80, 15, 5), "times": (40, 55, 5), "languages": (40, 20, 40)}
"""Weights of topics, times and languages where one of them counts most."""


class AnotherForm(FlaskForm):  # type: ignore[misc]
    emphasis = RadioField(
        _l("What counts most?"),
        choices=choices(
            [
                ("rules", _l("As the cohort's rules say")),
                ("topics", _l("Topics")),
                ("times", _l("Shared times")),
                ("languages", _l("Languages")),
            ]
        ),
        default="rules",
    )
    fair = BooleanField(_l("Raise the weakest fit first, then the average"), default=True)
    added_places = IntegerField(
        _l("Places that every mentor takes beyond what they offered"),
        [validators.Optional(), validators.NumberRange(0, MOST_ADDED, _l("Choose a number from 0 to 5."))],
        default=0,
        description=_l("To see what it would do. Ask the mentors before you publish such a proposal."),
    )
    most_places = IntegerField(
        _l("Learners that a mentor gets at most"),
        [validators.Optional(), validators.NumberRange(1, 100, _l("Choose a number from 1 to 100."))],
    )

    least_of_group = IntegerField(
        _l("Learners of each group who get a mentor at least"),
        [validators.Optional(), validators.NumberRange(0, 10_000, _l("Choose a whole number, 0 or more."))],
        description=_l("Of a group that is smaller, everybody. Who is in no group is matched as before."),
    )
    most_of_group = IntegerField(
        _l("Learners of each group who get a mentor at most"),
        [validators.Optional(), validators.NumberRange(0, 10_000, _l("Choose a whole number, 0 or more."))],
    )
    worth = RadioField(
        _l("May pairs fit less well so that more reviews have an expert?"),
        choices=choices(
            [
                (0, _l("No")),
                (250, _l("A little: up to 250 of 10,000 points for each review")),
                (1000, _l("More: up to 1,000 of 10,000 points for each review")),
            ]
        ),
        coerce=int,
        default=0,
        description=_l("As many learners get a mentor as without it."),
    )

    def validate_most_of_group(self, field: IntegerField) -> None:
        least = self.least_of_group.data
        if field.data is not None and least is not None and field.data < least:
            raise validators.ValidationError(_("This has to be as large as the least."))

    def recipe(self, first: Recipe, asked: Candidates) -> Recipe:
        """The recipe that is wished for, on the rules with which the round began.

        Args:
            first: the recipe of the round's first result.
            asked: the people of the round.
        """
        rules = first.rules
        if self.emphasis.data in EMPHASES:
            topics, times, languages = EMPHASES[self.emphasis.data]
            rules = replace(rules, topics=topics, times=times, languages=languages)
        return replace(
            first,
            rules=rules,
            fair=bool(self.fair.data),
            added_places=self.added_places.data or 0,
            most_places=self.most_places.data,
            worth=self.worth.data or 0,
            quotas=group_quotas.quotas(asked, self.least_of_group.data, self.most_of_group.data),
        )


@dataclass(frozen=True)
class Line:
    scenario_id: int
    number: int
    words: str
    figures: tuple[str, ...]
    is_published: bool


def first_recipe(matching_round: Round, made: Sequence[Scenario]) -> Recipe:
    """What the round's first result was made with."""
    if made and made[0].setup is not None:
        return Recipe.from_json(made[0].setup)
    return Recipe(matching.Rules.from_json(json.dumps(matching_round.rules)))


def lines(session: Session, matching_round: Round) -> list[Line]:
    """All results of the round in their order. Three queries, however many people there are."""
    found = scenarios(session, matching_round)
    pairs = _pairs(session, matching_round)
    topics = topics_of(session, matching_round.id)
    first = pairs.get(found[0].id, {}) if found else {}
    return [
        Line(
            scenario_id=one.id,
            number=one.number,
            words=words(one, found[0]),
            figures=_figures(
                one.summary, _differing(first, pairs.get(one.id, {})), one is found[0], _covered(one, topics)
            ),
            is_published=one.published_at is not None,
        )
        for one in found
    ]


def scenarios(session: Session, matching_round: Round) -> list[Scenario]:
    query = select(Scenario).where(Scenario.round_id == matching_round.id)
    return list(session.scalars(query.order_by(Scenario.number).limit(MOST_SCENARIOS)))


def words(scenario: Scenario, first: Scenario) -> str:
    """What was done differently: "Shared times count most; every mentor takes 1 more"."""
    if scenario.setup is None or scenario is first:
        return str(_("As the cohort's rules say"))
    setup = scenario.setup
    weights = tuple(setup["rules"][name] for name in ("topics", "times", "languages"))
    said = [
        text
        for name, text in (
            ("topics", _("topics count most")),
            ("times", _("shared times count most")),
            ("languages", _("languages count most")),
        )
        if EMPHASES[name] == weights
    ]
    if not setup["fair"]:
        said.append(_("the weakest fit is not raised first"))
    if setup["added_places"]:
        added = setup["added_places"]
        said.append(ngettext("every mentor takes %(num)s more", "every mentor takes %(num)s more", added))
    if setup["most_places"]:
        most = setup["most_places"]
        said.append(ngettext("no mentor gets more than %(num)s", "no mentor gets more than %(num)s", most))
    said += _quota_words(setup.get("quotas", ()))
    if setup.get("worth"):
        said.append(_("a review may cost up to %(points)s points", points=format_decimal(setup["worth"])))
    text = "; ".join(str(one) for one in said)
    return text[:1].upper() + text[1:]


def _quota_words(quotas: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    least, most = (max((one[name] or 0 for one in quotas), default=0) for name in ("least", "most"))
    if least:
        yield ngettext(
            "at least %(num)s of each group has a mentor",
            "at least %(num)s of each group have a mentor",
            least,
        )
    if quotas and quotas[0]["most"] is not None:
        yield ngettext(
            "at most %(num)s of each group has a mentor", "at most %(num)s of each group have a mentor", most
        )


def _figures(numbers: Mapping[str, Any], differing: int, is_first: bool, covered: str) -> tuple[str, ...]:
    matched = numbers["matched"]
    return (
        str(_("%(part)s of %(whole)s", part=matched, whole=numbers["mentees"])),
        format_decimal(numbers["worst"]) if matched else "–",
        format_decimal(numbers["total"] // matched) if matched else "–",
        covered,
        "–" if is_first else format_decimal(differing),
        str(_("Yes")) if numbers["proved"] else str(_("No")),
    )


def _covered(scenario: Scenario, topics: Mapping[int, str]) -> str:
    """ "5 of 7; Statistics lacks 1 h"."""
    numbers = scenario.summary
    covered = _("%(part)s of %(whole)s", part=numbers["reviews_covered"], whole=numbers["reviews_due"])
    lacking = review_gaps.in_short(numbers, topics)
    return f"{covered}; {lacking}" if lacking else covered


def _pairs(session: Session, matching_round: Round) -> dict[int, dict[int, int]]:
    """By result: the mentor of each learner."""
    query = (
        select(ScenarioPair.scenario_id, ScenarioPair.mentee_id, ScenarioPair.mentor_id)
        .join(ScenarioPair.scenario)
        .where(Scenario.round_id == matching_round.id)
    )
    found: dict[int, dict[int, int]] = {}
    for scenario_id, mentee_id, mentor_id in session.execute(query):
        found.setdefault(scenario_id, {})[mentee_id] = mentor_id
    return found


def _differing(first: Mapping[int, int], other: Mapping[int, int]) -> int:
    return sum(first.get(one) != other.get(one) for one in {*first, *other})
