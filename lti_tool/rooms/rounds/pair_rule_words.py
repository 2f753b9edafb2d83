"""What was decided about two people, in words."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db.models import PairRule
from lti_tool.rooms.rounds.giving_way import MOST_NAMED, Conflict
from lti_tool.rooms.rounds.person_page import obstacle_words
from lti_tool.rooms.rounds.wording import missing

KINDS = (
    ("pair", _l("They are a pair: the learner gets this mentor")),
    ("never", _l("They are never a pair")),
    ("together", _l("Two learners get the same mentor")),
    ("apart", _l("Two learners never get the same mentor")),
)


def sentence(rule: PairRule) -> str:
    """ "Ana learns from Bo"."""
    return told(rule.kind, rule.first.display_name, rule.second.display_name)


def told(kind: str, first: str, second: str) -> str:
    names = {"first": first, "second": second}
    words = {
        "pair": _("%(first)s learns from %(second)s", **names),
        "never": _("%(first)s never learns from %(second)s", **names),
        "together": _("%(first)s and %(second)s get the same mentor", **names),
        "apart": _("%(first)s and %(second)s never get the same mentor", **names),
        "with": _("%(first)s learns from %(second)s or from nobody", **names),
    }
    return str(words[kind])


def kept_by_you(rule: PairRule) -> str:
    """Of a pair: "Kept by you: they know each other". The reason of somebody who was erased is gone."""
    return str(_("Kept by you: %(reason)s", reason=rule.reason) if rule.reason else _("Kept by you."))


def gone(name: str) -> str:
    return str(_("%(name)s is no longer in the cohort.", name=name))


def not_ready(name: str, lacks: tuple[str, ...]) -> str:
    return str(
        _(
            "%(name)s is not ready to be matched. Still missing: %(what)s.",
            name=name,
            what=missing(lacks).lower(),
        )
    )


def gives_way(conflicts: Sequence[Conflict], names: Mapping[int, str]) -> str:
    """Which decisions a round cannot keep, and why; the first of them by name."""
    said = " ".join(_conflict(one, names) for one in conflicts[:MOST_NAMED])
    return str(
        _(
            "Your rules about people cannot all hold, so nothing was matched. %(which)s "
            "Change or remove what cannot hold, and start again.",
            which=said,
        )
    )


def _conflict(one: Conflict, names: Mapping[int, str]) -> str:
    first, second = names.get(one.kept.first, "–"), names.get(one.kept.second, "–")
    pair = told("pair", first, second)
    if one.why.kind == "not_ready":
        return str(_("“%(pair)s”: %(name)s is not ready, or has no free place.", pair=pair, name=second))
    if one.why.kind == "too_many":
        return str(
            _("“%(pair)s”: more learners are to be with %(name)s than have a place.", pair=pair, name=second)
        )
    if one.why.kind == "two_mentors":
        return str(_("“%(pair)s”: another rule gives %(name)s somebody else.", pair=pair, name=first))
    if one.why.kind == "ruled_out":
        return str(_("“%(pair)s”: another rule keeps the two apart.", pair=pair))
    why = obstacle_words({"kind": one.why.kind, "params": dict(one.why.params)})
    return str(_("“%(pair)s”: %(why)s", pair=pair, why=why))
