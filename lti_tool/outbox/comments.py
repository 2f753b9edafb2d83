"""What stands beside a score in the gradebook: how it came about, in the words of taking part."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_tool.outbox.reckoning import Column, Part


def of(column: Column) -> str:
    """ "3 of 4 sessions confirmed; 1 of 1 expert review signed"."""
    return "; ".join(PARTS[part.kind](part) for part in column.parts)


def name(kind: str) -> str:
    """A part as it is called in the name of its own column, and on pages."""
    return str(NAMES[kind])


def taken_back() -> str:
    """Beside a score that was taken back."""
    return str(_("Excused by the teacher"))


def _sessions(part: Part) -> str:
    return str(
        ngettext(
            "%(done)d of %(num)d session confirmed",
            "%(done)d of %(num)d sessions confirmed",
            part.needed,
            done=part.counted,
        )
    )


def _checkpoints(part: Part) -> str:
    return str(
        ngettext(
            "%(done)d of %(num)d expert review signed",
            "%(done)d of %(num)d expert reviews signed",
            part.needed,
            done=part.counted,
        )
    )


def _commitments(part: Part) -> str:
    return str(
        ngettext(
            "%(done)d of %(num)d commitment confirmed",
            "%(done)d of %(num)d commitments confirmed",
            part.needed,
            done=part.counted,
        )
    )


def _training(part: Part) -> str:
    return str(_("trained as a peer mentor") if part.counted else _("not trained yet"))


def _preparation(part: Part) -> str:
    return str(_("prepared in time") if part.counted else _("not prepared in time"))


PARTS: dict[str, Callable[[Part], str]] = {
    "sessions": _sessions,
    "commitments": _commitments,
    "checkpoints": _checkpoints,
    "training": _training,
    "preparation": _preparation,
}

NAMES = {
    "sessions": _l("Sessions"),
    "commitments": _l("Commitments"),
    "checkpoints": _l("Expert reviews"),
    "training": _l("Training"),
    "preparation": _l("Preparation"),
}
