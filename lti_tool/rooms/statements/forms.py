from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.statements import queries, wording
from lti_tool.rooms.statements.queries import Choice
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

_NO_DAY = _l("Give the day as year-month-day.")


class FilterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What to show. It changes nothing, so it comes with the address and needs no token."""

    class Meta:
        csrf = False

    kind = SelectField(_l("What happened"), choices=[])
    person = StringField(_l("Who"), [Optional(), Length(max=200)], filters=[one_line])
    first = DateField(_l("From"), [Optional()])
    last = DateField(_l("To"), [Optional()])
    state = SelectField(_l("State"), choices=choices(list(wording.STATES.items())))

    def __init__(self, *, course: models.Course, kinds: list[str], zone: str, **named: Any) -> None:
        super().__init__(**named)
        self._course, self._zone = course, zone
        self._person: models.Member | None = None
        known = [(one, wording.kind(one)) for one in kinds]
        self.kind.choices = [("", _("Anything")), *known]

    def validate(self, extra_validators: Any = None) -> bool:
        for field in (self.first, self.last):
            if field.process_errors:
                field.process_errors = [str(_NO_DAY)]
        if not super().validate(extra_validators):
            return False
        if self.person.data:
            self._person = queries.member(db.session, self._course, self.person.data)
            if self._person is None:
                self.person.errors = [
                    _("Nobody in this course is called so. Give the whole name or pseudonym.")
                ]
        if self.first.data and self.last.data and self.last.data < self.first.data:
            self.last.errors = [_("This day is before the first one.")]
        return not self.errors

    def choice(self) -> Choice:
        account = queries.account(self._person) if self._person is not None else ""
        return Choice(
            self.kind.data or "",
            account,
            self.first.data,
            self.last.data,
            self.state.data or "",
            self._zone,
        )
