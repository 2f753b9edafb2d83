"""Several results of a round: comparing them, and asking for another."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lti_tool.db.engine import db
from lti_tool.rooms.rounds import compare_chart, comparing, group_quotas, questions, service, snapshot
from lti_tool.rooms.rounds.page import ids, this_round
from lti_tool.rooms.rounds.routes import Answer, bp
from lti_tool.web.access import cohort, place


@bp.get("/<int:round_id>/compare")
def compare(course_id: int, cohort_id: int, round_id: int) -> Answer:
    if this_round().job.under_way:
        return redirect(url_for("jobs.show", course_id=course_id, job_id=this_round().job_id), 303)
    return _page(comparing.AnotherForm())


@bp.post("/<int:round_id>/compare")
def another(course_id: int, cohort_id: int, round_id: int) -> Answer:
    """Ask for one more result of the same people."""
    form = comparing.AnotherForm()
    refusal = _refusal()
    if refusal is not None:
        return _page(form, refusal), 409
    if not form.validate_on_submit():
        return _page(form), 400
    made = comparing.scenarios(db.session, this_round())
    asked = snapshot.from_json(this_round().asked or {})
    recipe = form.recipe(comparing.first_recipe(this_round(), made), asked).to_json()
    same = [one for one in made if one.setup == recipe]
    if same:
        flash(_("Proposal %(number)s was made exactly so.", number=same[0].number), "info")
        return redirect(url_for("rounds.compare", **ids()), 303)
    question = questions.ask(db.session, this_round(), None, "another", recipe, place().viewer.member)
    return redirect(url_for("jobs.show", course_id=course_id, job_id=question.job_id), 303)


def _refusal() -> str | None:
    if this_round().adjusts:
        return str(_("An adjustment is made for running pairs. Start another one to try another limit."))
    if this_round().published_at is not None:
        return str(_("This round is published. Take its pairs back first, or start a new round."))
    if service.is_over(cohort()):
        return str(_("This cohort is over. Move its last day first if it should go on."))
    if this_round().asked is None:
        return str(_("The people of this round were not kept. Start a new round."))
    if len(comparing.scenarios(db.session, this_round())) >= comparing.MOST_SCENARIOS:
        return str(_("There are as many proposals as can be compared. Start a new round."))
    return None


def _has_groups() -> bool:
    asked = this_round().asked
    return asked is not None and len(group_quotas.groups_of(snapshot.from_json(asked))) > 1


def _page(form: comparing.AnotherForm, refusal: str | None = None) -> str:
    made = comparing.scenarios(db.session, this_round())
    return render_template(
        "rounds/compare.html",
        round=this_round(),
        lines=comparing.lines(db.session, this_round()),
        spread=compare_chart.spread(db.session, made),
        owes_reviews=any(one.summary["reviews_due"] for one in made),
        form=form,
        has_groups=_has_groups(),
        refusal=refusal,
        closed=_refusal() is not None,
    )
