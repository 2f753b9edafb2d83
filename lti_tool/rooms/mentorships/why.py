"""Why two people were matched, said to one of them: "You want to learn R most of all; Bo knows it well"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from lti_tool.web import reasons
from lti_tool.web.reasons import Params, Topics

Fact = Mapping[str, Any]


def sentences(facts: Sequence[Fact], topics: Topics, role: str, name: str) -> list[str]:
    """The reasons of a pair in the words of one of the two.

    Args:
        facts: {"kind", "params"} as stored with the mentorship.
        topics: names of the cohort's topics by id.
        role: what the reader is in the mentorship (mentee, mentor or peer).
        name: of the other person.
    """
    told = [fact for fact in facts if reasons.is_for_the_two(fact)]
    return [_sentence(fact, topics, role, name) for fact in told]


def _sentence(fact: Fact, topics: Topics, role: str, name: str) -> str:
    params = fact.get("params") or {}
    try:
        if fact.get("kind") == "shared_topic" and role in TOPIC:
            return TOPIC[role](params, topics, name)
        if fact.get("kind") == "shared_time":
            return _hours(float(params["hours"]))
        if fact.get("kind") == "shared_language":
            return str(_("You both speak %(languages)s.", languages=reasons.languages(params["codes"])))
        if fact.get("kind") == "shared_groups":
            return str(_("You are both in %(groups)s.", groups=reasons.names(params["names"])))
    except (KeyError, TypeError, ValueError):
        pass  # facts of an older engine: the general wording has an answer for all
    return reasons.sentence(fact, topics)


def _hours(hours: float) -> str:
    if hours == 1:
        return str(_("You are both free for 1 hour a week."))
    return str(_("You are both free for %(hours)s hours a week.", hours=format_decimal(hours)))


def _for_mentee(params: Params, topics: Topics, name: str) -> str:
    topic = reasons.topic_name(params["topic"], topics)
    wish = {
        1: _("You would like to learn %(topic)s", topic=topic),
        2: _("You want very much to learn %(topic)s", topic=topic),
        3: _("You want to learn %(topic)s most of all", topic=topic),
    }[params["importance"]]
    command = {
        1: _("%(name)s knows the basics", name=name),
        2: _("%(name)s can explain it", name=name),
        3: _("%(name)s knows it well", name=name),
    }[params["level"]]
    return str(_("%(wish)s; %(command)s.", wish=wish, command=command))


def _for_mentor(params: Params, topics: Topics, name: str) -> str:
    topic = reasons.topic_name(params["topic"], topics)
    wish = {
        1: _("%(name)s would like to learn %(topic)s", name=name, topic=topic),
        2: _("%(name)s wants very much to learn %(topic)s", name=name, topic=topic),
        3: _("%(name)s wants to learn %(topic)s most of all", name=name, topic=topic),
    }[params["importance"]]
    command = {
        1: _("you know the basics"),
        2: _("you can explain it"),
        3: _("you know it well"),
    }[params["level"]]
    return str(_("%(wish)s; %(command)s.", wish=wish, command=command))


TOPIC: dict[str, Callable[[Params, Topics, str], str]] = {"mentee": _for_mentee, "mentor": _for_mentor}
