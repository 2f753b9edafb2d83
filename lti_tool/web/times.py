"""Languages and times as the person reads them: stored in UTC, shown in their zone and named."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, format_date, format_datetime, format_time, get_locale

from lti_tool.web.identity import Viewer

LOCALES = ("en",)
"""Languages that the texts are translated into; dates follow the same language as the words around them."""


def register(app: Flask) -> None:
    Babel(app, locale_selector=_locale, timezone_selector=zone)
    app.jinja_env.filters |= {"moment": moment, "day": day, "clock": clock_time, "zone_name": zone_name}
    app.jinja_env.globals |= {"zone": zone, "get_locale": get_locale}


def _locale() -> str:
    if not has_request_context():
        return LOCALES[0]
    wished = (session.get("locale") or "").replace("_", "-").split("-")[0]
    if wished in LOCALES:
        return str(wished)
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]


def zone() -> str:
    """The IANA zone in which the current page shows its times."""
    if not has_request_context() or "place" not in g:
        return "UTC"
    here = g.place
    viewer: Viewer = here.viewer
    part = here.participant
    return part.timezone if part is not None else viewer.timezone


def in_zone(moment: datetime, name: str) -> datetime:
    return moment.astimezone(ZoneInfo(name))


def moment(value: datetime, name: str | None = None) -> str:
    """ "Thursday 26 November, 15:30" in a zone (the viewer's by default)."""
    local = in_zone(value, name or zone())
    return str(format_datetime(local, "EEEE d MMMM, HH:mm", rebase=False))


def day(value: date | datetime) -> str:
    """ "Thursday 26 November 2026"."""
    if isinstance(value, datetime):
        value = in_zone(value, zone()).date()
    return str(format_date(value, "EEEE d MMMM y"))


def clock_time(value: datetime, name: str | None = None) -> str:
    """ "15:30" in a zone (the viewer's by default)."""
    return str(format_time(in_zone(value, name or zone()), "HH:mm", rebase=False))


def weekday_time(value: datetime, name: str | None = None) -> str:
    """For example "Tuesday 18:30"."""
    return str(format_datetime(in_zone(value, name or zone()), "EEEE HH:mm", rebase=False))


def zone_name(name: str) -> str:
    """An IANA name as people read it: "America/Argentina/Buenos_Aires" is "Buenos Aires (America)"."""
    if "/" not in name:
        return name
    area, *_between, city = name.replace("_", " ").split("/")
    return f"{city} ({area})"


@cache
def zone_choices() -> list[tuple[str, str]]:
    """All zones that people live in, for a select field."""
    areas = {
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
    names = sorted(name for name in available_timezones() if name.split("/")[0] in areas and "/" in name)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def is_zone(name: str | None) -> bool:
    return name is not None and (name == "UTC" or name in available_timezones())


def monday_of(value: date) -> date:
    return value - timedelta(days=value.weekday())
