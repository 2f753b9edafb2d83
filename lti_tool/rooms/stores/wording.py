"""Record stores in words."""

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.db import models
from lti_tool.outbox.counts import CourseCounts
from lti_tool.web.times import moment


def state(row: models.RecordStore) -> tuple[str, str]:
    """Kind and words of the badge."""
    if row.disabled_at is not None:
        return "off", _("Switched off")
    if row.tested_at is None:
        return "wait", _("Not tried yet")
    if row.test_error:
        return "bad", _("Did not let this tool in")
    return "ok", _("Lets this tool in")


def tried(row: models.RecordStore) -> str:
    """The latest try in a sentence; empty when there was none."""
    if row.tested_at is None:
        return ""
    if row.test_error:
        return str(_("Tried %(when)s: %(what)s.", when=moment(row.tested_at), what=row.test_error))
    return str(_("Tried %(when)s.", when=moment(row.tested_at)))


def arrived(counts: CourseCounts | None) -> str:
    if counts is None or not counts.recorded:
        return str(_("Nothing to send yet."))
    told = _("%(delivered)s of %(recorded)s arrived.", delivered=counts.delivered, recorded=counts.recorded)
    if counts.dead:
        told += " " + ngettext("%(num)s was refused.", "%(num)s were refused.", counts.dead)
    return str(told)
