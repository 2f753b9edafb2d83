"""What the pages of this room say and read, without deciding anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from babel.lists import format_list
from flask import request
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.rooms.profiles.forms import COMMAND, IMPORTANCE, TopicsForm
from lti_tool.rooms.profiles.queries import levels_of
from lti_tool.web.identity import Viewer
from lti_tool.web.reasons import language_name
from lti_tool.web.times import day, zone_name

JOINING_ROLES = frozenset({"learner", "assistant"})
"""LMS roles whose people are peers of learners. Teachers see everything of a cohort; they cannot be peers."""

KINDS = ("wants", "offers")


@dataclass(frozen=True)
class Obstacle:
    title: str
    text: str


@dataclass(frozen=True)
class Fact:
    term: str
    value: str


def obstacle(viewer: Viewer, cohort: models.Cohort, *, admitted: bool) -> Obstacle | None:
    """Why somebody cannot join now; None when they can.

    Args:
        admitted: they are of the group for which the cohort is.
    """
    if cohort.ends_on < clock.today(viewer.timezone):
        return Obstacle(
            _("This cohort has ended"),
            _(
                "It ran until %(day)s. Ask your teacher whether another one is planned.",
                day=day(cohort.ends_on),
            ),
        )
    if not admitted:
        return Obstacle(
            _("This cohort is for %(group)s", group=cohort.only_group_name),
            _("Your learning platform does not list you there. If you should be, ask your teacher."),
        )
    if viewer.member.role in JOINING_ROLES:
        return None
    if viewer.teaches:
        return Obstacle(
            _("You teach this course"),
            _("Learners join here. You see who joined, start the matching and name experts."),
        )
    return Obstacle(
        _("You are here as a guest"),
        _("Taking part needs a place in this course as a learner. Your teacher can give you one."),
    )


def topics_data(participant: models.Participant) -> dict[str, Any]:
    """What the topics form shows before anything is typed."""
    levels = {f"{one.kind}_{one.topic_id}": one.level for one in participant.interests}
    return {**levels, "capacity": max(1, participant.capacity), "languages": participant.languages}


def levels_in(form: TopicsForm, topics: Sequence[models.Topic]) -> dict[tuple[str, int], int]:
    """The answers of the topics form by kind and topic."""
    asked = ((kind, topic.id) for topic in topics for kind in KINDS)
    return {(kind, key): form[f"{kind}_{key}"].data for kind, key in asked if f"{kind}_{key}" in form}


def joined(participant: models.Participant) -> list[str]:
    """What somebody reads when their profile is complete for the first time."""
    lines = [_("We keep your topics, languages and free times.")]
    if not participant.mentor_approved:
        lines.append(_("Your teacher looks at everybody who offers to mentor, and says yes first."))
    lines.append(_("You are told here as soon as you are matched."))
    return lines


def facts(participant: models.Participant) -> list[Fact]:
    """The profile at a glance."""
    found = []
    if participant.learns:
        found.append(Fact(_("I want to learn"), _levels(participant, "wants")))
    if participant.mentors:
        found.append(Fact(_("I can help with"), _levels(participant, "offers")))
        places = ngettext("%(num)s person at a time", "%(num)s people at a time", participant.capacity)
        found.append(Fact(_("I can take"), places))
    spoken = format_list([language_name(code) for code in participant.languages], "standard", _language())
    hours = format_decimal(len(participant.week) / 2)
    return [
        *found,
        Fact(_("Languages"), spoken or _("None yet")),
        Fact(_("Free times"), _("%(hours)s hours a week", hours=hours)),
        Fact(_("Time zone"), zone_name(participant.timezone)),
    ]


def safe_path(path: str | None) -> str | None:
    """The path if it is a page of this tool; never an address on another site."""
    # Behind a proxy's path, or the key of a visit without cookies, every page's path begins with that.
    root = request.script_root
    if not path or not path.startswith(f"{root}/courses/") or "\\" in path or not path.isprintable():
        return None
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else None


def _levels(participant: models.Participant, kind: str) -> str:
    words = dict(IMPORTANCE if kind == "wants" else COMMAND)
    said = [
        _("%(topic)s (%(level)s)", topic=one.topic, level=_lowered(str(words[one.level])))
        for one in levels_of(participant, kind)
    ]
    return format_list(said, "standard", _language()) or _("Nothing yet")


def _lowered(words: str) -> str:
    return words if words.startswith("I ") else words[:1].lower() + words[1:]


def _language() -> Locale:
    return get_locale() or Locale("en")
