"""What happened, as typed values that hold all that the statements need; nothing about what was said."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from xapi.actors import Account, Iri, type_config

Role = Literal["mentee", "mentor", "both", "expert", "peer", "coordinator"]


class Programme(BaseModel):
    """Where it happened: the tool, the course as the platform knows it, and the cohort."""

    model_config = type_config

    tool: Iri
    """Public URL of the tool; the ids of all activities begin with it."""
    issuer: Iri
    deployment: str
    context: str
    """LTI context id of the course."""
    course_id: int
    course_title: str
    cohort_id: int
    cohort_name: str


class Pairing(BaseModel):
    """A mentorship: its registration binds together all statements of what happens in it."""

    model_config = type_config

    id: int
    registration: uuid.UUID
    topic: str


class Meeting(BaseModel):
    """A session as planned. ``minutes`` is its length."""

    model_config = type_config

    id: int
    format: str
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(gt=0)]


class Event(BaseModel):
    """One thing that happened, at one moment. The id never changes: statement ids are made from it."""

    model_config = type_config

    kind: str
    id: uuid.UUID
    occurred_at: AwareDatetime
    programme: Programme
    language: Annotated[str | None, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] = None
    """BCP 47 language in which it happened, where known."""


class _Membership(Event):
    actor: Account
    role: Role
    participation: uuid.UUID
    """Registration of this person's time in the cohort."""


class CohortJoined(_Membership):
    kind: Literal["cohort.joined"] = "cohort.joined"


class CohortLeft(_Membership):
    kind: Literal["cohort.left"] = "cohort.left"


class MentorAssigned(Event):
    """A coordinator published a pair."""

    kind: Literal["mentor.assigned"] = "mentor.assigned"
    actor: Account
    pairing: Pairing
    mentor: Account
    mentees: tuple[Account, ...]


class SessionEvent(Event):
    """Something about a session."""

    meeting: Meeting
    pairing: Pairing | None
    """None for a session of the whole cohort."""


class _Appointment(SessionEvent):
    actor: Account
    role: Role


class SessionScheduled(_Appointment):
    kind: Literal["session.scheduled"] = "session.scheduled"


class SessionCancelled(_Appointment):
    kind: Literal["session.cancelled"] = "session.cancelled"


class SessionAttended(_Appointment):
    """One person was there; ``occurred_at`` is when the session began."""

    kind: Literal["session.attended"] = "session.attended"
    mentor: Account | None = None
    """Who mentored, where the actor is somebody else."""


class SessionCompleted(SessionEvent):
    """All of its people confirmed that the session took place."""

    kind: Literal["session.completed"] = "session.completed"


class CheckpointSigned(Event):
    """An expert signed off a review. The comment stays with the pair."""

    kind: Literal["checkpoint.signed"] = "checkpoint.signed"
    checkpoint_id: int
    pairing: Pairing
    expert: Account
    passed: bool


AnyEvent = Annotated[
    CohortJoined
    | CohortLeft
    | MentorAssigned
    | SessionScheduled
    | SessionCancelled
    | SessionAttended
    | SessionCompleted
    | CheckpointSigned,
    Field(discriminator="kind"),
]

_role: TypeAdapter[Role] = TypeAdapter(Role)
_any_event: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def read_event(data: dict[str, Any]) -> AnyEvent:
    """The event from its JSON form (``event.model_dump(mode="json")``).

    Raises:
        pydantic.ValidationError: the data is of no known kind or lacks something.
    """
    return _any_event.validate_python(data)


def role(name: str) -> Role:
    """The role of this name.

    Raises:
        pydantic.ValidationError: there is none.
    """
    return _role.validate_python(name)
