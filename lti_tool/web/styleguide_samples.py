"""A form with a field of every kind, and what the style guide shows: realistic, and nobody real."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    validators,
    widgets,
)

from lti_tool.web.choices import choices

HALF_HOURS = [(slot, str(slot)) for slot in range(336)]


class DemoForm(Form):
    """One field of every kind; it is shown, never sent."""

    name = StringField(
        "Name of the cohort",
        [validators.InputRequired("Give the cohort a name that learners will recognise.")],
        description="Learners see it at the top of each page.",
    )
    mentees = IntegerField(
        "Mentees for one mentor",
        [
            validators.InputRequired("Say how many mentees one mentor may take."),
            validators.NumberRange(1, 6, "Choose a number from 1 to 6."),
        ],
    )
    starts = DateField("First day", [validators.InputRequired("Choose the first day.")])
    remind_at = TimeField("Send reminders at", [validators.Optional()])
    kind = SelectField(
        "Kind",
        choices=choices(
            [
                ("peer", "Mentor and mentee"),
                ("reciprocal", "Both teach, both learn"),
                ("circle", "Circles"),
            ]
        ),
    )
    topics = SelectMultipleField(
        "What would you like to learn?",
        [validators.InputRequired("Choose at least one topic.")],
        choices=choices(
            [
                ("stats", "Statistics"),
                ("writing", "Academic writing"),
                ("python", "Python for data"),
                ("talks", "Giving a talk"),
            ]
        ),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    role = RadioField(
        "How would you like to take part?",
        [validators.InputRequired("Choose one. You can change it later.")],
        choices=choices([("mentee", "I want to learn"), ("mentor", "I want to help"), ("both", "Both")]),
        validate_choice=False,
    )
    about = TextAreaField("What would help you most?", [validators.Optional(), validators.Length(max=400)])
    agree = BooleanField(
        "Show my name to the person I am matched with",
        description="Otherwise they see a pseudonym until you both agree.",
    )
    week = SelectMultipleField(
        "When are you free?",
        [validators.InputRequired("Choose at least two half hours, or nobody can find a time with you.")],
        choices=choices(HALF_HOURS),
        coerce=int,
    )
    slot = RadioField(
        "When",
        [validators.InputRequired("Choose a time, or offer other times to Ana.")],
        choices=choices(
            [
                ("1", "Thursday 26 November, 15:30 your time, 09:30 hers"),
                ("2", "Friday 27 November, 16:00 your time, 10:00 hers"),
                ("3", "Monday 30 November, 15:00 your time, 09:00 hers"),
            ]
        ),
        validate_choice=False,
    )


def half_hours(day: int, first: float, last: float) -> range:
    """Slots from `first` to `last` (hours of the day) on a weekday, Monday 0."""
    return range(day * 48 + int(first * 2), day * 48 + int(last * 2))


WEEK = [*half_hours(0, 15, 18), *half_hours(2, 15, 17.5), *half_hours(3, 9, 12), *half_hours(5, 10, 11)]
OTHER_WEEK = [*half_hours(0, 16, 19), *half_hours(3, 10, 11.5), *half_hours(4, 14, 16)]

TYPED: dict[str, Any] = {
    "name": "Autumn statistics",
    "mentees": 2,
    "kind": "peer",
    "topics": ["stats", "talks"],
    "role": "both",
    "about": "Reading the output of a regression without panic.",
    "agree": True,
    "week": WEEK,
    "slot": "1",
}

NEEDS: list[dict[str, Any]] = [
    {
        "sentence": "Bo asked you to be his mentor in statistics. Answer by Friday.",
        "button": "Read what Bo wrote",
        "url": "#people",
        "primary": True,
    },
    {
        "sentence": "Did you and Ana meet on Tuesday?",
        "button": "Confirm we met",
        "url": "/styleguide",
        "method": "post",
    },
    {
        "sentence": "You have not said yet when you are free next term.",
        "button": "Say when",
        "url": "#week-title",
    },
]

MENTORSHIP: list[dict[str, Any]] = [
    {
        "when": "Monday 5 October",
        "title": "You and Ana were matched",
        "detail": "Statistics, until 3 January",
    },
    {
        "when": "Thursday 8 October, 15:30 your time",
        "title": "First session",
        "detail": "You both confirmed it.",
        "url": "#timeline-title",
    },
    {
        "when": "This week",
        "title": "Third session",
        "detail": "Thursday 26 November, 15:30 your time, 09:30 hers",
        "state": "now",
    },
    {"when": "By Friday 11 December", "title": "Checkpoint with Ingrid Sørensen", "state": "next"},
    {"when": "Sunday 3 January", "title": "Your mentorship ends", "state": "next"},
]

CONFIRMED = [
    "You and Ana, Tuesday 24 November, 15:30 to 16:10 your time",
    "Counts as 1 of the 4 sessions in your grade",
]

FACTS = [
    ("Topics", "Statistics, Academic writing, Python for data"),
    ("Dates", "5 October 2026 to 3 January 2027"),
    ("Grade", "Full score for 4 sessions confirmed by both"),
    ("Checkpoint", "After the second session on a high-risk topic"),
]

SESSIONS = {"5 Oct": 4, "12 Oct": 9, "19 Oct": 11, "26 Oct": 8, "2 Nov": 12, "9 Nov": 10}

PROPOSALS = ("1", "2", "3")
PROPOSED = {
    "Very good fit": (41, 52, 30),
    "Good fit": (30, 18, 38),
    "Fair fit": (12, 9, 14),
    "Loose fit": (3, 8, 2),
    "No mentor": (4, 3, 6),
}
