"""What was proved of a result, in words, and what became of the last check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from lti_tool.db import models
from lti_tool.rooms.rounds import reviews_chosen
from lti_tool.web.times import moment

HOLDS = ("optimal", "unproved")
"""What `matching.verify` says of a proof that is true."""


@dataclass(frozen=True)
class ProofView:
    lines: tuple[tuple[str, str], ...]
    """Kinds (ok or warn) and sentences: what is certain, and what is not."""
    check: tuple[str, str] | None
    """What the last check found; None for rounds whose people were not kept."""


def proof(scenario: models.Scenario) -> ProofView | None:
    """None where there is nothing to prove: no pair was made."""
    numbers = scenario.summary
    if not numbers["matched"] or "gap" not in numbers:
        return None
    lines = (
        _kept(scenario),
        _most(numbers),
        _weakest(numbers, is_fair(scenario)),
        _sum(numbers),
        _stable(numbers),
        _without_proof(scenario),
    )
    return ProofView(tuple(line for line in lines if line is not None), check(scenario))


def is_fair(scenario: models.Scenario) -> bool:
    """Whether the weakest fit was raised first."""
    return scenario.setup is None or bool(scenario.setup["fair"])


def check(scenario: models.Scenario) -> tuple[str, str] | None:
    """A kind and a sentence about the last check of the proof."""
    if scenario.checked_at is None:
        return None
    when = moment(scenario.checked_at)
    if scenario.check_reason in HOLDS:
        return "ok", _(
            "Checked on %(when)s by a program that shares nothing with the one that found the pairs: "
            "every score was reckoned anew, and all of this holds.",
            when=when,
        )
    return "bad", _(
        "Checked on %(when)s: the proof does not hold (%(what)s). Do not publish this; start a new round.",
        when=when,
        what=scenario.check_reason or "",
    )


def _kept(scenario: models.Scenario) -> tuple[str, str] | None:
    """That the rest is said of plans that keep what was decided."""
    kept = (scenario.setup or {}).get("kept", ())
    if not kept:
        return None
    return "info", ngettext(
        "Your rule about two people holds. All else here is said of plans that keep it.",
        "Your %(num)s rules about people hold. All else here is said of plans that keep them.",
        len({rule for rule, *_rest in kept}),
    )


def _without_proof(scenario: models.Scenario) -> tuple[str, str] | None:
    if scenario.summary.get("most_matched") is None:
        return None
    return "info", _(
        "Because rules tie some learners to each other, there is no proof that others could check: "
        "these are the solver's own bounds."
    )


def _most(numbers: Mapping[str, Any]) -> tuple[str, str]:
    more = numbers.get("most_matched", 0) - numbers.get("found", 0)
    if more > 0:
        return "warn", ngettext(
            "At most %(num)s learner more could have a mentor; time ran out before that was known.",
            "At most %(num)s learners more could have a mentor; time ran out before that was known.",
            more,
        )
    if not numbers["left_out"]:
        return "ok", _("Everybody who is ready has a mentor.")
    return "ok", ngettext(
        "No plan can give more than %(num)s learner a mentor.",
        "No plan can give more than %(num)s learners a mentor.",
        numbers["matched"],
    )


def _weakest(numbers: Mapping[str, Any], fair: bool) -> tuple[str, str] | None:
    if not fair:
        return "warn", _("The weakest fit was not raised first here, as this proposal asks.")
    if numbers["chosen_worst"] < 0:
        return None
    worst = format_decimal(numbers["chosen_worst"])
    if numbers["worst_proved"]:
        return "ok", _("With so many pairs, no plan lifts the weakest fit above %(worst)s.", worst=worst)
    return "warn", _("Time ran out before it was known whether the weakest fit can be lifted.")


def _sum(numbers: Mapping[str, Any]) -> tuple[str, str]:
    if not numbers["gap"]:
        return "ok", _("Among all such plans, none has a better average fit.")
    if numbers["gap"] == reviews_chosen.given_up(numbers):
        return "ok", reviews_chosen.cost(numbers)
    most = format_decimal(-(-numbers["gap"] // numbers["matched"]))
    return "warn", _(
        "The average fit may be up to %(points)s of 10,000 points better; "
        "time ran out before that was known.",
        points=most,
    )


def _stable(numbers: Mapping[str, Any]) -> tuple[str, str]:
    if not numbers["blocking"]:
        return "ok", _("No learner and mentor would both fit better with each other than with whom they got.")
    return "warn", ngettext(
        "%(num)s learner and mentor would both fit better with each other; that would cost others more.",
        "%(num)s times a learner and a mentor would both fit better with each other; "
        "that would cost others more.",
        numbers["blocking"],
    )
