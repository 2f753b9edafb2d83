"""What each kind of statement looks like (xAPI Profiles 1.0, Structure 8)."""

from dataclasses import dataclass

from xapi import vocabulary as v
from xapi.actors import JsonObject


@dataclass(frozen=True)
class Template:
    """A kind of statement: which verb with which activity type, and what must be in it."""

    slug: str
    verb: v.Term
    activity: v.Term
    definition: str
    included: tuple[str, ...] = ()
    fixed: tuple[tuple[str, object], ...] = ()
    """What has this one value, as location and value."""

    @property
    def id(self) -> str:
        return f"{v.PROFILE}/templates/{self.slug}"


_DURATION = "$.result.duration"
_COMPLETION = "$.result.completion"
_PLANNED = tuple(f"$.context.extensions['{term.iri}']" for term in (v.PLANNED_START, v.PLANNED_DURATION))
_SCORE = tuple(f"$.result.score.{part}" for part in ("scaled", "raw", "min", "max"))
_REGISTERED = (
    "$.id",
    "$.timestamp",
    "$.context.registration",
    "$.context.platform",
    "$.context.contextActivities.parent[*].id",
)
_KEPT_APART = ("name", "mbox", "mbox_sha1sum", "openid", "member")

PARTICIPATION = (
    Template("cohort-joined", v.JOIN, v.GROUP, "Somebody joined a cohort."),
    Template("cohort-left", v.LEAVE, v.GROUP, "Somebody left a cohort."),
    Template(
        "training-completed",
        v.COMPLETED,
        v.LESSON,
        "Somebody finished the training for peer mentors.",
        fixed=((_COMPLETION, True),),
    ),
)
PAIRING = (
    Template("mentor-requested", v.REQUESTED, v.MENTORSHIP, "A mentee asked somebody to be their mentor."),
    Template("mentor-assigned", v.ASSIGN, v.MENTORSHIP, "A coordinator published a pair."),
    Template("mentor-accepted", v.ACCEPT, v.MENTORSHIP, "The mentor said yes."),
    Template("mentor-declined", v.DENY, v.MENTORSHIP, "The mentor said no."),
)
MEETING = (
    Template("session-scheduled", v.SCHEDULE, v.TUTOR_SESSION, "Somebody booked a session.", _PLANNED),
    Template("session-cancelled", v.CANCEL, v.TUTOR_SESSION, "Somebody called a session off.", _PLANNED),
    Template("session-attended", v.ATTENDED, v.TUTOR_SESSION, "One person was there.", (_DURATION,)),
    Template("session-missed", v.MISSED, v.TUTOR_SESSION, "One person was not there.", _PLANNED),
    Template(
        "session-completed",
        v.COMPLETED,
        v.TUTOR_SESSION,
        "All who were to meet held the session.",
        (_DURATION,),
        ((_COMPLETION, True),),
    ),
    Template("feedback-given", v.REVIEWED, v.REVIEW, "Somebody rated a session.", _SCORE),
)
AGREED = (
    Template("commitment-made", v.COMMITTED, v.COMMITMENT, "Somebody promised something to a partner."),
    Template(
        "commitment-kept", v.KEPT, v.COMMITMENT, "The partner confirmed it.", fixed=((_COMPLETION, True),)
    ),
    Template("commitment-missed", v.MISSED, v.COMMITMENT, "It was not kept.", fixed=((_COMPLETION, False),)),
    Template(
        "checkpoint-passed",
        v.PASSED,
        v.ASSESSMENT,
        "An expert found the practice sound.",
        ("$.context.instructor.account.name",),
        (("$.result.success", True),),
    ),
    Template(
        "checkpoint-failed",
        v.FAILED,
        v.ASSESSMENT,
        "An expert asks for another look.",
        ("$.context.instructor.account.name",),
        (("$.result.success", False),),
    ),
)


def templates() -> list[JsonObject]:
    return [_template(one) for one in (*PARTICIPATION, *PAIRING, *MEETING, *AGREED)]


def _template(one: Template) -> JsonObject:
    included: list[JsonObject] = [
        {"location": path, "presence": "included"} for path in _REGISTERED + one.included
    ]
    fixed: list[JsonObject] = [
        {"location": path, "presence": "included", "all": [value]} for path, value in one.fixed
    ]
    # Not even an optional part of an actor may say who somebody is.
    nameless: list[JsonObject] = [
        {"location": f"$.{who}.{field}", "presence": "excluded"}
        for who in ("actor", "context.instructor", "context.team")
        for field in _KEPT_APART
    ]
    return {
        "id": one.id,
        "type": "StatementTemplate",
        "inScheme": v.PROFILE_VERSION,
        "prefLabel": {"en": one.slug.replace("-", " ").capitalize()},
        "definition": {"en": one.definition},
        "verb": one.verb.iri,
        "objectActivityType": one.activity.iri,
        "contextGroupingActivityType": [v.GROUP.iri, v.COURSE.iri],
        "contextCategoryActivityType": [v.PROFILE_TYPE.iri],
        "rules": [*included, *fixed, _category(), _account("actor"), *nameless],
    }


def _category() -> JsonObject:
    return {
        "location": "$.context.contextActivities.category[*].id",
        "presence": "included",
        "any": [v.PROFILE_VERSION],
        "scopeNote": {"en": "The version of this profile that the statement follows."},
    }


def _account(who: str) -> JsonObject:
    return {
        "location": f"$.{who}.account.name",
        "presence": "included",
        "scopeNote": {
            "en": "As the learning platform knows the person, or a pseudonym of that; never a name."
        },
    }
