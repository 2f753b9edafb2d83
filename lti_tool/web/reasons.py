"""The reasons of a matching in words. The engine gives facts, {"kind", "params"}; here they are said.

The sentences name neither of the two people, so that the same one can stand on a teacher's page and on a
learner's; nobody is blamed for having been left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from babel import Locale
from babel.lists import format_list
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from lti_tool.web import goals

Params = Mapping[str, Any]
Topics = Mapping[int, str]


def sentence(reason: Mapping[str, Any], topics: Topics) -> str:
    """One reason as one sentence.

    Args:
        reason: {"kind", "params"} as stored with a scenario or a mentorship.
        topics: names of the cohort's topics by id.

    Returns:
        A sentence also for a kind that is not known here (of an older or newer engine).
    """
    wording = WORDINGS.get(str(reason.get("kind")))
    if wording is None:
        return str(_("The matching found this to fit."))
    try:
        return str(wording(reason.get("params") or {}, topics))
    except (KeyError, TypeError, ValueError):
        return str(_("The matching found this to fit."))


def sentences(reasons: Sequence[Mapping[str, Any]], topics: Topics) -> list[str]:
    """The reasons of a pair, without those that say nothing to the two people themselves."""
    return [sentence(reason, topics) for reason in reasons if is_for_the_two(reason)]


def is_for_the_two(reason: Mapping[str, Any]) -> bool:
    """Whether the people themselves are told."""
    if reason.get("kind") == "wished":
        # One-sided wishes are nobody's business but a teacher's.
        return bool((reason.get("params") or {}).get("by") == "both")
    return reason.get("kind") not in FOR_TEACHERS


def suggestion(reason: Mapping[str, Any]) -> str | None:
    """What somebody who was left out can do, if there is something."""
    advice = {
        "no_shared_topic": _("Choose another topic too, or wait until somebody offers this one."),
        "no_shared_time": _("Add a few more free times, at other hours of the day too."),
        "no_shared_language": _("Add every language in which a session would work."),
    }
    return advice.get(str(reason.get("kind")))


def language_name(code: str) -> str:
    """A language as the reader calls it: "es" is "Spanish"."""
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code) or locale.languages.get(code.split("-")[0]) or code)


def _shared_topic(params: Params, topics: Topics) -> str:
    wanted = {
        1: _("wanted a little"),
        2: _("wanted a lot"),
        3: _("wanted most of all"),
    }[params["importance"]]
    offered = {
        1: _("offered by somebody who knows the basics"),
        2: _("offered by somebody who can explain it"),
        3: _("offered by somebody who knows it well"),
    }[params["level"]]
    return str(
        _(
            "%(topic)s: %(wanted)s, %(offered)s.",
            topic=topic_name(params["topic"], topics),
            wanted=wanted,
            offered=offered,
        )
    )


def _shared_time(params: Params, _topics: Topics) -> str:
    hours = params["hours"]
    if hours == 1:
        return str(_("Both are free at the same time for 1 hour a week."))
    return str(
        _("Both are free at the same time for %(hours)s hours a week.", hours=format_decimal(float(hours)))
    )


def _shared_language(params: Params, _topics: Topics) -> str:
    return str(_("Both can talk in %(languages)s.", languages=languages(params["codes"])))


def _shared_groups(params: Params, _topics: Topics) -> str:
    return str(_("Both are in %(groups)s.", groups=names(params["names"])))


def _different_groups(params: Params, _topics: Topics) -> str:
    return str(
        _(
            "One is in %(mentee)s, the other in %(mentor)s.",
            mentee=names(params["mentee"]),
            mentor=names(params["mentor"]),
        )
    )


def _no_shared_group(params: Params, _topics: Topics) -> str:
    if not params["names"]:
        return str(_("Pairs come from one group in this cohort, and no group is known here."))
    return str(
        _(
            "Pairs come from one group in this cohort, and no mentor in %(groups)s would fit.",
            groups=_listed(params["names"], "or"),
        )
    )


def _only_same_group(params: Params, _topics: Topics) -> str:
    return str(
        _(
            "Pairs come from different groups in this cohort, and the mentors who would fit are in "
            "%(groups)s too.",
            groups=_listed(params["names"], "or"),
        )
    )


def _shared_goals(params: Params, _topics: Topics) -> str:
    return str(_("Both are here for the same: %(goals)s.", goals=names(goals.names(params["goals"]))))


def _wished(params: Params, _topics: Topics) -> str:
    if params["by"] == "both":
        return str(_("Each of the two had wished for the other."))
    return str(_("One of the two had wished for the other."))


def _mutual_help(params: Params, topics: Topics) -> str:
    helped = names([topic_name(topic, topics) for topic in params["topics"]])
    return str(_("The mentor can learn something, too: %(topics)s.", topics=helped))


def _earlier_pair(_params: Params, _topics: Topics) -> str:
    return str(_("The two were matched before."))


def _room(params: Params, _topics: Topics) -> str:
    return str(
        ngettext(
            "%(taken)s of %(num)s place of this mentor is taken.",
            "%(taken)s of %(num)s places of this mentor are taken.",
            int(params["places"]),
            taken=params["taken"],
        )
    )


def _no_shared_topic(params: Params, topics: Topics) -> str:
    return str(
        _(
            "Nobody with a free place offers %(topics)s yet.",
            topics=_listed([topic_name(topic, topics) for topic in params["topics"]], "or"),
        )
    )


def _no_shared_language(params: Params, _topics: Topics) -> str:
    return str(
        _(
            "The mentors who offer these topics do not speak %(languages)s.",
            languages=one_of(params["codes"]),
        )
    )


def _no_shared_time(params: Params, _topics: Topics) -> str:
    nearest = float(params["nearest_hours"])
    if not nearest:
        return str(_("None of the mentors who would fit is free at these times."))
    return str(
        _(
            "The nearest fitting mentor shares %(nearest)s h a week; a session needs %(needed)s h.",
            nearest=format_decimal(nearest),
            needed=format_decimal(float(params["needed_hours"])),
        )
    )


def _only_excluded(_params: Params, _topics: Topics) -> str:
    return str(_("Only mentors who were ruled out for this pair would fit."))


def _no_room(params: Params, _topics: Topics) -> str:
    return str(
        ngettext(
            "%(competing)s people want the only %(num)s place that fits them.",
            "%(competing)s people want the only %(num)s places that fit them.",
            int(params["places"]),
            competing=params["competing"],
        )
    )


def _together(_params: Params, _topics: Topics) -> str:
    return str(_("A rule asks for the same mentor as for somebody else, and no mentor has room for both."))


def _apart(_params: Params, _topics: Topics) -> str:
    return str(_("A rule keeps this person from the mentor of somebody else, and no other mentor has room."))


def _tied(_params: Params, _topics: Topics) -> str:
    return str(_("The places that would fit go to others because of a rule about people or groups."))


def _undisturbed(_params: Params, _topics: Topics) -> str:
    return str(_("There would be room only if more running pairs changed."))


def _no_qualified_expert(params: Params, topics: Topics) -> str:
    return str(_("No expert is named for %(topic)s yet.", topic=topic_name(params["topic"], topics)))


def _experts_in_conflict(params: Params, topics: Topics) -> str:
    return str(
        _(
            "Every expert for %(topic)s is too close to this pair to review it.",
            topic=topic_name(params["topic"], topics),
        )
    )


def _no_expert_hours(params: Params, _topics: Topics) -> str:
    return str(
        ngettext(
            "The experts have %(num)s slot for the %(reviews)s reviews that are due.",
            "The experts have %(num)s slots for the %(reviews)s reviews that are due.",
            int(params["places"]),
            reviews=params["reviews"],
        )
    )


def topic_name(topic: Any, topics: Topics) -> str:
    """A topic by its id, also after it was removed."""
    # Ids that went through JSON as keys come back as text.
    return topics.get(int(topic)) or str(_("a topic that was removed"))


def one_of(codes: Sequence[str]) -> str:
    """Languages any of which will do: "Spanish or Arabic"."""
    return _listed([language_name(code) for code in codes], "or")


def languages(codes: Sequence[str]) -> str:
    """Language codes as a list in words: "English and Spanish"."""
    return _listed([language_name(code) for code in codes], "standard")


def names(of_groups: Sequence[str]) -> str:
    """Names of groups as a list in words: "Lab A and Tutorial 2"."""
    return _listed(of_groups, "standard")


def _listed(names: Sequence[str], style: Literal["standard", "or"]) -> str:
    if not names:
        raise ValueError("nothing to name")
    return format_list(list(names), style, get_locale() or Locale("en"))


FOR_TEACHERS = frozenset(
    {"room", "earlier_pair", "only_excluded", "together", "apart", "tied", "undisturbed"}
)
"""Kinds that tell the two people of a pair nothing about each other, or that only teachers may know."""

WORDINGS: dict[str, Callable[[Params, Topics], str]] = {
    "shared_topic": _shared_topic,
    "shared_time": _shared_time,
    "shared_language": _shared_language,
    "shared_groups": _shared_groups,
    "different_groups": _different_groups,
    "shared_goals": _shared_goals,
    "wished": _wished,
    "mutual_help": _mutual_help,
    "earlier_pair": _earlier_pair,
    "room": _room,
    "no_shared_topic": _no_shared_topic,
    "no_shared_language": _no_shared_language,
    "no_shared_time": _no_shared_time,
    "no_shared_group": _no_shared_group,
    "only_same_group": _only_same_group,
    "only_excluded": _only_excluded,
    "no_room": _no_room,
    "together": _together,
    "apart": _apart,
    "tied": _tied,
    "undisturbed": _undisturbed,
    "no_qualified_expert": _no_qualified_expert,
    "experts_in_conflict": _experts_in_conflict,
    "no_expert_hours": _no_expert_hours,
}
