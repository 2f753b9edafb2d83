"""What became of points, in sentences: for the instructor with what to do, for the learner without."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.outbox.status import Receipt
from lti_tool.rooms.reports.gradebook import GradeRow
from lti_tool.web.times import moment


def status(row: GradeRow) -> tuple[str, str]:
    """Kind and words of the status badge."""
    if row.state == "delivered":
        return "ok", _("In the gradebook")
    if row.state == "waiting":
        return "wait", _("On its way")
    if row.state == "refused":
        return "bad", _("Refused")
    if row.reckoning.points:
        return "off", _("Not sent")
    return "off", _("Nothing to send yet")


def details(row: GradeRow) -> list[str]:
    """Since when; or why not, and what to do."""
    if row.receipt is None:
        return []
    if row.state == "refused":
        return refusal(row.receipt.status)
    return [since(row.receipt)]


def since(receipt: Receipt) -> str:
    return str(_("since %(when)s", when=moment(receipt.since)))


NOT_ALLOWED = (
    _l("The learning platform does not let this tool write points."),
    _l("Ask its administrator to allow it, then send again."),
)
REFUSALS = {
    401: NOT_ALLOWED,
    403: NOT_ALLOWED,
    404: (
        _l("The column or the person is gone from the gradebook."),
        _l("Sending again makes the column anew."),
    ),
    409: (
        _l("The gradebook holds newer points for this person."),
        _l("Check them there, then send again."),
    ),
    None: (_l("The learning platform could not be reached for a long time."), _l("Send again.")),
}


def refusal(answer_status: int | None) -> list[str]:
    """Why a learning platform refused points, and what to do: a sentence each."""
    if answer_status in REFUSALS:
        return [str(sentence) for sentence in REFUSALS[answer_status]]
    return [
        str(_("The learning platform did not accept the points (answer %(status)s).", status=answer_status)),
        str(_("Check the column in the gradebook, then send again.")),
    ]


def sessions(row: GradeRow) -> str:
    """ "2 of 6 sessions"; "7 sessions, 6 were needed" once there are more than that."""
    if row.done > row.needed:
        return str(_("%(done)s sessions, %(needed)s were needed", done=row.done, needed=row.needed))
    return str(
        ngettext("%(done)s of %(num)s session", "%(done)s of %(num)s sessions", row.needed, done=row.done)
    )


def number(row: GradeRow) -> str:
    """ "33.33", written as the reader's language writes numbers."""
    return str(format_decimal(row.reckoning.points, "#,##0.##"))


def points(row: GradeRow) -> str:
    """ "33.33 of 100 points"."""
    return str(_("%(points)s of %(maximum)s points", points=number(row), maximum=row.reckoning.maximum))


def receipt(row: GradeRow, *, sent: bool) -> dict[str, Any]:
    """The learner's receipt: arguments of the macro of that name."""
    title = _confirmed(row)
    if not sent:
        return {
            "title": title,
            "lines": [_("This cohort sends no points to the gradebook.")],
            "status": None,
        }
    lines = [points(row)]
    return {"title": title, "lines": lines, "status": _learners_status(row)}


def receipt_for_teacher(row: GradeRow, *, sent: bool) -> dict[str, Any]:
    """The same for an instructor: with what to do about points that were refused."""
    shown = receipt(row, sent=sent)
    if not sent or row.state != "refused":
        return shown
    return shown | {"lines": [points(row), *details(row)], "status": status(row)}


def _confirmed(row: GradeRow) -> str:
    if row.done > row.needed:
        return str(_("%(done)s sessions confirmed, %(needed)s were needed", done=row.done, needed=row.needed))
    return str(
        ngettext(
            "%(done)s of %(num)s session confirmed",
            "%(done)s of %(num)s sessions confirmed",
            row.needed,
            done=row.done,
        )
    )


def _learners_status(row: GradeRow) -> tuple[str, str]:
    kind, words = status(row)
    if row.state == "refused":
        # What went wrong is the teacher's to mend; the learner is only told that it is seen.
        return "wait", str(_("Not in the gradebook yet. Your teacher sees it and can send it again"))
    if row.receipt is not None and row.state == "delivered":
        return kind, f"{words} {since(row.receipt)}"
    return kind, words
