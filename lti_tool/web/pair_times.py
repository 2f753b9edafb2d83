"""Times for people in different zones, each in their own: "15:30 your time, 09:30 for Ana"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from lti_tool.web.times import clock_time, in_zone, moment


@dataclass(frozen=True)
class Clock:
    """Somebody else's name and IANA zone."""

    name: str
    zone: str


def for_all(value: datetime, mine: str, others: Sequence[Clock]) -> str:
    """An instant by everybody's clock, mine first.

    Clocks that show the same are not repeated: "Thursday 26 November, 15:30 for you both".
    """
    foreign = [one for one in others if _wall(value, one.zone) != _wall(value, mine)]
    if not foreign:
        both = _("for you both") if len(others) == 1 else _("for you all")
        return f"{moment(value, mine)} {both}"
    theirs = [
        _("%(time)s for %(name)s", time=_short(value, mine, one.zone), name=one.name) for one in foreign
    ]
    return ", ".join([_("%(moment)s your time", moment=moment(value, mine)), *theirs])


def span_for_all(start: datetime, end: datetime, mine: str, others: Sequence[Clock]) -> str:
    """A stretch of time by everybody's clock: "Thursday 26 November, 15:30 to 17:00 your time, ..."."""
    own = _span(moment(start, mine), end, mine)
    foreign = [one for one in others if _wall(start, one.zone) != _wall(start, mine)]
    if not foreign:
        both = _("for you both") if len(others) == 1 else _("for you all")
        return f"{own} {both}"
    theirs = [
        _("%(time)s for %(name)s", time=_span(_short(start, mine, one.zone), end, one.zone), name=one.name)
        for one in foreign
    ]
    return ", ".join([_("%(moment)s your time", moment=own), *theirs])


def _wall(value: datetime, zone: str) -> datetime:
    return in_zone(value, zone).replace(tzinfo=None)


def _short(value: datetime, mine: str, zone: str) -> str:
    """The clock alone where the other's calendar shows the same day as mine."""
    same_day = in_zone(value, zone).date() == in_zone(value, mine).date()
    return clock_time(value, zone) if same_day else moment(value, zone)


def _span(start: str, end: datetime, zone: str) -> str:
    return str(_("%(start)s to %(end)s", start=start, end=clock_time(end, zone)))
