"""Why a pair owes an expert's review, in words: for teachers and experts, and for the two people."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

Because = Mapping[str, Any] | None
"""{"kind", "params"}: risk, untrained, every, audit (percent), second_look. None: from before it was kept."""


def for_teachers(because: Because, topic: str, mentor: str) -> str | None:
    """A sentence for instructors and experts: "Owes a review because Statistics is a high-risk topic"."""
    words = {
        "risk": _("Owes a review because %(topic)s is a high-risk topic.", topic=topic),
        "untrained": _("Owes a review because %(mentor)s has not had the training yet.", mentor=mentor),
        "every": _("Owes a review, as every pair of this cohort does."),
        "audit": _("Owes a review because it was drawn at random: %(share)s.", share=share(because)),
        "second_look": _("Owes a second review because the first one asked for another look."),
    }
    return words.get(str((because or {}).get("kind")))


def for_the_pair(because: Because, topic: str) -> str | None:
    """A sentence for the two people. It says of nobody that they lack something."""
    words = {
        "risk": _("It is done wherever a wrong practice of %(topic)s would spread.", topic=topic),
        "untrained": _("It is a help for mentors who start without the training."),
        "every": _("Every pair of this cohort has one."),
        "audit": _("Your pair was drawn at random: %(share)s.", share=share(because)),
        "second_look": _("It is the second look that the first one asked for."),
    }
    return words.get(str((because or {}).get("kind")))


def share(because: Because) -> str:
    """ "one in ten"."""
    percent = ((because or {}).get("params") or {}).get("percent", 0)
    words = {5: _("one in twenty"), 10: _("one in ten"), 20: _("one in five")}
    return str(words.get(percent) or _("%(percent)s of a hundred", percent=percent))
