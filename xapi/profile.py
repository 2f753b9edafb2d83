"""The project's xAPI profile as JSON-LD (xAPI Profiles 1.0): what its statements look like and mean."""

import json
from dataclasses import dataclass

from xapi import vocabulary as v
from xapi.actors import JsonObject

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
PUBLISHED = "2026-11-24T00:00:00Z"
"""When version 1.0 was made. A change of terms or templates is a new version with a new IRI."""


@dataclass(frozen=True)
class _Template:
    """A kind of statement: which verb with which activity type, and what must be in it."""

    slug: str
    verb: v.Term
    activity: v.Term
    definition: str
    included: tuple[str, ...] = ()


_DURATION = "$.result.duration"
_SUCCESS = "$.result.success"
_PLANNED = (
    f"$.context.extensions['{v.PLANNED_START.iri}']",
    f"$.context.extensions['{v.PLANNED_DURATION.iri}']",
)

_TEMPLATES = (
    _Template("cohort-joined", v.JOIN, v.GROUP, "Somebody joined a cohort."),
    _Template("cohort-left", v.LEAVE, v.GROUP, "Somebody left a cohort."),
    _Template("mentor-assigned", v.ASSIGN, v.MENTORSHIP, "A coordinator published a pair."),
    _Template("session-scheduled", v.SCHEDULE, v.TUTOR_SESSION, "Somebody booked a session.", _PLANNED),
    _Template("session-cancelled", v.CANCEL, v.TUTOR_SESSION, "Somebody called a session off.", _PLANNED),
    _Template("session-attended", v.ATTENDED, v.TUTOR_SESSION, "One person was there.", (_DURATION,)),
    _Template("session-completed", v.COMPLETED, v.TUTOR_SESSION, "The pair held a session.", (_DURATION,)),
    _Template("checkpoint-passed", v.PASSED, v.ASSESSMENT, "The practice was found sound.", (_SUCCESS,)),
    _Template("checkpoint-failed", v.FAILED, v.ASSESSMENT, "It needs another look.", (_SUCCESS,)),
)

_ALWAYS = (
    "$.id",
    "$.timestamp",
    "$.context.registration",
    "$.context.contextActivities.parent",
    "$.context.contextActivities.grouping",
)


def profile() -> dict[str, object]:
    """The profile document, to be served as ``application/ld+json``."""
    return {
        "@context": CONTEXT,
        "id": v.PROFILE,
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": {"en": "Peer Mentor"},
        "definition": {"en": "Peer mentoring in a course: joining, pairing, meeting, expert checkpoints."},
        "author": {"type": "Organization", "name": "Peer Mentor"},
        "versions": [{"id": v.PROFILE_VERSION, "generatedAtTime": PUBLISHED}],
        "concepts": _concepts(),
        "templates": [_template(one) for one in _TEMPLATES],
    }


def _concepts() -> list[JsonObject]:
    """The project's own terms. Those of other vocabularies are used by their IRIs and not defined again."""
    activity_types = [_concept(term, "ActivityType") for term in (v.MENTORSHIP, v.MENTOR, v.MENTORED, v.PAIR)]
    activity_extension = _extension(
        v.LTI_CONTEXT, "ActivityExtension", {"type": "object"}, activity_types=[v.COURSE.iri]
    )
    session_format = _extension(
        v.FORMAT, "ActivityExtension", {"type": "string"}, activity_types=[v.TUTOR_SESSION.iri]
    )
    appointments = [v.SCHEDULE.iri, v.CANCEL.iri]
    moment = {"type": "string", "format": "date-time"}
    contexts = [
        _extension(v.MENTEE, "ContextExtension", {"type": "array"}, verbs=[v.ASSIGN.iri]),
        _extension(v.ROLE, "ContextExtension", {"type": "string"}, verbs=[v.JOIN.iri, v.ATTENDED.iri]),
        _extension(v.PLANNED_START, "ContextExtension", moment, verbs=appointments),
        _extension(v.PLANNED_DURATION, "ContextExtension", {"type": "string"}, verbs=appointments),
    ]
    return [*activity_types, activity_extension, session_format, *contexts]


def _concept(term: v.Term, kind: str) -> JsonObject:
    return {
        "id": term.iri,
        "type": kind,
        "inScheme": v.PROFILE_VERSION,
        "prefLabel": {"en": term.label},
        "definition": {"en": term.definition},
    }


def _extension(
    term: v.Term,
    kind: str,
    schema: dict[str, str],
    *,
    activity_types: list[str] | None = None,
    verbs: list[str] | None = None,
) -> JsonObject:
    """An extension; the specification wants the schema of its value as a text."""
    made = _concept(term, kind)
    made["inlineSchema"] = json.dumps(schema)
    if activity_types:
        made["recommendedActivityTypes"] = activity_types
    if verbs:
        made["recommendedVerbs"] = verbs
    return made


def _template(one: _Template) -> JsonObject:
    rules: list[JsonObject] = [{"location": path, "presence": "included"} for path in _ALWAYS + one.included]
    category = {
        "location": "$.context.contextActivities.category[*].id",
        "presence": "included",
        "any": [v.PROFILE_VERSION],
    }
    # Not even an optional part of an actor may say who somebody is.
    nameless = [
        {"location": f"$.actor.{field}", "presence": "excluded"} for field in ("name", "mbox", "mbox_sha1sum")
    ]
    return {
        "id": f"{v.PROFILE}/templates/{one.slug}",
        "type": "StatementTemplate",
        "inScheme": v.PROFILE_VERSION,
        "prefLabel": {"en": one.slug.replace("-", " ").capitalize()},
        "definition": {"en": one.definition},
        "verb": one.verb.iri,
        "objectActivityType": one.activity.iri,
        "rules": [*rules, category, *nameless],
    }
