"""Which statements belong together (xAPI Profiles 1.0, Structure 9).

Sessions may be noted after they took place, so their statements may be older than that of the pair: within a
mentorship the order is free. What is fixed is what may share a registration.
"""

from collections.abc import Iterable

from xapi import profile_templates as t
from xapi import vocabulary as v
from xapi.actors import JsonObject


def patterns() -> list[JsonObject]:
    return [
        _alternates("in-participation", [one.id for one in t.PARTICIPATION]),
        _primary(
            "participation",
            "Participation",
            "What one person does as a participant of a cohort: joining, training, leaving, coming back.",
            {"oneOrMore": _id("in-participation")},
        ),
        _alternates("in-mentorship", [one.id for one in (*t.PAIRING, *t.MEETING, *t.AGREED)]),
        _primary(
            "mentorship",
            "Mentorship",
            "All that happens in one mentorship, from being brought together to the last session.",
            {"oneOrMore": _id("in-mentorship")},
        ),
        _alternates("in-open-session", [one.id for one in t.MEETING]),
        _primary(
            "open-session",
            "Session of the cohort",
            "One session for the whole cohort, of which no single mentorship is the parent.",
            {"oneOrMore": _id("in-open-session")},
        ),
    ]


def _id(slug: str) -> str:
    return f"{v.PROFILE}/patterns/{slug}"


def _alternates(slug: str, members: Iterable[str]) -> JsonObject:
    return {
        "id": _id(slug),
        "type": "Pattern",
        "inScheme": v.PROFILE_VERSION,
        "alternates": list(members),
    }


def _primary(slug: str, label: str, definition: str, kind: JsonObject) -> JsonObject:
    about: JsonObject = {
        "id": _id(slug),
        "type": "Pattern",
        "primary": True,
        "inScheme": v.PROFILE_VERSION,
        "prefLabel": {"en": label},
        "definition": {"en": definition},
    }
    return about | kind
