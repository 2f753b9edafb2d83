"""How much an adjustment may change."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, validators

MOST = 10_000


class AdjustForm(FlaskForm):  # type: ignore[misc]
    most_changes = IntegerField(
        _l("Running pairs that may change at most"),
        [
            validators.Optional(),
            validators.NumberRange(0, MOST, _l("Choose a whole number, 0 or more.")),
        ],
        description=_l(
            "Leave it empty to find a mentor for as many people as possible, with as few changes as that "
            "takes. 0 leaves every running pair that can go on as it is."
        ),
    )
