"""What an expert says of a pair's practice."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import AnyOf, Length, Optional

from lti_tool.web.choices import choices
from lti_tool.web.texts import paragraphs

LONGEST_COMMENT = 2000


OUTCOMES = {"passed": _l("The practice is sound"), "failed": _l("It needs another look")}


class ReviewForm(FlaskForm):  # type: ignore[misc]
    outcome = RadioField(
        _l("What did you find?"),
        [AnyOf(OUTCOMES, _l("Choose one of the two."))],
        choices=choices(OUTCOMES.items()),
        # The built-in check would word it less plainly, and twice.
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Your words to the pair"),
        [Optional(), Length(max=LONGEST_COMMENT, message=_l("Keep it to 2,000 characters."))],
        description=_l("The two and their teachers can read it. It is needed when you ask for another look."),
        filters=[paragraphs],
    )
    confirmed = HiddenField()
    """Filled by the second screen only: nothing is signed before it was seen."""

    def validate(self, extra_validators: object = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if self.outcome.data == "failed" and not (self.comment.data or "").strip():
            self.comment.errors = [*self.comment.errors, _l("Tell the pair what to look at again.")]
            return False
        return is_valid
