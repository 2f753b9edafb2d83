"""A session as a calendar file: for the person's own calendar (RFC 5545), or as an invitation (RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from lti_tool.db import models


@dataclass(frozen=True)
class Appointment:
    """A session as a calendar keeps it. ``sequence`` grows with every change of it."""

    session_id: int
    starts_at: datetime
    minutes: int
    sequence: int
    cancelled: bool
    place: str | None = None

    @classmethod
    def of(cls, meeting: models.Session) -> "Appointment":
        return cls(
            meeting.id,
            meeting.starts_at,
            meeting.minutes,
            meeting.sequence,
            meeting.cancelled_at is not None,
            meeting.place,
        )


def calendar_file(
    what: Appointment, title: str, public_url: str, made_at: datetime, people: tuple[str, str] | None = None
) -> bytes:
    """One event. Its UID never changes: a newer file replaces what an older one wrote (RFC 5545 3.8.4.7).

    Args:
        public_url: the tool's own address; its host makes the UID unique in the world.
        people: mail addresses of who invites and who is invited; without them nobody is.
    """
    event = Event()
    event.add("uid", f"session-{what.session_id}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", what.starts_at.astimezone(UTC))
    event.add("dtend", (what.starts_at + timedelta(minutes=what.minutes)).astimezone(UTC))
    event.add("sequence", what.sequence)
    event.add("status", "CANCELLED" if what.cancelled else "CONFIRMED")
    event.add("summary", title)
    if what.place:
        event.add("location", what.place)
    if people is not None:
        event.add("organizer", vCalAddress(f"mailto:{people[0]}"))
        event.add("attendee", _invited(people[1]), encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Peer Mentor//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method(what, invites=people is not None))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def method(what: Appointment, *, invites: bool) -> str:
    """What the file asks a calendar to do (RFC 5546 section 1.4)."""
    if what.cancelled:
        return "CANCEL"
    return "REQUEST" if invites else "PUBLISH"


def _invited(address: str) -> vCalAddress:
    """Both agreed in the tool already, so no answer is asked for."""
    made = vCalAddress(f"mailto:{address}")
    made.params["partstat"] = vText("ACCEPTED")
    made.params["rsvp"] = vText("FALSE")
    return made
