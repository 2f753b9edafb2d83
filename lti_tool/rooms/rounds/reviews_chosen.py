"""How far the reviews of a result were chosen together with its pairs: in numbers, and in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

import matching


def numbers(joint: matching.Joint | None) -> dict[str, Any]:
    """For the summary of a result; see `matching.Joint`. A result that gave points up is as good as proved
    where it is known that no other weighs points against reviews better."""
    if joint is None:
        return {}
    told = {
        "way": joint.way,
        "before": joint.before,
        "uncovered": joint.uncovered,
        "given_up": joint.given_up,
        "changed": joint.changed,
        "gap": joint.gap,
    }
    return {"joint": told} | ({"proved": int(not joint.gap)} if joint.given_up else {})


def given_up(summary: Mapping[str, Any]) -> int:
    """Points of the sum of fits that were given up for reviews; none in results of earlier versions."""
    return int((summary.get("joint") or {}).get("given_up", 0))


def cost(summary: Mapping[str, Any]) -> str:
    """What the reviews cost the pairs, where they cost anything."""
    joint = summary["joint"]
    return str(
        ngettext(
            "The average fit could be %(points)s of 10,000 points better; "
            "that was given up so that %(num)s more review has an expert.",
            "The average fit could be %(points)s of 10,000 points better; "
            "that was given up so that %(num)s more reviews have an expert.",
            joint["before"] - joint["uncovered"],
            points=format_decimal(-(-joint["given_up"] // summary["matched"])),
        )
    )


def way(summary: Mapping[str, Any]) -> str:
    """Whether other pairs would leave fewer reviews without an expert."""
    joint = summary.get("joint")
    if not joint or joint["way"] != "joint":
        return str(_("The reviews were planned after the pairs: other pairs may leave fewer of them open."))
    if joint["gap"]:
        return str(_("Time ran out before it was known whether other pairs would leave fewer reviews open."))
    if joint["given_up"]:
        return str(_("Pairs and reviews were chosen together: fewer open reviews would cost too much."))
    return str(
        _(
            "Pairs and reviews were chosen together: no plan in which the pairs fit as well leaves fewer "
            "reviews open, not counting those drawn at random."
        )
    )
