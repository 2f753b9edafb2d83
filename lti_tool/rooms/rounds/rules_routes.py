"""The page of a cohort's matching rules: in words, changing them, going back to an earlier version."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import ValidationError

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds import rules_store, rules_words
from lti_tool.rooms.rounds.routes import Answer, bp
from lti_tool.web.access import cohort, place
from lti_tool.web.choices import choices


def _level(label: Any, hint: Any = None) -> SelectField:
    return SelectField(label, choices=choices(rules_words.LEVELS.items()), coerce=int, description=hint or "")


class RulesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    topics = _level(
        _l("What people want to learn"), _l("Without a topic in common two people are never a pair.")
    )
    times = _level(_l("Free time in common"))
    languages = _level(_l("Languages in common"))
    goals = _level(_l("Goals in common"), _l("People choose them on their page, if they like."))
    preferences = _level(
        _l("Whom people would like"), _l("Each can name three people of the course, best first.")
    )
    reciprocity = _level(_l("That the mentor can learn something, too"))
    min_shared_slots = SelectField(
        _l("Free time that two people need in common each week"),
        choices=choices(rules_words.SHARED.items()),
        coerce=int,
    )

    def validate_topics(self, _field: SelectField) -> None:
        if not (self.topics.data or self.times.data or self.languages.data):
            raise ValidationError(_("Topics, free time or languages have to count, at least a little."))

    def values(self) -> dict[str, int]:
        return {name: self[name].data for name in rules_store.NAMES}


@bp.get("/rules", endpoint="rules")
def show_rules(course_id: int, cohort_id: int) -> Answer:
    return _page(RulesForm(data=_now()))


@bp.post("/rules")
def change_rules(course_id: int, cohort_id: int) -> Answer:
    form = RulesForm()
    if not form.validate_on_submit():
        return _page(form), 422
    return _change(form.values())


@bp.post("/rules/<int:rules_id>/again")
def use_rules_again(course_id: int, cohort_id: int, rules_id: int) -> Answer:
    """A new version with the values of an earlier one."""
    earlier: models.MatchingRules = place().found["rules"]
    return _change(rules_store.values_of(earlier))


@bp.post("/rules/defaults")
def use_default_rules(course_id: int, cohort_id: int) -> Answer:
    """A new version with what holds where nobody changed anything."""
    return _change(rules_store.defaults())


def _now() -> dict[str, int]:
    return rules_store.values_of(rules_store.newest(db.session, cohort()))


def _change(after: dict[str, int]) -> Response:
    before = _now()
    made = rules_store.change(db.session, cohort(), place().viewer.member, after)
    if made is None:
        flash(_("Nothing was changed: these rules hold already."), "info")
    else:
        told = rules_words.changes(before, after)
        flash(_("From the next round on. %(changes)s.", changes=told), "success")
    return redirect(url_for("rounds.rules", course_id=cohort().course_id, cohort_id=cohort().id), 303)


def _page(form: RulesForm) -> str:
    rows = rules_store.versions(db.session, cohort())
    values = [rules_store.values_of(row) for row in rows]
    if len(rows) <= rules_store.MOST_SHOWN:
        values.append(rules_store.defaults())  # what the first version changed
    shown = rows[: rules_store.MOST_SHOWN]
    return render_template(
        "rounds/rules.html",
        cohort=cohort(),
        form=form,
        sentences=rules_words.sentences(values[0]),
        versions=[
            (row, rules_words.changes(before, after))
            for row, after, before in zip(shown, values, values[1:], strict=False)
        ],
    )
