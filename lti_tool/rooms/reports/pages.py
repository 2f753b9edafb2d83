"""What the report pages show, put into words."""

from typing import Any

from flask import url_for
from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.rooms.reports import drawing, measure, wording
from lti_tool.rooms.reports import engagement as counting
from lti_tool.rooms.reports.engagement import Engagement, PersonShare
from lti_tool.rooms.reports.gradebook import GradeRow
from lti_tool.web import charts, rule_words
from lti_tool.web.times import day, moment

EARLY = 0.5
"""Months; before that a single session weighs so much that the page says so."""


def engagement(session: Session, cohort: models.Cohort, measured: Engagement) -> dict[str, Any]:
    """Variables of the report's page."""
    months = measured.months
    held = counting.sessions_by_month(session, cohort, months)
    names = drawing.labels(months)
    return {
        "tiles": [_rate_tile(cohort, measured), _frequency_tile(cohort, measured)],
        "drawing": charts.bars(names, {_("Sessions held"): held}) if any(held) else None,
        "by_month": [[name, str(number)] for name, number in zip(names, held, strict=True)],
        "formats": [
            [FORMAT_NAMES[row.format](), str(row.sessions), str(row.people)]
            for row in counting.formats(session, cohort, months)
        ],
        "counted_from": day(months[0].first) if months else None,
        "counted_to": day(months[-1].last) if months else None,
        "early": bool(months) and measure.length(months) < EARLY,
        "chart_url": _url("reports.engagement_chart", cohort),
        "definitions": _definitions(measured),
        "part_of": _part_of,
        "a_month": lambda row: _rounded(row.attended / float(measure.length(months)) if months else None),
    }


FORMAT_NAMES = {
    "mentorship": lambda: _("Mentorship: one helps the other"),
    "peer_learning": lambda: _("Peer learning: pairing, circles, knowledge shares"),
    "community": lambda: _("Learning communities: guilds, talks"),
}


def gradebook(cohort: models.Cohort, columns: list[models.LineItem], offered: bool) -> dict[str, Any]:
    """Variables of the gradebook's page besides its rows."""
    rule = cohort.grade_rule
    missing = [column for column in columns if column.url is None and not column.may_be_made]
    return {
        "rule": rule,
        "lead": rule_words.sentence(rule) if rule.enabled else None,
        "off": _why_off(rule, offered),
        "missing": [column.label for column in missing] if rule.enabled and offered else [],
        "made_here": any(column.made_here for column in missing),
        "read": _read(columns),
        "readable": offered and any(column.url for column in columns),
    }


def _read(columns: list[models.LineItem]) -> str | None:
    """When the gradebook was read last, or that it could not be."""
    moments = [column.results_read_at for column in columns if column.results_read_at is not None]
    if any(column.results_error is not None for column in columns):
        return str(_("The gradebook could not be read. It is tried again by itself."))
    return str(_("The gradebook was read %(when)s.", when=moment(max(moments)))) if moments else None


def _why_off(rule: models.GradeRule, offered: bool) -> dict[str, str] | None:
    if not rule.enabled:
        return {
            "title": _("Participation is not sent to the gradebook"),
            "text": _("You chose so for this cohort. You see here what would count."),
        }
    if not offered:
        return {
            "title": _("Your learning platform does not take points from this tool"),
            "text": _(
                "Ask its administrator to allow grades for this tool, then open it from the course again. "
                "Nothing is lost: the points are reckoned and sent then."
            ),
        }
    return None


def mine(row: GradeRow, counted: list[models.Session], *, sent: bool) -> dict[str, Any]:
    """Variables of the page of a learner's own participation."""
    return {
        "receipt": wording.receipt(row, sent=sent),
        "to_go": _to_go(row) if sent else None,
        "reckoning": wording.reckoning(row) if sent and len(row.reckoning.parts) > 1 else [],
        "entries": [_entry(row.participant, meeting) for meeting in counted],
    }


def _to_go(row: GradeRow) -> str | None:
    sessions = row.sessions
    left = sessions.needed - sessions.counted if sessions is not None else 0
    if left <= 0:
        return None
    if len(row.reckoning.parts) > 1:
        words = ngettext("%(num)s session more can count.", "%(num)s sessions more can count.", left)
    else:
        words = ngettext(
            "%(num)s more session gives full points.", "%(num)s more sessions give full points.", left
        )
    return str(words)


def of_person(row: GradeRow, counted: list[models.Session], *, sent: bool) -> dict[str, Any]:
    """Variables of the page of one learner's participation, as the instructor sees it."""
    return {
        "receipt": wording.receipt_for_teacher(row, sent=sent),
        # Pages of a session belong to the people in it.
        "entries": [_entry(row.participant, meeting) | _met(row.participant, meeting) for meeting in counted],
    }


def _met(participant: models.Participant, meeting: models.Session) -> dict[str, Any]:
    names = [
        one.participant.display_name for one in meeting.attendances if one.participant_id != participant.id
    ]
    return {
        "when": moment(meeting.starts_at),
        "title": _("Met %(names)s", names=", ".join(names)) if names else _("Took part"),
        "url": None,
    }


def _entry(participant: models.Participant, meeting: models.Session) -> dict[str, Any]:
    names = [
        one.participant.display_name for one in meeting.attendances if one.participant_id != participant.id
    ]
    return {
        "when": moment(meeting.starts_at, participant.timezone),
        "title": _("You and %(names)s met", names=", ".join(names)) if names else _("You took part"),
        "detail": ngettext("%(num)s minute", "%(num)s minutes", meeting.minutes),
        "url": _url("sessions.show", participant.cohort, session_id=meeting.id),
    }


def _rate_tile(cohort: models.Cohort, measured: Engagement) -> dict[str, Any]:
    rate = measured.rate
    formula = _("People who are mentor or mentee ÷ headcount × 100")
    numbers = f": {measured.engaged} ÷ {measured.headcount} × 100"
    return {
        "value": "–" if rate is None else format_percent(rate / 100, "#,##0.#%"),
        "label": _("Mentorship Engagement Rate"),
        "formula": formula if rate is None else formula + numbers,
        "url": _url("reports.engagement", cohort, rows="rate", _anchor="rows"),
        "rows_label": _("Show the people"),
    }


def _frequency_tile(cohort: models.Cohort, measured: Engagement) -> dict[str, Any]:
    frequency = measured.frequency
    formula = _("Sessions per person per month")
    months = format_decimal(float(measure.length(measured.months)), "#,##0.##")
    numbers = _(
        ": %(attended)s ÷ %(people)s people ÷ %(months)s months",
        attended=measured.attended,
        people=measured.people,
        months=months,
    )
    return {
        "value": _rounded(frequency),
        "label": _("Peer Learning Frequency"),
        "formula": formula if frequency is None else formula + numbers,
        "url": _url("reports.engagement", cohort, rows="frequency", _anchor="rows"),
        "rows_label": _("Show each person's sessions"),
    }


def _definitions(measured: Engagement) -> list[tuple[str, str]]:
    """Each word of the formulas, for the macro `definition_list`."""
    whole = measured.frequency_of_all
    return [
        (
            _("Headcount"),
            _("Active learners on the course list. Who teaches or reviews is left out."),
        ),
        (
            _("Mentor or mentee"),
            _("In a published pair that goes on. Who is both counts once; who still waits does not count."),
        ),
        (
            _("Session"),
            _("Planned here, of any format, and confirmed by everybody in it. It counts for each of them."),
        ),
        (_("Person"), _("Of the headcount: who has a partner today, or at least one session held.")),
        (
            _("Month"),
            _("A calendar month (UTC) since the cohort's first day. Part of a month counts by its days."),
        ),
        (
            _("Over everybody"),
            _("Taken over the whole headcount, the frequency is %(number)s.", number=_rounded(whole)),
        ),
    ]


def _part_of(row: PersonShare) -> str:
    """What somebody is in the cohort."""
    parts = []
    if row.mentor_in:
        parts.append(ngettext("mentor in %(num)s pair", "mentor in %(num)s pairs", row.mentor_in))
    if row.mentee_in:
        parts.append(ngettext("mentee in %(num)s pair", "mentee in %(num)s pairs", row.mentee_in))
    if parts:
        return ", ".join(parts)
    return str(_("joined, without a partner now") if row.joined else _("not joined"))


def _rounded(number: float | None) -> str:
    return "–" if number is None else str(format_decimal(number, "#,##0.0"))


def _url(endpoint: str, cohort: models.Cohort, **values: Any) -> str:
    return url_for(endpoint, course_id=cohort.course_id, cohort_id=cohort.id, **values)
