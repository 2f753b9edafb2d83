"""The project's own terms (xAPI Profiles 1.0, Structure 7). Those of others are used by their IRIs."""

import json
from collections.abc import Mapping

from xapi import vocabulary as v
from xapi.actors import JsonObject

_ACCOUNT = {
    "type": "object",
    "required": ["objectType", "account"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "Agent"},
        "account": {
            "type": "object",
            "required": ["homePage", "name"],
            "properties": {"homePage": {"type": "string"}, "name": {"type": "string"}},
        },
    },
}
_LTI_NAMES = {"type": "string"}


def concepts() -> list[JsonObject]:
    kinds = [_concept(term, "ActivityType") for term in (v.MENTORSHIP, v.MENTOR, v.MENTORED, v.PAIR)]
    commitment = _concept(v.COMMITMENT, "ActivityType") | {"relatedMatch": [v.GOAL.iri]}
    verbs = [_concept(term, "Verb") for term in (v.MISSED, v.COMMITTED, v.KEPT)]
    return [*kinds, commitment, *verbs, *_activity_extensions(), *_context_extensions()]


def _activity_extensions() -> list[JsonObject]:
    lti = {"type": "object", "properties": dict.fromkeys(("issuer", "deployment", "context"), _LTI_NAMES)}
    formats = {"enum": ["mentoring", "pairing", "circle", "knowledge_share", "community"]}
    return [
        _extension(v.LTI_CONTEXT, lti, activity_types=[v.COURSE.iri]),
        _extension(v.FORMAT, formats, activity_types=[v.TUTOR_SESSION.iri]),
    ]


def _context_extensions() -> list[JsonObject]:
    planned = [v.SCHEDULE.iri, v.CANCEL.iri, v.MISSED.iri]
    by_role = [v.JOIN, v.LEAVE, v.SCHEDULE, v.CANCEL, v.ATTENDED, v.MISSED, v.COMMITTED, v.KEPT, v.REVIEWED]
    roles = {"enum": ["mentee", "mentor", "both", "expert", "peer", "coordinator"]}
    pairing = [v.REQUESTED.iri, v.ASSIGN.iri, v.ACCEPT.iri, v.DENY.iri]
    promises = [v.COMMITTED.iri, v.KEPT.iri, v.MISSED.iri]
    return [
        _extension(v.MENTEE, {"type": "array", "items": _ACCOUNT}, verbs=pairing),
        _extension(v.ROLE, roles, verbs=[*(term.iri for term in by_role), v.COMPLETED.iri]),
        _extension(v.PLANNED_START, {"type": "string", "format": "date-time"}, verbs=planned),
        _extension(v.PLANNED_DURATION, {"type": "string", "pattern": "^PT[0-9]+M$"}, verbs=planned),
        _extension(v.DUE, {"type": "string", "format": "date"}, verbs=promises),
    ]


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
    schema: Mapping[str, object],
    *,
    activity_types: list[str] | None = None,
    verbs: list[str] | None = None,
) -> JsonObject:
    """An extension; the specification (Structure 7.2) wants the JSON Schema of its value as a text."""
    made = _concept(term, "ActivityExtension" if activity_types else "ContextExtension")
    made["inlineSchema"] = json.dumps(schema)
    if activity_types:
        made["recommendedActivityTypes"] = activity_types
    if verbs:
        made["recommendedVerbs"] = verbs
    return made
