"""Questions about a result: which mentors would fit somebody, why not that one, what if with fewer hours."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.rooms.rounds import answers, person_page, questions
from lti_tool.rooms.rounds.page import ids, stored, this_round, this_scenario
from lti_tool.rooms.rounds.routes import Answer, bp
from lti_tool.web.access import place
from lti_tool.web.errors import not_found

PERSON = "/<int:round_id>/scenarios/<int:scenario_id>/people/<int:participant_id>"


@bp.get(PERSON)
def person(course_id: int, cohort_id: int, round_id: int, scenario_id: int, participant_id: int) -> Answer:
    """Somebody in this result; of a learner, all mentors by how well they fit."""
    _in_round(participant_id)
    wished = request.args.get("page", default=1, type=int)
    view = person_page.view_of(db.session, this_scenario(), stored(), _person(), wished)
    return render_template(
        "rounds/person.html", round=this_round(), scenario=this_scenario(), person=_person(), view=view
    )


@bp.post(f"{PERSON}/why-not")
def why_not(course_id: int, cohort_id: int, round_id: int, scenario_id: int, participant_id: int) -> Response:
    people = stored().people
    mentor = request.form.get("mentor", default=0, type=int)
    if not any(one.id == mentor for one in people.mentors if 0 < mentor <= LARGEST_KEY):
        raise not_found()
    if not any(one.id == participant_id for one in people.mentees):
        raise not_found()
    return _ask("why_not", {"mentee": participant_id, "mentor": mentor})


@bp.post(f"{PERSON}/fewer-hours")
def fewer_hours(
    course_id: int, cohort_id: int, round_id: int, scenario_id: int, participant_id: int
) -> Response:
    if not person_page.may_try(stored(), participant_id):
        flash(_("With what you decided about people, this cannot be tried out."), "info")
        here = {**ids(), "scenario_id": scenario_id, "participant_id": participant_id}
        return redirect(url_for("rounds.person", **here), 303)
    people = stored().people
    if not any(one.id == participant_id for one in (*people.mentees, *people.mentors)):
        raise not_found()
    return _ask("fewer_hours", {"person": participant_id})


@bp.get("/<int:round_id>/questions/<int:question_id>")
def answer(course_id: int, cohort_id: int, round_id: int, question_id: int) -> Answer:
    question: models.Question = place().found["question"]
    if question.job.under_way:
        return redirect(url_for("jobs.show", course_id=course_id, job_id=question.job_id), 303)
    back = url_for("rounds.scenario", scenario_id=question.scenario_id, **ids())
    if question.answer is None or question.kind not in answers.WORDS:
        return redirect(back, 303)
    view = answers.view_of(db.session, question)
    person_id = question.params.get("mentee") or question.params.get("person")
    return render_template(
        "rounds/answer.html", round=this_round(), question=question, view=view, back=back, person_id=person_id
    )


def _ask(kind: str, params: Mapping[str, int]) -> Response:
    asked = questions.ask(db.session, this_round(), this_scenario(), kind, params, place().viewer.member)
    url = url_for("jobs.show", course_id=place().course.id, job_id=asked.job_id)
    return redirect(url, 303)


def _in_round(participant_id: int) -> None:
    if person_page.in_round(stored(), participant_id) is None:
        raise not_found()


def _person() -> models.Participant:
    found: models.Participant = place().found["participant"]
    return found
