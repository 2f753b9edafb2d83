"""The project's xAPI profile as JSON-LD (xAPI Profiles 1.0): what its statements look like and mean."""

from xapi import profile_concepts, profile_patterns, profile_templates
from xapi import vocabulary as v

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
PUBLISHED = "2026-11-24T00:00:00Z"
"""When version 1.0 was made. A change of terms or templates is a new version with a new IRI."""


def profile() -> dict[str, object]:
    """The profile document, to be served as ``application/ld+json``."""
    return {
        "@context": CONTEXT,
        "id": v.PROFILE,
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": {"en": "Peer Mentor"},
        "definition": {
            "en": "Peer mentoring in a course: joining, pairing, meeting, commitments, expert checkpoints."
        },
        "author": {"type": "Organization", "name": "Peer Mentor"},
        "versions": [{"id": v.PROFILE_VERSION, "generatedAtTime": PUBLISHED}],
        "concepts": profile_concepts.concepts(),
        "templates": profile_templates.templates(),
        "patterns": profile_patterns.patterns(),
    }
