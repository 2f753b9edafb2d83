"""When an expert is away."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, ValidationError, validators

from lti_tool.rooms.cohorts.forms import EARLIEST, LATEST, given


class AbsenceForm(FlaskForm):  # type: ignore[misc]
    starts_on = DateField(_l("First day away"), [validators.InputRequired(_l("Choose the first day."))])
    ends_on = DateField(_l("Last day away"), [validators.InputRequired(_l("Choose the last day."))])

    def validate_starts_on(self, field: DateField) -> None:
        if field.data and not EARLIEST <= field.data <= LATEST:
            raise ValidationError(_("Check the year of the first day."))

    def validate_ends_on(self, field: DateField) -> None:
        start = self.starts_on.data
        if field.data and field.data > LATEST:
            raise ValidationError(_("Check the year of the last day."))
        if field.data and start and field.data < start:
            raise ValidationError(_("The last day cannot come before the first."))

    def answer(self) -> tuple[date, date]:
        """The two days, once they have been validated."""
        return given(self.starts_on.data), given(self.ends_on.data)
