import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TimeField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from lti_tool.rooms.sessions.booking import Impossible, check_day, instant
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

OTHER = "other"
LENGTHS = [(30, _l("30 minutes")), (45, _l("45 minutes")), (60, _l("1 hour")), (90, _l("1 hour and a half"))]


class BookingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A proposed time, or a date and a time by the person's own clock."""

    slot = RadioField(_l("When"), [Optional()], choices=[], validate_choice=False)
    date = DateField(_l("Date"), [Optional()])
    time = TimeField(_l("Time"), [Optional()])
    minutes = SelectField(_l("How long"), choices=choices(LENGTHS), coerce=int, default=60)
    place = StringField(
        _l("Where"),
        [Optional(), Length(max=500, message=_l("Use at most 500 characters."))],
        description=_l("A room, or the link of a video call."),
        filters=[one_line],
    )

    def __init__(self, *, zone: str, last_day: dt.date, **named: Any) -> None:
        super().__init__(**named)
        self._zone = zone
        self._last_day = last_day
        self.starts_at: dt.datetime | None = None
        """The chosen instant (UTC), once the form is valid."""

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        try:
            self.starts_at = self._proposed() if self._takes_proposal() else self._typed()
        except Impossible as reason:
            field = self.date if self._gives_own() else self.slot
            field.errors = [*field.errors, str(reason)]
            return False
        return True

    def _gives_own(self) -> bool:
        return self.slot.data == OTHER or (not self.slot.data and bool(self.date.data or self.time.data))

    def _takes_proposal(self) -> bool:
        return bool(self.slot.data) and self.slot.data != OTHER

    def _proposed(self) -> dt.datetime:
        if self.date.data or self.time.data:
            raise Impossible(
                _(
                    "You chose a time from the list and gave another. Empty the date and the time, "
                    "or choose “Another time”."
                )
            )
        try:
            moment = dt.datetime.fromisoformat(self.slot.data)
            local = moment.astimezone(ZoneInfo(self._zone))
        except (ValueError, OverflowError):
            raise Impossible(_("Choose one of the times.")) from None
        # Without a zone it would mean the clock of whatever machine the tool runs on.
        if moment.tzinfo is None or moment.second or moment.microsecond:
            raise Impossible(_("Choose one of the times."))
        check_day(local.date(), self._last_day, self._zone)
        return local.astimezone(dt.UTC)

    def _typed(self) -> dt.datetime:
        if self.date.data is None and self.time.data is None:
            raise Impossible(_("Choose one of the times, or give a date and a time."))
        if self.date.data is None or self.time.data is None:
            raise Impossible(_("Give both a date and a time."))
        check_day(self.date.data, self._last_day, self._zone)
        return instant(dt.datetime.combine(self.date.data, self.time.data), self._zone)


class AnswerForm(FlaskForm):  # type: ignore[misc]
    answer = StringField(validators=[InputRequired(), AnyOf(["met", "not_met"])])
