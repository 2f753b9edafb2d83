"""A session as a file for the person's own calendar (RFC 5545)."""

from datetime import UTC
from urllib.parse import urlsplit

from flask_babel import gettext as _
from icalendar import Calendar, Event

from lti_tool.db import clock, models


def calendar_file(meeting: models.Session, others: str, topic: str | None, public_url: str) -> bytes:
    """One event. Its UID never changes, so that a newer file replaces what an older one wrote (3.8.4.7).

    Args:
        others: names of the other people, in words.
        public_url: the tool's own address; its host makes the UID unique in the world.
    """
    now = clock.now()
    event = Event()
    event.add("uid", f"session-{meeting.id}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    # A later file always counts more than an earlier one, also after cancelling and restoring (3.8.7.4).
    event.add("sequence", int((now - meeting.booked_at).total_seconds()) // 60)
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    title = _("%(topic)s with %(name)s", topic=topic, name=others) if topic else others
    event.add("summary", title)
    if meeting.place:
        event.add("location", meeting.place)
    calendar = Calendar()
    calendar.add("prodid", "-//Peer Mentor//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.cancelled_at else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
