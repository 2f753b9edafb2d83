from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, validators

from lti_tool.web.choices import choices


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Which people, and what becomes of them; the decision is the button that was pressed."""

    who = SelectMultipleField(
        _l("Who?"),
        [validators.InputRequired(_l("Choose at least one person first."))],
        coerce=int,
        # Somebody else, or a first click, may have decided already: no mistake of whoever comes second.
        validate_choice=False,
    )
    decision = RadioField(
        _l("Decision"),
        [validators.InputRequired(_l("Choose what becomes of them."))],
        choices=choices([("out", _l("Take out")), ("keep", _l("Keep"))]),
    )
