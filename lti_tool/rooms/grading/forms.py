"""The grade rule in one form."""

from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, ValidationError, validators

from lti_tool.outbox.reckoning import PartTerms, Terms
from lti_tool.rooms.grading.plan import RulePlan
from lti_tool.web.choices import choices

_WEIGHT = [
    validators.InputRequired(_l("Say how much this counts; 0 if not at all.")),
    validators.NumberRange(0, 100, _l("Choose a number from 0 to 100.")),
]


class RuleForm(FlaskForm):  # type: ignore[misc]
    enabled = BooleanField(_l("Send participation to the gradebook"))
    maximum = IntegerField(
        _l("Points for taking part in full"),
        [
            validators.InputRequired(_l("Say how many points full participation gives.")),
            validators.NumberRange(1, 1000, _l("Choose a number of points from 1 to 1000.")),
        ],
    )
    sessions_weight = IntegerField(_l("Share of sessions"), _WEIGHT)
    sessions_needed = IntegerField(
        _l("Sessions for the full share"),
        [
            validators.InputRequired(_l("Say how many sessions give the full share.")),
            validators.NumberRange(1, 100, _l("Choose a number of sessions from 1 to 100.")),
        ],
    )
    sessions_most = IntegerField(
        _l("Most that count"),
        [validators.Optional(), validators.NumberRange(1, 50, _l("Choose a number from 1 to 50."))],
    )
    sessions_period = SelectField(
        _l("In one"), choices=choices([("week", _l("week, from Monday")), ("month", _l("month"))])
    )
    sessions_makeup = IntegerField(
        _l("To make up for missed ones"),
        [validators.Optional(), validators.NumberRange(0, 50, _l("Choose a number from 0 to 50."))],
        description=_l("So many beyond that count too, over the whole cohort."),
    )
    commitments_weight = IntegerField(_l("Share of commitments"), _WEIGHT, default=0)
    commitments_needed = IntegerField(
        _l("Commitments for the full share"),
        [
            validators.InputRequired(_l("Say how many commitments give the full share.")),
            validators.NumberRange(1, 100, _l("Choose a number of commitments from 1 to 100.")),
        ],
        default=1,
    )
    training_weight = IntegerField(_l("Share of training"), _WEIGHT, default=0)
    checkpoints_weight = IntegerField(_l("Share of reviews"), _WEIGHT)
    checkpoints_needed = IntegerField(
        _l("Reviews for the full share"),
        [
            validators.InputRequired(_l("Say how many reviews give the full share.")),
            validators.NumberRange(1, 20, _l("Choose a number of reviews from 1 to 20.")),
        ],
    )
    preparation_weight = IntegerField(_l("Share of preparation"), _WEIGHT)
    places = SelectField(
        _l("Round points to"),
        choices=choices(
            [("2", _l("two decimal places")), ("1", _l("one decimal place")), ("0", _l("whole points"))]
        ),
    )
    columns = RadioField(
        _l("Columns in the gradebook"),
        choices=choices([("one", _l("One for everything")), ("apart", _l("One for each part that counts"))]),
    )

    @classmethod
    def of(cls, plan: RulePlan) -> "RuleForm":
        """The form as the plan stands; what was typed wins."""
        sessions, checkpoints = plan.part("sessions"), plan.part("checkpoints")
        commitments = plan.part("commitments")
        return cls(
            data={
                "enabled": plan.enabled,
                "maximum": plan.terms.maximum,
                "sessions_weight": sessions.weight,
                "sessions_needed": sessions.needed,
                "sessions_most": sessions.most,
                "sessions_period": sessions.period,
                "sessions_makeup": sessions.makeup,
                "checkpoints_weight": checkpoints.weight,
                "checkpoints_needed": checkpoints.needed,
                "commitments_weight": commitments.weight,
                "commitments_needed": commitments.needed,
                "training_weight": plan.part("training").weight,
                "preparation_weight": plan.part("preparation").weight,
                "places": str(plan.terms.places),
                "columns": "apart" if plan.terms.apart else "one",
            }
        )

    def validate_sessions_weight(self, _field: IntegerField) -> None:
        parts = ("sessions", "commitments", "checkpoints", "training", "preparation")
        if all(self[f"{part}_weight"].data == 0 for part in parts):
            raise ValidationError(_("Something has to count: give at least one part a share above 0."))

    def validate_sessions_makeup(self, field: IntegerField) -> None:
        if field.data and not self.sessions_most.data:
            raise ValidationError(_("Say first how many count at most in one week or month."))

    def validate_columns(self, field: RadioField) -> None:
        if field.data != "apart" or self.maximum.errors or not self.maximum.data:
            return
        terms = self._terms()
        smallest = min((terms.share(part) for part in terms.counting), default=Fraction(1))
        if smallest * 10**terms.places < Fraction(1, 2):
            raise ValidationError(_("A part's column would be worth nothing. Give it more, or round less."))

    def plan(self) -> RulePlan:
        """What the instructor wishes, once it has been validated."""
        return RulePlan(bool(self.enabled.data), self._terms())

    def _terms(self) -> Terms:
        most = self.sessions_most.data or None
        sessions = PartTerms(
            "sessions",
            self.sessions_weight.data or 0,
            self.sessions_needed.data or 1,
            most,
            self.sessions_period.data,
            (self.sessions_makeup.data or 0) if most else 0,
        )
        checkpoints = PartTerms(
            "checkpoints", self.checkpoints_weight.data or 0, self.checkpoints_needed.data or 1
        )
        commitments = PartTerms(
            "commitments", self.commitments_weight.data or 0, self.commitments_needed.data or 1
        )
        training = PartTerms("training", self.training_weight.data or 0)
        preparation = PartTerms("preparation", self.preparation_weight.data or 0)
        places = self.places.data or "2"
        return Terms(
            maximum=self.maximum.data or 1,
            parts=(sessions, commitments, checkpoints, training, preparation),
            places=int(places) if places in {"0", "1", "2"} else 2,
            apart=self.columns.data == "apart",
        )
