"""Watching a long work: a page that reloads itself, and the same as JSON for the page's script."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from lti_tool import jobs
from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.web import roster_words
from lti_tool.web.access import place
from lti_tool.web.messages import say_receipt

bp = Blueprint("jobs", __name__, url_prefix="/courses/<int:course_id>/jobs/<int:job_id>")

MESSAGES = {
    "": _l("Waiting for its turn"),
    "roster.reading": _l("Reading the course list"),
    "roster.groups": _l("Reading the groups"),
    "roster.links": _l("Asking who can open which activity"),
    "roster.saving": _l("Saving the course list"),
    "round.reading": _l("Reading what everybody said"),
    "round.scoring": _l("Comparing everybody with everybody"),
    "round.solving": _l("Finding the best pairs for all"),
    "round.reviews": _l("Planning the expert checkpoints"),
    "round.checking": _l("Checking the proof"),
    "round.saving": _l("Writing down the proposal"),
    "grades.reckoning": _l("Reckoning everybody's points"),
    "store.asking": _l("Asking the record store"),
    "backfill.recording": _l("Looking for what was never sent"),
}

STORES = frozenset({"store_test", "backfill"})

LABELS = {
    "roster": _l("Reading the course list"),
    "roster_held": _l("Applying the course list"),
    "round": _l("Matching"),
    "question": _l("Working it out"),
    "grades": _l("Reckoning points"),
    "store_test": _l("Trying the record store"),
    "backfill": _l("Sending earlier activity"),
}


@bp.get("")
def show(course_id: int, job_id: int) -> BaseResponse | str:
    job = _job()
    if job.state == "done":
        _tell(job)
        return redirect(_result_url(job), 303)
    return render_template(
        "jobs/show.html",
        job=job,
        label=LABELS[job.kind],
        message=wording(job),
        result_url=_result_url(job),
        status_url=url_for("jobs.status", course_id=course_id, job_id=job_id),
        cancel_url=url_for("jobs.cancel", course_id=course_id, job_id=job_id),
    )


@bp.get("/status")
def status(course_id: int, job_id: int) -> Response:
    job = _job()
    answer = {"state": job.state, "percent": job.percent, "message": wording(job)}
    if not job.under_way:
        answer["done_url"] = url_for("jobs.show", course_id=course_id, job_id=job_id)
    return jsonify(answer)


@bp.post("/cancel")
def cancel(course_id: int, job_id: int) -> BaseResponse:
    jobs.cancel(_job())
    return redirect(url_for("jobs.show", course_id=course_id, job_id=job_id), 303)


def wording(job: models.Job) -> str:
    if job.state == "failed":
        # Why is a teacher's business: it may name people, and what was decided about them.
        return (job.error if place().viewer.teaches else None) or str(_("It did not work out."))
    if job.state == "cancelled" and job.kind == "backfill":
        return str(_("It was stopped. What was found so far is sent; start it again to go on."))
    if job.state == "cancelled" and job.kind == "grades":
        return str(_("It was stopped. Some points are new already: send all again to go on."))
    if job.state == "cancelled":
        return str(_("It was stopped. Nothing was changed."))
    return str(MESSAGES.get(job.message, MESSAGES[""]))


def _job() -> models.Job:
    job: models.Job = place().found["job"]
    return job


def _result_url(job: models.Job) -> str:
    """Where the result of a finished work is seen."""
    if job.kind == "grades":
        return _gradebook_url(job)
    if job.kind == "question":
        return _answer_url(job)
    if job.kind in STORES:
        return url_for("stores.index", course_id=job.course_id)
    matching_round = db.session.scalar(select(models.Round).where(models.Round.job_id == job.id))
    if matching_round is None:
        return _roster_url(job)
    return url_for(
        "rounds.show",
        course_id=job.course_id,
        cohort_id=matching_round.cohort_id,
        round_id=matching_round.id,
    )


def _answer_url(job: models.Job) -> str:
    """Where an answer about a round is read: the check of a proof stands with the proof."""
    question = db.session.scalars(
        select(models.Question)
        .where(models.Question.job_id == job.id)
        .options(joinedload(models.Question.round))
    ).one()
    here: dict[str, Any] = {
        "course_id": job.course_id,
        "cohort_id": question.round.cohort_id,
        "round_id": question.round_id,
    }
    if question.kind == "another":
        return url_for("rounds.compare", **here)
    if question.kind == "check":
        return url_for("rounds.scenario", scenario_id=question.scenario_id, **here)
    return url_for("rounds.answer", question_id=question.id, **here)


def _roster_url(job: models.Job) -> str:
    if job.result is not None and job.result["held"] and place().viewer.teaches:
        return url_for("roster.held", course_id=job.course_id)
    if job.cohort_id is not None and place().viewer.teaches:
        return url_for("cohorts.show", course_id=job.course_id, cohort_id=job.cohort_id)
    return url_for("cohorts.home", course_id=job.course_id)


def _tell(job: models.Job) -> None:
    """A receipt on the page to which the result leads."""
    if job.kind == "backfill" and job.result is not None:
        flash(_to_send(job.result["to_send"]), "success")
    elif (
        job.kind.startswith("roster")
        and job.result is not None
        and not job.result["held"]
        and place().viewer.teaches
    ):
        say_receipt(_("The course list was read"), roster_words.changes(job.result))


def _to_send(count: int) -> str:
    if not count:
        return str(_("Nothing was missing: everything has been sent, or is on its way."))
    return str(ngettext("%(num)s is on its way now.", "%(num)s are on their way now.", count))


def _gradebook_url(job: models.Job) -> str:
    rule = db.session.scalar(select(models.GradeRule).where(models.GradeRule.job_id == job.id))
    if rule is None:
        return url_for("cohorts.home", course_id=job.course_id)
    return url_for("reports.gradebook", course_id=job.course_id, cohort_id=rule.cohort_id)
