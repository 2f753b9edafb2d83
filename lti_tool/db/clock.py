"""The only place that asks what time it is, so that demo data and tests can live at another time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """The calendar date in an IANA time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside the block happen at ``moment`` (aware)."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
