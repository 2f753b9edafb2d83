"""A session as a file for the person's own calendar (RFC 5545)."""

from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.outbox import calendar_files


def calendar_file(meeting: models.Session, others: str, topic: str | None, public_url: str) -> bytes:
    """One event, as its mail would bring it.

    Args:
        others: names of the other people, in words.
        public_url: the tool's own address.
    """
    title = _("%(topic)s with %(name)s", topic=topic, name=others) if topic else others
    return calendar_files.calendar_file(
        calendar_files.Appointment.of(meeting), title, public_url, clock.now()
    )
