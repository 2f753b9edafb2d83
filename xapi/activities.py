"""The activities of the tool. Ids are IRIs under the tool's public URL and never change."""

import uuid
from datetime import UTC, datetime

from xapi import vocabulary as v
from xapi.actors import JsonObject
from xapi.events import Meeting, Pairing, Programme

UNDETERMINED = "und"
"""Language of what people typed: nobody asked them for it (RFC 5646 section 4.1)."""


def course(programme: Programme) -> JsonObject:
    known_as = {
        "issuer": programme.issuer,
        "deployment": programme.deployment,
        "context": programme.context,
    }
    activity_id = _id(programme, "courses", programme.course_id)
    return _activity(activity_id, v.COURSE, programme.course_title, {v.LTI_CONTEXT.iri: known_as})


def cohort(programme: Programme) -> JsonObject:
    return _activity(_id(programme, "cohorts", programme.cohort_id), v.GROUP, programme.cohort_name)


def mentorship(programme: Programme, pairing: Pairing) -> JsonObject:
    return _activity(_id(programme, "mentorships", pairing.registration), v.MENTORSHIP, pairing.topic)


def session(programme: Programme, meeting: Meeting) -> JsonObject:
    return _activity(
        _id(programme, "sessions", meeting.id), v.TUTOR_SESSION, "", {v.FORMAT.iri: meeting.format}
    )


def checkpoint(programme: Programme, checkpoint_id: int) -> JsonObject:
    return _activity(_id(programme, "checkpoints", checkpoint_id), v.ASSESSMENT, "")


def commitment(programme: Programme, commitment_id: int) -> JsonObject:
    return _activity(_id(programme, "commitments", commitment_id), v.COMMITMENT, "")


def training(programme: Programme) -> JsonObject:
    """The training for peer mentors, as this cohort asks for it."""
    return _activity(f"{_id(programme, 'cohorts', programme.cohort_id)}/training", v.LESSON, "")


def feedback(programme: Programme, meeting: Meeting) -> JsonObject:
    return _activity(f"{_id(programme, 'sessions', meeting.id)}/feedback", v.REVIEW, "")


def category() -> JsonObject:
    """The version of the profile that a statement follows (xAPI Profiles, Communication 1.0)."""
    return {
        "objectType": "Activity",
        "id": v.PROFILE_VERSION,
        "definition": {"type": v.PROFILE_TYPE.iri},
    }


def moment(value: datetime) -> str:
    """A timestamp in UTC to the millisecond (RFC 3339; xAPI 1.0.3, Data 4.5)."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(minutes: int) -> str:
    """ISO 8601, as xAPI 1.0.3, Data 4.6 asks for."""
    return f"PT{minutes}M"


def _id(programme: Programme, kind: str, key: int | uuid.UUID) -> str:
    return f"{programme.tool.rstrip('/')}/xapi/{kind}/{key}"


def _activity(
    activity_id: str, kind: v.Term, name: str, extensions: dict[str, object] | None = None
) -> JsonObject:
    definition: JsonObject = {"type": kind.iri, "name": {UNDETERMINED: name} if name else {"en": kind.label}}
    if extensions:
        definition["extensions"] = extensions
    return {"objectType": "Activity", "id": activity_id, "definition": definition}
