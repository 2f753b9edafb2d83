"""A cohort in one short form."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
    validators,
)

from lti_tool.db import models
from lti_tool.rooms.cohorts import words
from lti_tool.rooms.cohorts.plan import CohortPlan, TopicPlan
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

T = TypeVar("T")

FIRST_ROWS = 4
MOST_TOPICS = 8
LONGEST = timedelta(days=731)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def given(value: T | None) -> T:
    """What a validated field holds: its validators have refused None."""
    assert value is not None
    return value


class TopicRow(Form):
    """One topic. A row without a name is no topic."""

    key = HiddenField()
    """The topic's row id once it exists; what it means is decided by the service."""
    name = StringField(
        _l("Topic"),
        [validators.Length(max=120, message=_l("Keep the topic under 120 characters."))],
        filters=[one_line],
        render_kw={"size": 34},
    )
    risk = SelectField(_l("Risk"), choices=choices([("low", _l("Low")), ("high", _l("High"))]), default="low")

    def plan(self) -> TopicPlan:
        key = self.key.data or ""
        known = key.isascii() and key.isdigit() and len(key) < 10
        return TopicPlan(int(key) if known else None, self.name.data or "", self.risk.data)


class _Rows(FieldList):  # type: ignore[type-arg]
    """Rows of a form, numbered in the names of their fields."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        # The library's own takes "²" and numbers of any length for digits, and then fails on them.
        numbered = re.compile(re.escape(prefix) + r"-([0-9]{1,3})(?:-|$)")
        return (int(found[1]) for name in formdata if (found := numbered.match(name)))


class CohortForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("Name of the cohort"),
        [
            validators.InputRequired(_l("Give the cohort a name that learners will recognise.")),
            validators.Length(max=120, message=_l("Keep the name under 120 characters.")),
        ],
        description=_l("Learners see it at the top of each page."),
        filters=[one_line],
    )
    topics = _Rows(FormField(TopicRow), label=_l("Topics"), min_entries=FIRST_ROWS, max_entries=MOST_TOPICS)
    add_row = BooleanField()
    """The button "Add a row": not a wish to save."""
    starts_on = DateField(_l("First day"), [validators.InputRequired(_l("Choose the first day."))])
    ends_on = DateField(
        _l("Last day"),
        [validators.InputRequired(_l("Choose the last day."))],
    )
    only_group = SelectField(
        _l("Who is it for?"),
        default="",
        description=_l("Others do not see it, and cannot join."),
    )
    mentors = RadioField(
        _l("Who may mentor?"),
        [validators.InputRequired(_l("Choose who may mentor."))],
        choices=choices(
            [
                ("anyone", _l("Anyone who offers to")),
                ("chosen", _l("I choose among those who offer")),
            ]
        ),
        default="anyone",
    )
    checkpoints = RadioField(
        _l("Which pairs does an expert look at?"),
        [validators.InputRequired(_l("Choose which pairs an expert looks at."))],
        choices=choices(
            [
                ("high_risk", _l("Pairs on a topic of high risk")),
                ("all", _l("Every pair")),
                ("none", _l("None")),
            ]
        ),
        default="high_risk",
    )
    review_untrained = BooleanField(
        _l("Also pairs whose mentor has not had the training yet"),
        description=_l("You note who had it on the page of people."),
    )
    audit_percent = RadioField(
        _l("And of the other pairs, drawn at random?"),
        choices=choices([(0, _l("None")), *words.DRAWN.items()]),
        coerce=int,
        default=0,
        description=_l("A sample shows whether mentoring goes well where nobody looks otherwise."),
    )
    group_rule = RadioField(
        _l("Groups: where do pairs come from?"),
        choices=choices(
            [
                ("any", _l("From any group")),
                ("same", _l("Only from the same group")),
                ("different", _l("Only from different groups")),
            ]
        ),
        default="any",
        description=_l("Who is in no group can be paired unless it has to be the same one."),
    )
    group_set = SelectField(_l("Which groups?"), default="")
    graded = BooleanField(
        _l("Send participation to the gradebook"),
        default=True,
    )
    maximum = IntegerField(
        _l("Points for taking part in full"),
        [
            validators.InputRequired(_l("Say how many points full participation gives.")),
            validators.NumberRange(1, 1000, _l("Choose a number of points from 1 to 1000.")),
        ],
        default=100,
    )
    sessions_for_full = IntegerField(
        _l("Sessions for full points"),
        [
            validators.InputRequired(_l("Say how many sessions give full points.")),
            validators.NumberRange(1, 100, _l("Choose a number of sessions from 1 to 100.")),
        ],
        default=6,
    )

    @classmethod
    def of(cls, cohort: models.Cohort) -> "CohortForm":
        """The form as the cohort stands now; what was typed wins."""
        rule = cohort.grade_rule
        rows = [{"key": str(topic.id), "name": topic.name, "risk": topic.risk} for topic in cohort.topics]
        return cls(
            data={
                "name": cohort.name,
                "topics": rows,
                "starts_on": cohort.starts_on,
                "ends_on": cohort.ends_on,
                "mentors": cohort.mentors,
                "checkpoints": cohort.checkpoints,
                "review_untrained": cohort.review_untrained,
                "audit_percent": cohort.audit_percent,
                "group_rule": cohort.group_rule,
                "group_set": cohort.group_set or "",
                "only_group": cohort.only_group or "",
                "graded": rule.enabled,
                "maximum": rule.maximum,
                "sessions_for_full": rule.sessions_for_full,
            }
        )

    def offer_groups(self, sets: list[tuple[str, str]], chosen: str | None) -> None:
        """Fill in which groups the rule can be about.

        Args:
            sets: values of `Cohort.group_set` and their names.
            chosen: what the cohort has now; it can be left as it is though the platform lists it no more.
        """
        known = {value for value, _name in sets}
        earlier = [(chosen, _("Groups that are no longer listed"))] if chosen and chosen not in known else []
        self.group_set.choices = choices([*sets, *earlier])

    def offer_audience(self, options: list[tuple[str, str]], cohort: models.Cohort | None) -> None:
        """Fill in for whom the cohort can be.

        Args:
            options: values of `Cohort.only_group` and their names.
            cohort: as it is now; it can stay for a group that the platform lists no more.
        """
        self._names = dict(options)
        chosen = cohort.only_group if cohort is not None else None
        shown = list(options)
        if cohort is not None and chosen and chosen not in self._names:
            self._names[chosen] = cohort.only_group_name or chosen
            shown.append((chosen, _("%(name)s (no longer in the course)", name=self._names[chosen])))
        self.only_group.choices = choices(shown)

    def wants_another_row(self) -> bool:
        """Whether "Add a row" was pressed; then there is one more, and nothing is checked or saved."""
        if not (self.is_submitted() and self.add_row.data):
            return False
        if len(self.topics) < MOST_TOPICS:
            self.topics.append_entry()
        return True

    def number_rows(self) -> None:
        """Give each row a label of its own, so that it can be told from the others by ear."""
        for number, row in enumerate(self.topics, start=1):
            row.form["name"].label.text = _("Topic %(number)s", number=number)
            seen, heard = _("Risk"), _("of topic %(number)s", number=number)
            row.form.risk.label.text = Markup('{} <span class="visually-hidden">{}</span>').format(
                seen, heard
            )

    def validate_topics(self, field: "FieldList[FormField[TopicRow]]") -> None:
        names = [row.form.name.data.casefold() for row in field if row.form.name.data]
        if not names:
            raise ValidationError(_("Name at least one topic that people can learn from each other."))
        if len(set(names)) < len(names):
            raise ValidationError(_("Two topics have the same name. Give each its own."))

    def validate_starts_on(self, field: DateField) -> None:
        if field.data and not EARLIEST <= field.data <= LATEST:
            raise ValidationError(_("Check the year of the first day."))

    def validate_ends_on(self, field: DateField) -> None:
        start = self.starts_on.data
        if not (field.data and start):
            return
        if field.data <= start:
            raise ValidationError(_("The last day has to come after the first."))
        if field.data - start > LONGEST:
            raise ValidationError(_("A cohort lasts two years at most. Choose an earlier last day."))

    def plan(self) -> CohortPlan:
        """What the instructor wishes, once it has been validated."""
        return CohortPlan(
            name=given(self.name.data),
            topics=tuple(row.form.plan() for row in self.topics),
            starts_on=given(self.starts_on.data),
            ends_on=given(self.ends_on.data),
            mentors=self.mentors.data,
            checkpoints=self.checkpoints.data,
            review_untrained=self.review_untrained.data,
            audit_percent=self.audit_percent.data,
            group_rule=self.group_rule.data,
            group_set=self.group_set.data or None,
            only_group=self.only_group.data or None,
            only_group_name=self._names[self.only_group.data][:255] if self.only_group.data else None,
            graded=self.graded.data,
            maximum=given(self.maximum.data),
            sessions_for_full=given(self.sessions_for_full.data),
        )
