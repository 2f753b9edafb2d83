"""A person's free half hours between their own zone and UTC.

Slots are cyclic: 0 is Monday 00:00, 335 is Sunday 23:30, and what leaves the week at one end enters at the
other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from matching.people import SLOTS

_SLOT = timedelta(minutes=30)


def utc_week(local_slots: Iterable[int], zone: str, on: date) -> frozenset[int]:
    """The UTC slots of local half-hour slots 0..335, with the offsets of the week (Monday to Sunday) that
    holds `on`.

    In the week in which clocks go forward a slot that does not exist is left out; in the week in which they
    go back a slot that comes twice gives both. Where the offset is no multiple of half an hour (Nepal,
    Chatham), times are taken 15 minutes late, so that no slot is lost. Raises ValueError naming zone or
    local_slots.
    """
    images = _utc_images(zone, _monday(on))
    return frozenset(image for slot in _checked("local_slots", local_slots) for image in images[slot])


def local_week(utc_slots: Iterable[int], zone: str, on: date) -> frozenset[int]:
    """The inverse of `utc_week`: the local slots all of whose UTC slots are given. Where clocks go back the
    week has 338 half hours, so its first and last hour share UTC slots and come back together."""
    free = _checked("utc_slots", utc_slots)
    return frozenset(
        slot
        for slot, images in enumerate(_utc_images(zone, _monday(on)))
        if images and free.issuperset(images)
    )


def _checked(field: str, slots: Iterable[int]) -> frozenset[int]:
    checked = frozenset(slots)
    if not all(0 <= slot < SLOTS for slot in checked):
        raise ValueError(f"{field}: slots must be 0 to {SLOTS - 1}")
    return checked


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


@lru_cache(maxsize=512)  # a course has few zones and many people
def _utc_images(zone: str, on: date) -> tuple[tuple[int, ...], ...]:
    """For each local slot of the week from Monday on, the UTC slots in which it begins: none, one, two."""
    try:
        local_zone = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"zone: {zone!r} is no time zone") from error
    monday = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - wall-clock time
    return tuple(_instants(monday + slot * _SLOT, local_zone) for slot in range(SLOTS))


def _instants(wall: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    moments = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall]
    return tuple(sorted({_slot_of(moment) for moment in real}))


def _slot_of(moment: datetime) -> int:
    # -(-x // y) rounds up: a start between two slots is moved to the later one.
    return (moment.weekday() * 48 + -(-(moment.hour * 60 + moment.minute) // 30)) % SLOTS
