"""What became of points, in sentences: for the instructor with what to do, for the learner without."""

from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.lti import score_answers
from lti_tool.outbox import comments
from lti_tool.outbox.reckoning import Part
from lti_tool.outbox.status import Receipt
from lti_tool.rooms.reports.gradebook import GradeRow, OtherPoints
from lti_tool.web.times import moment


def status(row: GradeRow) -> tuple[str, str]:
    """Kind and words of the status badge."""
    if row.state in BADGES:
        kind, words = BADGES[row.state]
        return kind, str(words)
    return "off", _("Not sent") if row.reckoning.points else _("Nothing to send yet")


BADGES = {
    "excused": ("off", _l("Excused")),
    "changed": ("info", _l("Changed in the LMS")),
    "delivered": ("ok", _l("In the gradebook")),
    "waiting": ("wait", _l("On its way")),
    "refused": ("bad", _l("Refused")),
}


def details(row: GradeRow) -> list[str]:
    """Since when; or why not, and what to do."""
    if row.state == "excused":
        return [str(_("Nothing is sent for this person."))]
    lines = [changed(one) for one in row.changed]
    if row.receipt is None:
        return lines
    if row.receipt.state == "refused":
        return lines + refusal(row.receipt)
    if row.receipt.state == "waiting":
        return lines + waiting(row.receipt)
    return [*lines, _("Ours %(since)s", since=since(row.receipt))] if lines else [since(row.receipt)]


def changed(other: OtherPoints) -> str:
    """What the gradebook shows instead of what it took."""
    points, maximum = number(other.points), number(other.maximum)
    if other.part:
        return str(
            _(
                "%(part)s: changed in the LMS to %(points)s of %(maximum)s",
                part=comments.name(other.part),
                points=points,
                maximum=maximum,
            )
        )
    return str(_("Changed in the LMS to %(points)s of %(maximum)s", points=points, maximum=maximum))


def since(receipt: Receipt) -> str:
    return str(_("since %(when)s", when=moment(receipt.since)))


def waiting(receipt: Receipt) -> list[str]:
    """Since when; and after a try that failed, why it waits on."""
    lines = [since(receipt)]
    if receipt.status is not None or receipt.reason:
        meaning = score_answers.meaning(receipt.status, receipt.reason)
        lines += [str(sentence) for sentence in WAITS.get(meaning, ())]
    return lines


NOT_ALLOWED = (
    _l("The learning platform does not let this tool write points."),
    _l("Ask its administrator to allow it, then send again."),
)
WAITS = {
    "locked": (
        _l("The gradebook answers with an error: this grade, or the whole column, may be locked there."),
        _l("Unlock it there. It is tried again by itself."),
    ),
    "busy": (_l("The learning platform is busy. It is tried again by itself."),),
    "unreachable": (_l("The learning platform does not answer. It is tried again by itself."),),
    "outdated": (_l("The gradebook holds newer points for this person. It is tried again by itself."),),
    "not-allowed": (
        NOT_ALLOWED[0],
        _l("Ask its administrator to allow it. It is tried again by itself."),
    ),
    "moved": (_l("The gradebook's address has changed. Open the tool from the course again."),),
}
"""By meaning of the last answer, while it is tried again."""

REFUSALS = {
    "not-allowed": NOT_ALLOWED,
    "column-gone": (
        _l("The column is gone from the gradebook, or the course is closed there."),
        _l("Place the activity again, or let a new column be made, then send again."),
    ),
    "person-unknown": (
        _l("The gradebook does not take points for this person."),
        _l("Check that they are enrolled in the course as a learner, then send again."),
    ),
    "outdated": (
        _l("The gradebook holds newer points for this person."),
        _l("Check them there, then send again."),
    ),
    "locked": (
        _l("The gradebook answered with an error: this grade, or the whole column, may be locked there."),
        _l("Unlock it there, then send again."),
    ),
    "unreachable": (_l("The learning platform could not be reached for a long time."), _l("Send again.")),
}
"""By meaning of the answer that ended the tries: why, and what to do."""


def refusal(receipt: Receipt) -> list[str]:
    """Why a learning platform refused points, and what to do: a sentence each."""
    meaning = score_answers.meaning(receipt.status, receipt.reason)
    if meaning in REFUSALS:
        return [str(sentence) for sentence in REFUSALS[meaning]]
    return [
        str(_("The learning platform did not accept the points (answer %(status)s).", status=receipt.status)),
        str(_("Check the column in the gradebook, then send again.")),
    ]


def parts(row: GradeRow) -> list[str]:
    """What counts, a sentence for each part of the rule."""
    return [part(one) for one in row.reckoning.parts]


def part(one: Part) -> str:
    """ "2 of 6 sessions confirmed", and more where not all of them count."""
    if one.kind != "sessions" or one.done <= min(one.counted, one.needed):
        return comments.PARTS[one.kind](one)
    if one.counted < one.done:
        return str(
            ngettext(
                "%(done)s sessions confirmed; %(counted)s of %(num)s counts",
                "%(done)s sessions confirmed; %(counted)s of %(num)s count",
                one.needed,
                done=one.done,
                counted=min(one.counted, one.needed),
            )
        )
    return str(_("%(done)s sessions confirmed, %(needed)s were needed", done=one.done, needed=one.needed))


def number(value: Decimal) -> str:
    """ "33.33", written as the reader's language writes numbers."""
    return str(format_decimal(value, "#,##0.##"))


def points(row: GradeRow) -> str:
    """ "33.33 of 100 points"."""
    return points_of(row.reckoning.points, row.reckoning.maximum)


def points_of(value: Decimal, maximum: Decimal) -> str:
    return str(_("%(points)s of %(maximum)s points", points=number(value), maximum=number(maximum)))


def reckoning(row: GradeRow) -> list[list[str]]:
    """Rows of the table that shows how the points come about."""
    return [
        [comments.name(one.kind), part(one), points_of(one.points, one.maximum)]
        for one in row.reckoning.parts
    ]


def receipt(row: GradeRow, *, sent: bool) -> dict[str, Any]:
    """The learner's receipt: arguments of the macro of that name."""
    sentences = parts(row)
    if not sent:
        lines = [*sentences[1:], _("This cohort sends no points to the gradebook.")]
        return {"title": sentences[0], "lines": lines, "status": None}
    lines = [*sentences[1:], points(row), *(_learners_change(one) for one in row.changed)]
    return {"title": sentences[0], "lines": lines, "status": _learners_status(row)}


def receipt_for_teacher(row: GradeRow, *, sent: bool) -> dict[str, Any]:
    """The same for an instructor: with what to do about points that were refused."""
    shown = receipt(row, sent=sent)
    if not sent or row.state != "refused":
        return shown
    return shown | {"lines": [points(row), *details(row)], "status": status(row)}


def _learners_change(other: OtherPoints) -> str:
    points, maximum = number(other.points), number(other.maximum)
    return str(
        _(
            "The gradebook shows %(points)s of %(maximum)s: it was changed there.",
            points=points,
            maximum=maximum,
        )
    )


def _learners_status(row: GradeRow) -> tuple[str, str]:
    kind, words = status(row)
    if row.state == "refused":
        # What went wrong is the teacher's to mend; the learner is only told that it is seen.
        return "wait", str(_("Not in the gradebook yet. Your teacher sees it and can send it again"))
    if row.receipt is not None and row.receipt.state == "delivered":
        return "ok", f"{BADGES['delivered'][1]} {since(row.receipt)}"
    return kind, words
