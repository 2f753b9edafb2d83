"""What another rule would do, in sentences."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import comments, scores
from lti_tool.outbox.reckoning import Reckoning
from lti_tool.rooms.grading.plan import RulePlan
from lti_tool.rooms.grading.queries import Preview, PreviewRow
from lti_tool.web import rule_words


def preview(session: Session, cohort: models.Cohort, plan: RulePlan, found: Preview) -> dict[str, Any]:
    """Variables of the preview's page besides its rows."""
    return {
        "lead": _lead(found),
        "lines": rule_words.lines(plan.terms) if plan.enabled else [_("Nothing is sent to the gradebook")],
        "notes": _notes(session, cohort, plan),
        "points": points,
        "badge": badge,
    }


def points(reckoning: Reckoning | None) -> str:
    """ "25 of 100", or for columns of their own "Sessions 20 of 80, Preparation 20 of 20"."""
    if reckoning is None:
        return str(_("Nothing sent"))
    texts = []
    for column in reckoning.columns():
        text = _("%(points)s of %(maximum)s", points=_number(column.points), maximum=_number(column.maximum))
        texts.append(f"{comments.name(column.part)} {text}" if column.part else text)
    return ", ".join(texts)


def badge(row: PreviewRow) -> tuple[str, str]:
    """Kind and words of the status badge."""
    if row.participant.excused_at is not None:
        return "off", _("Excused")
    if not row.changes:
        return "off", _("Stays")
    if row.now is None or row.then is None:
        return "info", _("Changes")
    before, after = (one.points / one.maximum for one in (row.now, row.then))
    if before == after:
        return "info", _("Other numbers, same share")
    return ("ok", _("More")) if after > before else ("warn", _("Less"))


def _lead(found: Preview) -> str:
    if not found.total:
        return str(_("Nobody has joined yet, so nobody's points change."))
    if not found.changing:
        return str(_("Nobody's points change."))
    return str(
        ngettext(
            "%(changing)s of %(num)s person gets other points.",
            "%(changing)s of %(num)s people get other points.",
            found.total,
            changing=found.changing,
        )
    )


def _notes(session: Session, cohort: models.Cohort, plan: RulePlan) -> list[str]:
    notes = []
    if plan.enabled and not scores.may_be_sent(session, cohort, apart=plan.terms.apart):
        notes.append(
            _("Your learning platform takes no points from this tool yet. They are sent once it does.")
        )
    left = _columns_left(session, cohort, plan)
    if left:
        notes.append(
            _(
                "These columns stay in the gradebook and are filled no more: %(names)s. Delete them there if "
                "you do not want them.",
                names=", ".join(left),
            )
        )
    return [str(note) for note in notes]


def _columns_left(session: Session, cohort: models.Cohort, plan: RulePlan) -> list[str]:
    query = select(models.LineItem.label).where(
        models.LineItem.cohort_id == cohort.id, models.LineItem.url.is_not(None)
    )
    if plan.enabled:
        query = query.where(models.LineItem.part.not_in(plan.terms.columns()))
    return list(session.scalars(query.order_by(models.LineItem.id)))


def _number(value: object) -> str:
    return str(format_decimal(value, "#,##0.##"))
