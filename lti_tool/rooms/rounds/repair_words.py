"""One more mentor who would place most of those left out, in words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import format_date, format_time, ngettext
from flask_babel import gettext as _

import matching
from lti_tool.web import reasons
from lti_tool.web.times import monday_of, weekday_time, zone, zone_name

PARTS = {
    "weekdays": {
        "morning": lambda **hours: _("on weekday mornings (%(start)s to %(stop)s)", **hours),
        "afternoon": lambda **hours: _("on weekday afternoons (%(start)s to %(stop)s)", **hours),
        "evening": lambda **hours: _("on weekday evenings (%(start)s to %(stop)s)", **hours),
    },
    "weekend": {
        "morning": lambda **hours: _("on weekend mornings (%(start)s to %(stop)s)", **hours),
        "afternoon": lambda **hours: _("on weekend afternoons (%(start)s to %(stop)s)", **hours),
        "evening": lambda **hours: _("on weekend evenings (%(start)s to %(stop)s)", **hours),
    },
    "day": {
        "morning": lambda **hours: _("on %(day)s mornings (%(start)s to %(stop)s)", **hours),
        "afternoon": lambda **hours: _("on %(day)s afternoons (%(start)s to %(stop)s)", **hours),
        "evening": lambda **hours: _("on %(day)s evenings (%(start)s to %(stop)s)", **hours),
    },
}
A_MONDAY = date(2024, 1, 1)


def sentence(repair: Mapping[str, Any], topic: str, made_on: date) -> str:
    """ "One more mentor for statistics, free on weekday evenings (17:00 to 22:00), with 4 places, ...".

    Args:
        repair: as `outcome` told it; an earlier version told a single time and no more.
        made_on: when the proposal was made, for one that does not say for which week it was reckoned.
    """
    week_of = date.fromisoformat(repair["week_of"]) if "week_of" in repair else made_on
    text = ngettext(
        "One more mentor for %(topic)s, free %(when)s, would place %(num)s of them.",
        "One more mentor for %(topic)s, free %(when)s, with %(num)s places, would place %(num)s of them.",
        repair["people"],
        topic=topic,
        when=_window(repair) if "part" in repair else _moment(repair["slot"], week_of),
    )
    more = [*_zone(repair, week_of), *_asked_of(repair)]
    return " ".join(str(one) for one in (text, *more))


def _window(repair: Mapping[str, Any]) -> str:
    start, stop = (
        str(format_time(time(hour), "HH:mm", rebase=False)) for hour in matching.HOURS[repair["part"]]
    )
    days = repair["days"]
    if days in PARTS:
        return str(PARTS[days][repair["part"]](start=start, stop=stop))
    day = format_date(A_MONDAY + timedelta(days=int(days)), "EEEE")
    return str(PARTS["day"][repair["part"]](day=day, start=start, stop=stop))


def _moment(slot: int, week_of: date) -> str:
    begins = datetime.combine(monday_of(week_of), time(), UTC) + slot * timedelta(minutes=30)
    return str(_("on %(when)s", when=weekday_time(begins)))


def _zone(repair: Mapping[str, Any], week_of: date) -> list[str]:
    """Whose clock is meant, where the reader's shows something else."""
    if "part" not in repair:
        return []
    told, read = (
        next(
            one.slots
            for one in matching.windows(name, week_of)
            if (one.days, one.part) == (repair["days"], repair["part"])
        )
        for name in (repair["zone"], zone())
    )
    if told == read:
        return []
    return [_("These are times in %(zone)s.", zone=zone_name(repair["zone"]))]


def _asked_of(repair: Mapping[str, Any]) -> list[str]:
    found = []
    if codes := repair.get("languages"):
        spoken = reasons.one_of(codes)
        found.append(_("The mentor has to speak %(languages)s.", languages=spoken))
    if group := repair.get("group"):
        found.append(_("The mentor has to be in the group %(group)s.", group=group))
    return found
