"""What an instructor can do about matching now: at most three things, the first of them the page's button."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.rooms.rounds import queries, service
from lti_tool.rooms.rounds.readiness import Readiness

Step = dict[str, Any]


def next_steps(session: Session, cohort: models.Cohort, ready: Readiness) -> list[Step]:
    steps = [_proposal(session, cohort), _running(session, cohort) or _start(cohort, ready)]
    found = [step for step in steps if step is not None]
    if found:
        found[0]["primary"] = True
    return found


def _running(session: Session, cohort: models.Cohort) -> Step | None:
    running = queries.round_under_way(session, cohort)
    if running is None:
        return None
    return {
        "sentence": _("Round %(number)s is under way.", number=running.number),
        "button": _("Watch it"),
        "url": url_for("jobs.show", course_id=cohort.course_id, job_id=running.job_id),
    }


def _start(cohort: models.Cohort, ready: Readiness) -> Step | None:
    if service.is_over(cohort) or not ready.mentees or not ready.mentors:
        return None
    return {
        "sentence": ngettext(
            "%(num)s learner waits for a mentor, and there is room.",
            "%(num)s learners wait for a mentor.",
            ready.mentees,
        ),
        "button": _("Start matching"),
        "url": url_for("rounds.start", course_id=cohort.course_id, cohort_id=cohort.id),
        "method": "post",
    }


def _proposal(session: Session, cohort: models.Cohort) -> Step | None:
    """The newest round, when its proposal waits to be published."""
    newest = queries.rounds(session, cohort, page=1)[:1]
    if not newest or not newest[0].matched or newest[0].round.published_at is not None:
        return None
    found = newest[0].round
    return {
        "sentence": _("Round %(number)s has a proposal that nobody else has seen yet.", number=found.number),
        "button": _("Look at the proposal"),
        "url": url_for("rounds.show", course_id=cohort.course_id, cohort_id=cohort.id, round_id=found.id),
    }
