from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.db import models
from lti_tool.outbox import mail
from lti_tool.web.choices import choices
from lti_tool.web.times import is_zone, zone_choices

ROLES = [
    ("mentee", _l("Find a mentor")),
    ("mentor", _l("Be a mentor")),
    ("both", _l("Both: learn one thing, help with another")),
]

IMPORTANCE = [(0, _l("Not now")), (1, _l("A little")), (2, _l("A lot")), (3, _l("Most of all"))]
COMMAND = [
    (0, _l("No")),
    (1, _l("I know the basics")),
    (2, _l("I can explain it")),
    (3, _l("I know it well")),
]
CAPACITY = [
    (1, _l("1 person")),
    (2, _l("2 people")),
    (3, _l("3 people")),
    (4, _l("4 people")),
    (5, _l("5 people")),
]

QUESTIONS = {
    "wants": (_l("I want to learn it"), IMPORTANCE),
    "offers": (_l("I can help with it"), COMMAND),
}
NOTHING_CHOSEN = {
    "wants": _l("Choose at least one topic that you want to learn."),
    "offers": _l("Choose at least one topic that you can help with."),
}

LEAST_HALF_HOURS = 2


MAILS = [
    (mail.SESSIONS, _l("Sessions: booked, called off, with a file for your calendar")),
    (mail.MATCHES, _l("Your mentor or mentee was found")),
    (mail.REVIEWS, _l("A review of yours is due")),
]


class MailForm(FlaskForm):  # type: ignore[misc]
    kinds = SelectMultipleField(
        _l("Send me mail about"),
        choices=choices(MAILS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class RoleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    role = RadioField(
        _l("How would you like to take part?"),
        [InputRequired(_l("Choose one. You can change it later."))],
        choices=choices(ROLES),
    )


class ConsentForm(RoleForm):
    agree = BooleanField(
        _l("I have read this, and I want to take part"),
        [InputRequired(_l("Tick this box to take part. Without it nothing is kept."))],
    )


class TopicsForm(FlaskForm):  # type: ignore[misc]
    """What `topics_form` completes for the topics of a cohort."""

    capacity: SelectField
    languages: SelectMultipleField


class ZoneForm(FlaskForm):  # type: ignore[misc]
    timezone = SelectField(_l("Your time zone"), [InputRequired(_l("Choose your time zone."))])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        chosen = self.timezone.data
        known = zone_choices()
        # A platform may say a zone by an old name that the list leaves out.
        extra = [(chosen, chosen)] if is_zone(chosen) and chosen not in dict(known) else []
        self.timezone.choices = choices([*extra, *known])


class TimesForm(ZoneForm):
    week = SelectMultipleField(
        _l("When are you free?"),
        [
            InputRequired(_l("Choose at least two half hours, or nobody can find a time with you.")),
            Length(
                min=LEAST_HALF_HOURS,
                message=_l("Choose at least two half hours, or nobody can find a time with you."),
            ),
        ],
        choices=choices((slot, str(slot)) for slot in range(336)),
        coerce=int,
    )


def topics_form(topics: Sequence[models.Topic], *, learns: bool, mentors: bool) -> type[TopicsForm]:
    """A form with a question or two for each topic: ``wants_<id>`` and ``offers_<id>``."""
    fields: dict[str, Any] = {}
    for kind, asked in (("wants", learns), ("offers", mentors)):
        for topic in topics if asked else ():
            label, answers = QUESTIONS[kind]
            fields[f"{kind}_{topic.id}"] = SelectField(label, choices=choices(answers), coerce=int, default=0)
        if asked and topics:
            # The complaint stands at the first topic, so that the list of errors leads there.
            fields[f"validate_{kind}_{topics[0].id}"] = _at_least_one(kind)
    if mentors:
        fields["capacity"] = SelectField(
            _l("How many people can you take?"), choices=choices(CAPACITY), coerce=int, default=1
        )
    # Fields stand in the order in which they are made, and so do the lines of the error list.
    fields["languages"] = SelectMultipleField(
        _l("Which languages can you talk in?"), [InputRequired(_l("Choose at least one language."))]
    )
    return type("CohortTopicsForm", (TopicsForm,), fields)


def _at_least_one(kind: str) -> Callable[[FlaskForm, Field], None]:
    def check(form: FlaskForm, _field: Field) -> None:
        if not any(field.data for field in form if field.name.startswith(f"{kind}_")):
            raise ValidationError(NOTHING_CHOSEN[kind])

    return check
