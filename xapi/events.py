"""What happened, as typed values that hold all that the statements need; nothing about what was said."""

import uuid
from datetime import date
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


class MentorRequested(Event):
    """A mentee asked somebody to be their mentor; the pairing is what it would become."""

    kind: Literal["mentor.requested"] = "mentor.requested"
    actor: Account
    pairing: Pairing
    mentor: Account


class MentorAnswered(Event):
    """The mentor said yes or no to a request or an assignment."""

    kind: Literal["mentor.answered"] = "mentor.answered"
    actor: Account
    pairing: Pairing
    mentees: tuple[Account, ...]
    accepted: bool


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


class SessionMissed(_Appointment):
    """One person was not there, as the others said; ``occurred_at`` is when the session was to begin."""

    kind: Literal["session.missed"] = "session.missed"


class FeedbackGiven(_Appointment):
    """Somebody rated a session; what they wrote about it stays here."""

    kind: Literal["feedback.given"] = "feedback.given"
    rating: int
    lowest: int
    highest: int


class _Promise(Event):
    actor: Account
    role: Role
    pairing: Pairing
    commitment_id: int
    due_on: date | None = None


class CommitmentMade(_Promise):
    """Somebody promised their partner to do something; what it is stays with the pair."""

    kind: Literal["commitment.made"] = "commitment.made"


class CommitmentSettled(_Promise):
    """The partner confirmed that it was kept, or said that it was not."""

    kind: Literal["commitment.settled"] = "commitment.settled"
    kept: bool


class TrainingCompleted(_Membership):
    """Somebody finished the training for peer mentors."""

    kind: Literal["training.completed"] = "training.completed"


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
    | MentorRequested
    | MentorAssigned
    | MentorAnswered
    | SessionScheduled
    | SessionCancelled
    | SessionAttended
    | SessionMissed
    | SessionCompleted
    | FeedbackGiven
    | CommitmentMade
    | CommitmentSettled
    | TrainingCompleted
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
