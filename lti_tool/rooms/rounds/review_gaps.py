"""Reviews that no expert has the time for, in words: what is missing for each topic, and whom to ask."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from lti_tool.web.reasons import topic_name

Gap = Mapping[str, Any]
"""`matching.ReviewGap` as a scenario's summary keeps it."""


def sentences(
    summary: Mapping[str, Any], topics: Mapping[int, str], experts: Mapping[int, str]
) -> tuple[str, ...]:
    """One for each topic; none for a result of an earlier version.

    Args:
        experts: names of those whom the gaps mention, by id.
    """
    return tuple(f"{_lacking(gap, topics)} {_advice(gap, experts)}" for gap in summary.get("review_gaps", ()))


def in_short(summary: Mapping[str, Any], topics: Mapping[int, str]) -> str:
    """ "Statistics lacks 1.5 h, Writing lacks 1 h", or nothing."""
    return ", ".join(
        _(
            "%(topic)s lacks %(hours)s h",
            topic=topic_name(gap["topic"], topics),
            hours=format_decimal(gap["hours"]),
        )
        for gap in summary.get("review_gaps", ())
    )


def _lacking(gap: Gap, topics: Mapping[int, str]) -> str:
    topic = topic_name(gap["topic"], topics)
    if gap["hours"] == 1:
        return str(_("Reviews for %(topic)s lack 1 hour of an expert's time.", topic=topic))
    hours = format_decimal(gap["hours"])
    return str(_("Reviews for %(topic)s lack %(hours)s hours of an expert's time.", topic=topic, hours=hours))


def _advice(gap: Gap, experts: Mapping[int, str]) -> str:
    name = experts.get(gap["expert"] or 0)
    if name is None:
        return str(_("Name one more expert for it."))
    if gap["reachable"] < gap["reviews"]:
        text = ngettext(
            "%(name)s could do %(some)s of them with %(num)s more review a week. Name another expert, too.",
            "%(name)s could do %(some)s of them with %(num)s more reviews a week. Name another expert, too.",
            gap["weekly"],
            name=name,
            some=gap["reachable"],
        )
    else:
        text = ngettext(
            "Ask %(name)s for %(num)s more review a week, name another expert, or extend the cohort.",
            "Ask %(name)s for %(num)s more reviews a week, name another expert, or extend the cohort.",
            gap["weekly"],
            name=name,
        )
    return str(text)
