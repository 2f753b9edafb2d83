"""xAPI for peer mentoring: events in, statements out. Imports neither Flask, SQLAlchemy nor lti_tool."""

from xapi.actors import Account
from xapi.client import Client, Found, Refusal, SendReport
from xapi.events import (
    AnyEvent,
    CheckpointSigned,
    CohortJoined,
    CohortLeft,
    Event,
    Meeting,
    MentorAssigned,
    Pairing,
    Programme,
    Role,
    SessionAttended,
    SessionCancelled,
    SessionCompleted,
    SessionScheduled,
    read_event,
    role,
)
from xapi.profile import profile
from xapi.statements import NAMESPACE, Version, statement

__all__ = [
    "NAMESPACE",
    "Account",
    "AnyEvent",
    "CheckpointSigned",
    "Client",
    "CohortJoined",
    "CohortLeft",
    "Event",
    "Found",
    "Meeting",
    "MentorAssigned",
    "Pairing",
    "Programme",
    "Refusal",
    "Role",
    "SendReport",
    "SessionAttended",
    "SessionCancelled",
    "SessionCompleted",
    "SessionScheduled",
    "Version",
    "profile",
    "read_event",
    "role",
    "statement",
]
