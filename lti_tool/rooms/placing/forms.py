"""What is to be placed in the course."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
    validators,
    widgets,
)

from lti_tool.db import models
from lti_tool.rooms.placing.choice import PLAIN, Choice
from lti_tool.web.texts import one_line


class PlacingForm(FlaskForm):  # type: ignore[misc]
    what = SelectMultipleField(
        _l("What do you want to add?"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    title = StringField(
        _l("Name in the course"),
        [
            validators.Optional(),
            validators.Length(max=120, message=_l("Keep the name under 120 characters.")),
        ],
        description=_l("If you add just one. Left empty, it has the name of its cohort."),
        filters=[one_line],
    )
    graded = BooleanField(_l("With a column in the gradebook"), default=True)
    target = RadioField(_l("Where does it open?"), default="iframe")

    def offer(self, request: models.DeepLinkRequest, cohorts: list[models.Cohort]) -> None:
        """Fill in what can be chosen here, and leave out what the platform does not take."""
        named = [(str(cohort.id), cohort.name) for cohort in cohorts]
        self.what.choices = [*named, (PLAIN, _("The plain link “Find a peer mentor”, without points"))]
        if not request.accepts_several:
            self.what.option_widget = widgets.RadioInput()
        if request.accepts_line_item is False:
            del self.graded
        if set(request.targets) >= {"iframe", "window"}:
            self.target.choices = [
                ("iframe", _("In the page of the course")),
                ("window", _("In a new window")),
            ]
        else:
            del self.target
        self._several = request.accepts_several

    def validate_what(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_("Choose what you want to add."))
        if len(field.data) > 1 and not self._several:
            raise ValidationError(_("Only one can be added here. Choose one."))

    def choice(self) -> Choice:
        """What was chosen, once it has been validated."""
        chosen = self.what.data or []
        return Choice(
            cohort_ids=tuple(int(value) for value in chosen if value != PLAIN),
            plain=PLAIN in chosen,
            title=self.title.data or None,
            graded="graded" in self and bool(self.graded.data),
            target=self.target.data if "target" in self else None,
        )
