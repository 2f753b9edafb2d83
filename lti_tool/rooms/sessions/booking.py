"""When a session may be, and which times are proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.web import overlap
from lti_tool.web.times import day, zone_name

PROPOSALS = 8
"""Few enough to be read, enough to choose from."""
PROPOSED_DAYS = timedelta(days=14)
NOTED_LATER = timedelta(days=14)
"""How long ago a session may have been that is noted only now."""
NOTICE = timedelta(hours=1)
"""Nobody is asked to meet in five minutes."""
USUAL_MINUTES = 60
SHORTEST_MINUTES = 30


@dataclass(frozen=True)
class Proposal:
    minutes: int
    """How long everybody is free from each beginning on, at least."""
    starts: list[datetime]


class Impossible(Exception):
    """A time at which there can be no session; the text says why."""


def proposed(
    people: Sequence[models.Participant], booked: Sequence[models.Session], last_day: date
) -> Proposal:
    """Times in the next two weeks at which everybody is free; the first person is the one who asks."""
    after = clock.now() + NOTICE
    end_of_cohort = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(people[0].timezone))
    until = min(after + PROPOSED_DAYS, end_of_cohort.astimezone(UTC))
    if until <= after:
        return Proposal(SHORTEST_MINUTES, [])
    weeks = [overlap.FreeWeek(one.week, one.timezone) for one in people]
    taken = [overlap.Stretch(one.starts_at, one.ends_at) for one in booked]
    for minutes in (USUAL_MINUTES, SHORTEST_MINUTES):
        found = overlap.proposals(weeks, after, until, minutes=minutes, limit=PROPOSALS, taken=taken)
        if found:
            return Proposal(minutes, found)
    return Proposal(SHORTEST_MINUTES, [])


def instant(local: datetime, zone: str) -> datetime:
    """The instant at which clocks of the zone show a (naive) time.

    Raises:
        Impossible: when they never show it, or twice, because the clocks are changed that night.
    """
    words = {"time": local.strftime("%H:%M"), "day": day(local.date()), "zone": zone_name(zone)}
    if not overlap.exists(local, zone):
        raise Impossible(
            _("On %(day)s the clocks in %(zone)s jump over %(time)s. Choose another time.", **words)
        )
    if overlap.is_ambiguous(local, zone):
        raise Impossible(
            _(
                "On %(day)s the clocks in %(zone)s show %(time)s twice. Choose a time that comes once.",
                **words,
            )
        )
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def check_day(chosen: date, last_day: date, zone: str) -> None:
    """Refuse a day that lies too far back, or after the end of the cohort.

    Raises:
        Impossible: with the reason.
    """
    if chosen < clock.today(zone) - NOTED_LATER:
        raise Impossible(_("That is more than 14 days ago. Only newer sessions can be noted."))
    if chosen > last_day:
        raise Impossible(_("The cohort ends on %(day)s. Choose a day until then.", day=day(last_day)))
