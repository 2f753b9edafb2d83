import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from lti_tool.web.texts import one_line

LONGEST = 300


class CommitmentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    text = StringField(
        _l("What will you do?"),
        [
            InputRequired(_l("Say what you will do.")),
            Length(max=LONGEST, message=_l("Use at most 300 characters.")),
        ],
        description=_l("Only you two read it."),
        filters=[one_line],
    )
    due_on = DateField(_l("Until when?"), [InputRequired(_l("Choose a day."))])

    def __init__(self, *, today: dt.date, last_day: dt.date, **named: Any) -> None:
        super().__init__(**named)
        self._today, self._last_day = today, last_day

    def validate_due_on(self, field: DateField) -> None:
        if field.data is None:
            return
        if field.data < self._today:
            raise ValidationError(_("This day is over. Choose today or a later one."))
        if field.data > self._last_day:
            raise ValidationError(_("By then the cohort has ended. Choose an earlier day."))
