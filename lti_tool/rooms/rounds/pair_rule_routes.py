"""What an instructor decides about single people: the list, adding, removing, undoing that."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds import pair_rule_page, pair_rule_words, pair_rules, queries
from lti_tool.rooms.rounds.page import page_number
from lti_tool.rooms.rounds.pair_rule_form import PairRuleForm
from lti_tool.rooms.rounds.routes import Answer, bp
from lti_tool.web.access import cohort, place
from lti_tool.web.messages import say_undo
from lti_tool.web.texts import one_line

MOST_SEARCHED = 100
"""Letters of a name."""


@bp.get("/people", endpoint="pair_rules")
def show_pair_rules(course_id: int, cohort_id: int) -> Answer:
    return _page(PairRuleForm())


@bp.post("/people")
def add_pair_rule(course_id: int, cohort_id: int) -> Answer:
    form = PairRuleForm()
    if not form.validate_on_submit():
        return _page(form), 400
    people = [pair_rule_page.person(db.session, cohort(), one) for one in (form.first.data, form.second.data)]
    try:
        rule = pair_rules.add(
            db.session,
            cohort(),
            place().viewer.member,
            form.kind.data,
            (people[0], people[1]),
            form.reason.data or "",
        )
    except pair_rules.Refused as refusal:
        db.session.rollback()
        form.refuse(refusal.field, str(refusal))
        return _page(form), 409
    flash(_("From the next round on: %(rule)s.", rule=pair_rule_words.sentence(rule)), "success")
    return _back()


@bp.post("/people/<int:pair_rule_id>/remove")
def remove_pair_rule(course_id: int, cohort_id: int, pair_rule_id: int) -> Answer:
    pair_rules.remove(db.session, _rule())
    undo = url_for(
        "rounds.restore_pair_rule", course_id=course_id, cohort_id=cohort_id, pair_rule_id=pair_rule_id
    )
    told = pair_rule_words.sentence(_rule())
    say_undo(_("Removed: %(rule)s.", rule=told), url=undo, button=_("Undo"))
    return _back()


@bp.post("/people/<int:pair_rule_id>/restore")
def restore_pair_rule(course_id: int, cohort_id: int, pair_rule_id: int) -> Answer:
    try:
        pair_rules.restore(db.session, _rule())
    except pair_rules.Refused as refusal:
        flash(str(refusal), "warning")
    return _back()


def _rule() -> models.PairRule:
    found: models.PairRule = place().found["pair_rule"]
    return found


def _back() -> Response:
    here = place()
    return redirect(url_for("rounds.pair_rules", course_id=here.course.id, cohort_id=cohort().id), 303)


def _page(form: PairRuleForm) -> str:
    wanted = one_line(request.args.get("q"))[:MOST_SEARCHED]
    found = pair_rule_page.choice(db.session, cohort(), wanted)
    form.offer(found.learners, found.mentors)
    number = pair_rules.count(db.session, cohort())
    pages = queries.pages(number)
    page = page_number("page", pages)
    return render_template(
        "rounds/pair_rules.html",
        cohort=cohort(),
        form=form,
        choice=found,
        wanted=wanted,
        lines=pair_rule_page.lines(db.session, cohort(), page),
        number=number,
        page=page,
        pages=pages,
    )
