"""What an adjustment changes, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_tool.rooms.rounds.publishing import Published
from lti_tool.rooms.rounds.recipe import Recipe
from lti_tool.web.reasons import names as listed

WHY = {
    "rule": _l("What you decided about people asks for it."),
    "places": _l("The mentor takes fewer learners than before."),
    "room": _l("It makes room, so that more people have a mentor or what you decided holds."),
}
"""Why a running pair ends."""


def why_it_ends(why: str, comers: Sequence[str]) -> str:
    """Why a running pair ends; comers: who has the place then, the first of them."""
    if why == "room" and comers:
        return str(_("It makes room for %(names)s.", names=listed(comers)))
    return str(WHY[why])


def too_few(needed: int, recipe: Recipe) -> str:
    """Why nothing was found within the changes that were allowed."""
    allowed = recipe.adjustment.most_changes if recipe.adjustment else 0
    changes = ngettext(
        "At least %(num)s running pair has to change", "At least %(num)s running pairs have to change", needed
    )
    return str(
        _(
            "%(changes)s, because of the places that mentors have or of your rules, and you allowed "
            "%(allowed)s. Nothing was changed.",
            changes=changes,
            allowed=allowed,
        )
    )


def summary(numbers: Mapping[str, Any]) -> str:
    """ "2 learners get a mentor. 17 of 18 running pairs stay as they are."."""
    placed = ngettext(
        "%(num)s learner who waits gets a mentor.",
        "%(num)s learners who wait get a mentor.",
        numbers["placed"],
    )
    stand = ngettext(
        "%(stand)s of %(num)s running pair stays as it is.",
        "%(stand)s of %(num)s running pairs stay as they are.",
        numbers["running"],
        stand=numbers["stand"],
    )
    return f"{placed} {stand}"


def lines(numbers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Kinds (ok, warn or info) and sentences: what is certain, and what is not."""
    more = numbers["most_matched"] - numbers["with_mentor"]
    limit = numbers["most_changes"]
    said = []
    if limit is not None:
        said.append(
            (
                "info",
                ngettext(
                    "At most %(num)s running pair was to change, as you asked.",
                    "At most %(num)s running pairs were to change, as you asked.",
                    limit,
                ),
            )
        )
    if more > 0:
        said.append(("warn", _("More people might have a mentor; time ran out before that was known.")))
    elif numbers["left_out"]:
        said.append(("ok", _("No other way within these limits gives more people a mentor.")))
    else:
        said.append(("ok", _("Everybody who is ready has a mentor then.")))
    if not more:
        said.append(_fewest(numbers))
    if numbers["gap"]:
        said.append(("warn", _("Among such ways there may be one whose pairs fit better.")))
    else:
        said.append(("ok", _("Among all such ways, none has pairs that fit better.")))
    said.append(("info", _("These are the solver's own bounds; there is no proof that others could check.")))
    return said


def _fewest(numbers: Mapping[str, Any]) -> tuple[str, str]:
    if not numbers["disturbed"]:
        return "ok", _("No running pair that can go on is disturbed.")
    if not numbers["proved"]:
        return "warn", _("Fewer running pairs might have to change; time ran out before that was known.")
    return "ok", ngettext(
        "%(num)s running pair that could go on has to change; no such way disturbs fewer.",
        "%(num)s running pairs that could go on have to change; no such way disturbs fewer.",
        numbers["disturbed"],
    )


def published(result: Published) -> str:
    parts = [
        ngettext("%(num)s pair begins.", "%(num)s pairs begin.", len(result.mentorships)),
        ngettext("%(num)s pair ends, kindly told.", "%(num)s pairs end, kindly told.", len(result.ended)),
    ]
    return " ".join(str(part) for part in parts)
