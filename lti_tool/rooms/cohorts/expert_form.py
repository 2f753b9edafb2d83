"""Who reviews which topics, as an instructor names them."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField, validators, widgets

from lti_tool.db import models
from lti_tool.rooms.cohorts.forms import given
from lti_tool.web.choices import choices


class ExpertForm(FlaskForm):  # type: ignore[misc]
    member = SelectField(
        _l("Who?"),
        [validators.InputRequired(_l("Choose who reviews."))],
        coerce=int,
        description=_l("People who teach come first. Whoever takes part in the cohort cannot review it."),
    )
    topics = SelectMultipleField(
        _l("Which topics can they review?"),
        [validators.InputRequired(_l("Choose at least one topic."))],
        coerce=int,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    reviews = IntegerField(
        _l("Reviews a week"),
        [
            validators.InputRequired(_l("Say how many reviews a week they can do.")),
            validators.NumberRange(1, 20, _l("Choose a number from 1 to 20.")),
        ],
        default=2,
        description=_l("A review takes about half an hour."),
    )

    def answer(self) -> tuple[int, list[int], int]:
        """Member id, topic ids and reviews a week, once they have been validated."""
        return self.member.data, given(self.topics.data), given(self.reviews.data)

    def offer(
        self,
        candidates: list[models.Member],
        topics: list[models.Topic],
        lacking: list[str],
        chosen: models.Participant | None,
    ) -> None:
        """Fill in whom and what one can choose.

        Args:
            lacking: names of the topics that need somebody; they are ticked for a new expert.
            chosen: an expert already named; what holds for them now is filled in.
        """
        self.member.choices = [
            *choices(_named(candidates, teaching=True), _("People who teach")),
            *choices(_named(candidates, teaching=False), _("Other people of the course")),
        ]
        self.topics.choices = choices([(topic.id, topic.name) for topic in topics])
        if self.is_submitted():
            return
        if chosen is None:
            self.topics.data = [topic.id for topic in topics if topic.name in lacking]
            return
        self.member.data = chosen.member_id
        self.topics.data = [interest.topic_id for interest in chosen.interests]
        self.reviews.data = chosen.capacity


def _named(members: list[models.Member], *, teaching: bool) -> list[tuple[int, str]]:
    return [(member.id, member.display_name) for member in members if member.teaches == teaching]
