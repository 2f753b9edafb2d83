"""What people may say they are here for. The keys are stored; the words may change."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

GOALS = {
    "pass": _l("Pass this course"),
    "understand": _l("Understand the subject better"),
    "speak": _l("Become surer of myself when I speak"),
    "practice": _l("Practise for a job"),
    "career": _l("Find out where I want to go"),
    "settle": _l("Settle in and meet people"),
}


def names(goals: Iterable[str]) -> list[str]:
    """In the reader's language, in the order of the list; a goal that was taken off the list is left out."""
    chosen = frozenset(goals)
    return [str(words) for key, words in GOALS.items() if key in chosen]
