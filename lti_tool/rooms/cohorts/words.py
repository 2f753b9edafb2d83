"""Names of roles and states as the pages of people and of a cohort show them."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db import models
from lti_tool.web import rule_words

ROLE_NAMES = {
    "mentee": _l("Wants to learn"),
    "mentor": _l("Mentors"),
    "both": _l("Learns and mentors"),
    "expert": _l("Expert"),
}
STATE_NAMES = {
    "paired": _l("In a pair"),
    "ready": _l("Ready to mentor"),
    "waiting": _l("Waits for a mentor"),
    "unfinished": _l("Profile not finished"),
    "approval": _l("Waits for your yes"),
    "expert": _l("Reviews pairs"),
    "missing": _l("Not on the course list"),
    "outside": _l("Not in the group"),
}
STATE_KINDS = {
    "paired": "ok",
    "ready": "info",
    "waiting": "wait",
    "unfinished": "off",
    "approval": "warn",
    "expert": "info",
    "missing": "warn",
    "outside": "warn",
}
INTEREST_KINDS = [("wants", _l("Learns")), ("offers", _l("Helps with")), ("reviews", _l("Reviews"))]

ROLE_CHOICES = [("", _l("Any")), *ROLE_NAMES.items()]
STATE_CHOICES = [
    ("", _l("Any")),
    *((state, STATE_NAMES[state]) for state in ("paired", "waiting", "unfinished", "approval", "missing")),
]

MENTORS = {"anyone": _l("Anyone who offers to"), "chosen": _l("Those whom you choose among who offer")}
CHECKPOINTS = {
    "high_risk": _l("Pairs on a topic of high risk"),
    "all": _l("Every pair"),
    "none": _l("No pair"),
}
DRAWN = {5: _l("One in twenty"), 10: _l("One in ten"), 20: _l("One in five")}
"""Samples of the other pairs, by `Cohort.audit_percent`."""

GROUP_RULES = {
    "any": _l("From any group"),
    "same": _l("Only from the same group"),
    "different": _l("Only from different groups"),
}


def state_choices(cohort: models.Cohort) -> list[tuple[str, Any]]:
    """What the people of the cohort can be filtered by."""
    return STATE_CHOICES + ([("outside", STATE_NAMES["outside"])] if cohort.only_group else [])


def rules(cohort: models.Cohort) -> list[tuple[str, str]]:
    """What was agreed, for the macro `definition_list`."""
    topics = [
        _("%(topic)s (high risk)", topic=topic.name) if topic.risk == "high" else topic.name
        for topic in cohort.topics
    ]
    audience = [(_("For"), cohort.only_group_name)] if cohort.only_group_name else []
    groups = [(_("Pairs come"), str(GROUP_RULES[cohort.group_rule]))] if cohort.group_rule != "any" else []
    return [
        *audience,
        (_("Topics"), ", ".join(topics)),
        (_("Who may mentor"), str(MENTORS[cohort.mentors])),
        *groups,
        (_("An expert looks at"), reviewed(cohort)),
        (_("Gradebook"), _grade_rule(cohort.grade_rule)),
    ]


def reviewed(cohort: models.Cohort) -> str:
    """Which pairs owe a review: "Pairs on a topic of high risk; one in ten of the others, ..."."""
    owing = [str(CHECKPOINTS[cohort.checkpoints])]
    if cohort.checkpoints == "all":
        return owing[0]
    if cohort.review_untrained:
        owing.append(_("pairs whose mentor has not had the training yet"))
    if cohort.audit_percent:
        owing.append(_drawn(cohort.audit_percent))
    if cohort.checkpoints == "none" and len(owing) > 1:
        del owing[0]
    text = "; ".join(owing)
    return text[:1].upper() + text[1:]


def _drawn(percent: int) -> str:
    words = {
        5: _("one in twenty of the others, drawn at random"),
        10: _("one in ten of the others, drawn at random"),
        20: _("one in five of the others, drawn at random"),
    }
    return str(words.get(percent) or _("%(percent)s of a hundred of the others", percent=percent))


def _grade_rule(rule: models.GradeRule) -> str:
    return rule_words.sentence(rule) if rule.enabled else str(_("Nothing is sent"))
