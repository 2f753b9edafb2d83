"""What the pages of rounds say: fits, states and advice in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db import models
from lti_tool.rooms.rounds import reviews_chosen
from lti_tool.rooms.rounds.publishing import Published, Skipped

FITS = ((8000, _l("Very good fit")), (6000, _l("Good fit")), (4000, _l("Fair fit")), (0, _l("Loose fit")))
"""A score of at least the number is called so."""

MISSING = {
    "wants": _l("what to learn"),
    "offers": _l("what to offer"),
    "times": _l("free times"),
    "languages": _l("a language"),
    "approval": _l("your yes as a mentor"),
}

SKIPPED = {
    "gone": _l("one of the two is no longer in the cohort"),
    "apart": _l("it is decided that they are never a pair"),
    "paired": _l("the learner found a mentor meanwhile"),
    "full": _l("the mentor has no place left"),
}

ADVICE = {
    "no_shared_topic": _l("Ask somebody to offer it, or ask the learner to choose another topic too."),
    "no_shared_language": _l("Ask for a mentor who speaks one of these languages."),
    "no_shared_time": _l("Ask the learner, or a mentor, for more free times."),
    "no_shared_group": _l("Find a mentor in the learner's group, or allow pairs from any group."),
    "only_same_group": _l("Find a mentor in another group, or allow pairs from any group."),
    "only_excluded": _l("Find one more mentor for these topics."),
    "no_room": _l("Ask a mentor to take one more, or find one more mentor."),
    "together": _l("Find a mentor who takes two and fits both, or remove the rule."),
    "apart": _l("Find one more mentor for these topics, or remove the rule."),
    "undisturbed": _l("Allow more changes, or find one more mentor for these topics."),
    "tied": _l("Find one more mentor for these topics."),
}

MOST_NAMED = 8
"""Skipped pairs that a message names one by one."""


def fit(score: int) -> str:
    """ "Very good fit, 8,412 of 10,000"."""
    words = next(words for least, words in FITS if score >= least)
    return str(_("%(words)s, %(score)s of 10,000", words=words, score=format_decimal(score)))


def state(matching_round: models.Round) -> tuple[str, str]:
    """A badge: its kind and its words."""
    if matching_round.published_at is not None:
        return "ok", _("Published")
    badges: Mapping[str, tuple[str, str]] = {
        "queued": ("wait", _("Waiting")),
        "running": ("wait", _("Under way")),
        "done": ("info", _("Proposal")),
        "failed": ("bad", _("Did not finish")),
        "cancelled": ("off", _("Stopped")),
    }
    return badges[matching_round.job.state]


def summary(numbers: Mapping[str, Any]) -> str:
    """ "22 of 24 learners get a mentor. No plan can place more people, ...: this is proved"."""
    placed = ngettext(
        "%(matched)s of %(num)s learner gets a mentor.",
        "%(matched)s of %(num)s learners get a mentor.",
        numbers["mentees"],
        matched=numbers["matched"],
    )
    return f"{placed} {_optimality(numbers)}"


def _optimality(numbers: Mapping[str, Any]) -> str:
    if not numbers["matched"]:
        return ""
    if numbers["proved"] and reviews_chosen.given_up(numbers):
        return str(_("With what a review may cost here, this is the best possible: proved."))
    if numbers["proved"]:
        return str(_("This is the best possible: proved."))
    return str(_("This is the best that was found in the time given; a better one may exist."))


def advice(reason: Mapping[str, Any]) -> str:
    return str(ADVICE.get(reason.get("kind", ""), _("Try again in the next round.")))


def missing(keys: tuple[str, ...]) -> str:
    """ "Free times, a language"."""
    words = ", ".join(str(MISSING[key]) for key in keys)
    return words[:1].upper() + words[1:]


def published(result: Published) -> str:
    return str(
        ngettext(
            "%(num)s pair is published. Both people see each other now.",
            "%(num)s pairs are published. Each person sees the other now.",
            len(result.mentorships),
        )
    )


def skipped(result: Published) -> str:
    """Which pairs were not published, and why; the first of them by name."""
    named = [_skipped(one) for one in result.skipped[:MOST_NAMED]]
    others = len(result.skipped) - len(named)
    if others:
        named.append(ngettext("and %(num)s more", "and %(num)s more", others))
    return str(_("Not published: %(pairs)s.", pairs="; ".join(named)))


def published_note(may_unpublish: bool) -> str:
    if may_unpublish:
        return str(_("Nobody has booked a session yet."))
    return str(_("Its pairs have begun to meet, so it stays published."))


def number(value: int) -> str:
    """ "8,412"."""
    return str(format_decimal(value))


def _skipped(one: Skipped) -> str:
    return str(_("%(pair)s (%(why)s)", pair=_both(one.pair), why=SKIPPED[one.why]))


def _both(pair: models.ScenarioPair) -> str:
    names = {"mentee": pair.mentee.display_name, "mentor": pair.mentor.display_name}
    return str(_("%(mentee)s and %(mentor)s", **names))


MORE_WEIGHTS = {
    "goals": _l("Goals count for %(weight)s."),
    "preferences": _l("Wishes count for %(weight)s."),
    "reciprocity": _l("Helping each other counts for %(weight)s."),
}


def weights(rules: Mapping[str, Any]) -> str:
    """How a score is made, with the weights that the round was run with."""
    parts = {name: rules[name] for name in ("topics", "times", "languages")}
    more = {name: weight for name in MORE_WEIGHTS if (weight := rules.get(name, 0))}
    base = _(
        "Of 10,000. Topics count for %(topics)s of %(whole)s, times for %(times)s, "
        "languages for %(languages)s.",
        whole=sum((*parts.values(), *more.values())),
        **parts,
    )
    return " ".join([str(base), *(str(MORE_WEIGHTS[name]) % {"weight": more[name]} for name in more)])


def pair_name(pair: models.ScenarioPair) -> str:
    names = {"mentee": pair.mentee.display_name, "mentor": pair.mentor.display_name}
    return str(_("%(mentee)s learns from %(mentor)s", **names))
