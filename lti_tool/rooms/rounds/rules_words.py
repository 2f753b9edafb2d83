"""The rules of a cohort's matching in words."""

from collections.abc import Mapping

from babel import Locale
from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

TERMS = {
    "topics": _l("what people want to learn"),
    "times": _l("free time in common"),
    "languages": _l("languages in common"),
    "goals": _l("goals in common"),
    "preferences": _l("whom people would like"),
    "reciprocity": _l("that the mentor can learn something, too"),
}
LEVELS = {0: _l("Not at all"), 10: _l("A little"), 30: _l("Normal"), 60: _l("A lot")}
COUNTS = {
    0: _l("Does not count: %(what)s."),
    10: _l("Counts a little: %(what)s."),
    30: _l("Counts: %(what)s."),
    60: _l("Counts most: %(what)s."),
}
SHARED = {1: _l("Half an hour"), 2: _l("One hour"), 4: _l("Two hours"), 6: _l("Three hours")}

Values = Mapping[str, int]


def sentences(values: Values) -> list[str]:
    """The most important first."""
    said = []
    for one in sorted(LEVELS, reverse=True):
        terms = [str(words) for name, words in TERMS.items() if values[name] == one]
        if terms:
            said.append(str(COUNTS[one]) % {"what": _listed(terms)})
    return [
        *said,
        _("Two people need %(hours)s a week at least in which both are free.", hours=_hours(values)),
    ]


def changes(before: Values, after: Values) -> str:
    """ "Free time in common: a lot instead of normally"."""
    said = [
        _(
            "%(what)s: %(now)s instead of %(before)s",
            what=str(words),
            now=_lower(LEVELS[after[name]]),
            before=_lower(LEVELS[before[name]]),
        )
        for name, words in TERMS.items()
        if before[name] != after[name]
    ]
    if before["min_shared_slots"] != after["min_shared_slots"]:
        said.append(
            _("least free time: %(now)s instead of %(before)s", now=_hours(after), before=_hours(before))
        )
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def made_with(version: int | None) -> str:
    """Of a round: which rules it was made with."""
    if version is None:
        return ""
    if version == 0:
        return str(_("It was made with the rules that hold where nobody changed any."))
    return str(_("It was made with version %(number)s of the matching rules.", number=version))


def _hours(values: Values) -> str:
    return _lower(SHARED[values["min_shared_slots"]])


def _lower(words: object) -> str:
    text = str(words)
    return text[:1].lower() + text[1:]


def _listed(words: list[str]) -> str:
    return format_list(words, "standard", get_locale() or Locale("en"))
