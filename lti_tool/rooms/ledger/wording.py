"""Counts and refusals in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_tool.db import clock, models
from lti_tool.outbox.counts import CourseCounts
from lti_tool.rooms.ledger.queries import Waiting
from lti_tool.web.times import day, moment

KINDS = {
    "score": _l("Points to the gradebook"),
    "statement": _l("Activity to the record store"),
    "mail": _l("Mail"),
}
REASONS = {
    400: _l("It was not accepted as it stands."),
    401: _l("The other side lets nobody in."),
    403: _l("The other side lets nobody in."),
    404: _l("The column or the person is gone."),
    409: _l("The other side holds something else in its place."),
    413: _l("It is too large for the other side."),
    422: _l("It was not accepted as it stands."),
}
WAITS = {
    401: _l("The other side lets nobody in."),
    403: _l("The other side lets nobody in."),
    429: _l("The other side is busy and asked to wait."),
    500: _l("The other side is out of order."),
    502: _l("The other side is out of order."),
    503: _l("The other side is out of order."),
    504: _l("The other side is out of order."),
}


def kind(name: str, route: str = "", stores: Mapping[str, str] | None = None) -> str:
    """What was sent; where a course has stores of its own, also to which of them."""
    if stores and route in stores:
        return str(_("Activity to %(store)s", store=stores[route]))
    return str(KINDS.get(name, name))


def about(row: models.Delivery) -> str:
    """Whom or what a delivery is about."""
    if row.participant is not None:
        return row.participant.display_name
    if row.statement is not None:
        return str(_("Activity of %(day)s", day=day(row.statement.event.occurred_at)))
    return kind(row.kind)


def reason(row: models.Delivery) -> str:
    known = REASONS.get(row.answer_status or 0)
    if known is not None:
        return str(known)
    return str(_("The answer was %(status)s.", status=row.answer_status or _("none")))


def why_it_waits(one: Waiting) -> str:
    """What the other side said, in words."""
    if one.pause is None:
        return str(_("It is about to be sent."))
    if one.pause.status is None:
        return str(_("The other side does not answer."))
    if one.pause.status in WAITS:
        return str(WAITS[one.pause.status])
    return str(_("The answer was %(status)s.", status=one.pause.status))


def next_try(one: Waiting) -> str:
    if one.pause is None or one.pause.until <= clock.now():
        return str(_("within a minute"))
    return moment(one.pause.until)


def points(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def state(counts: CourseCounts) -> tuple[str, str]:
    """Kind and words of the badge."""
    if counts.dead:
        return "bad", ngettext("%(num)s refused", "%(num)s refused", counts.dead)
    if counts.pending:
        return "wait", ngettext("%(num)s on its way", "%(num)s on their way", counts.pending)
    if counts.unsent:
        return "off", _("Kept here")
    if counts.recorded:
        return "ok", _("All arrived")
    return "off", _("Nothing to send yet")


def found(entry: models.LedgerEntry) -> tuple[str, str]:
    """What a day's reconciliation found: kind and words of the badge."""
    if entry.missing:
        return "warn", ngettext(
            "%(num)s was gone and is sent again", "%(num)s were gone and are sent again", entry.missing
        )
    if entry.different and entry.kind == "score":
        # A teacher may change points there; that is no fault of anybody.
        return "info", ngettext("%(num)s was changed there", "%(num)s were changed there", entry.different)
    if entry.different:
        return "bad", ngettext("%(num)s differs there", "%(num)s differ there", entry.different)
    if entry.checked:
        return "ok", ngettext("%(num)s looked up, and there", "%(num)s looked up, all there", entry.checked)
    return "off", _("Only counted")


def resent(count: int) -> tuple[str, str]:
    """The message after sending again, and its kind."""
    if not count:
        return _("Nothing was refused."), "info"
    words: Any = ngettext("%(num)s is being sent again.", "%(num)s are being sent again.", count)
    return words, "success"


def tried(count: int) -> tuple[str, str]:
    """The message after asking for another try, and its kind."""
    if not count:
        return _("Nothing is held up: what waits is sent within a minute."), "info"
    return _("It is tried now. Look again in a minute."), "success"
