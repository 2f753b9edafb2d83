"""Deciding about two people: the form, and whom it offers."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, validators

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY
from lti_tool.rooms.rounds.pair_rule_words import KINDS
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

NOBODY = 0


def _key(value: Any) -> int:
    """An id, or 0 for whatever is none."""
    text = str(value)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else NOBODY
    return number if number <= LARGEST_KEY else NOBODY


class PairRuleForm(FlaskForm):  # type: ignore[misc]
    kind = RadioField(_l("What do you decide?"), choices=choices(KINDS), default="pair")
    first = SelectField(_l("Learner"), coerce=_key, validate_choice=False)
    second = SelectField(_l("With whom?"), coerce=_key, validate_choice=False)
    reason = StringField(
        _l("Why?"),
        [
            validators.DataRequired(_l("Write why, so that a colleague understands it later.")),
            validators.Length(max=300, message=_l("Write at most 300 characters.")),
        ],
        filters=[one_line],
        description=_l("In your own words. Only people who teach this course can read it."),
    )

    def offer(self, learners: Sequence[models.Participant], mentors: Sequence[models.Participant]) -> None:
        """Fill in whom one can choose."""
        nobody = choices([(NOBODY, _("Choose somebody"))])
        named = [(one.id, one.display_name) for one in learners]
        self.first.choices = nobody + choices(named)
        self.second.choices = [
            *nobody,
            *choices([(one.id, one.display_name) for one in mentors], _("Mentors")),
            *choices(named, _("Learners")),
        ]

    def refuse(self, field: str, sentence: str) -> None:
        """Put a sentence at a field."""
        at = getattr(self, field)
        at.errors = [*at.errors, sentence]
