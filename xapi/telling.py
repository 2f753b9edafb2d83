"""What each kind of event says in its statement; what all statements have in common is in `statements`."""

import uuid
from dataclasses import dataclass, field
from functools import singledispatch

from xapi import activities, actors, events
from xapi import vocabulary as v
from xapi.actors import Account, JsonObject

NAMESPACE = uuid.UUID("5c91e9ec-601a-4757-95e0-dcab212e466a")
"""Fixed for ever: statement ids are UUIDv5 in it, so a statement built again has the id it had."""
PAIR = "pair"


@dataclass(frozen=True)
class Telling:
    """What one kind of event says; everything else is the same for all."""

    role: str
    """Of the actor; with the event's id it makes the statement's id."""
    actor: JsonObject
    verb: v.Term
    object: JsonObject
    registration: uuid.UUID
    parent: JsonObject
    pairing: events.Pairing | None = None
    instructor: Account | None = None
    result: JsonObject | None = None
    extensions: JsonObject = field(default_factory=dict)
    mentor: Account | None = None
    mentees: tuple[Account, ...] = ()


@singledispatch
def tell(event: events.Event) -> Telling:
    raise TypeError(f"no statement is known for {type(event).__name__}")


@tell.register
def _(event: events.CohortJoined) -> Telling:
    return _membership(event, v.JOIN)


@tell.register
def _(event: events.CohortLeft) -> Telling:
    return _membership(event, v.LEAVE)


def _membership(event: events.CohortJoined | events.CohortLeft, verb: v.Term) -> Telling:
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=verb,
        object=activities.cohort(event.programme),
        registration=event.participation,
        parent=activities.course(event.programme),
        extensions={v.ROLE.iri: event.role},
    )


@tell.register
def _(event: events.TrainingCompleted) -> Telling:
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=v.COMPLETED,
        object=activities.training(event.programme),
        registration=event.participation,
        parent=activities.cohort(event.programme),
        result={"completion": True},
        extensions={v.ROLE.iri: event.role},
    )


@tell.register
def _(event: events.MentorRequested) -> Telling:
    return Telling(
        role="mentee",
        actor=actors.agent(event.actor),
        verb=v.REQUESTED,
        object=activities.mentorship(event.programme, event.pairing),
        registration=event.pairing.registration,
        parent=activities.cohort(event.programme),
        pairing=event.pairing,
        mentor=event.mentor,
        mentees=(event.actor,),
    )


@tell.register
def _(event: events.MentorAnswered) -> Telling:
    return Telling(
        role="mentor",
        actor=actors.agent(event.actor),
        verb=v.ACCEPT if event.accepted else v.DENY,
        object=activities.mentorship(event.programme, event.pairing),
        registration=event.pairing.registration,
        parent=activities.cohort(event.programme),
        pairing=event.pairing,
        mentor=event.actor,
        mentees=event.mentees,
    )


@tell.register
def _(event: events.MentorAssigned) -> Telling:
    return Telling(
        role="coordinator",
        actor=actors.agent(event.actor),
        verb=v.ASSIGN,
        object=activities.mentorship(event.programme, event.pairing),
        registration=event.pairing.registration,
        parent=activities.cohort(event.programme),
        pairing=event.pairing,
        mentor=event.mentor,
        mentees=event.mentees,
    )


@tell.register
def _(event: events.SessionScheduled) -> Telling:
    return _appointment(event, v.SCHEDULE)


@tell.register
def _(event: events.SessionCancelled) -> Telling:
    return _appointment(event, v.CANCEL)


def _appointment(
    event: events.SessionScheduled | events.SessionCancelled | events.SessionMissed, verb: v.Term
) -> Telling:
    planned = {
        v.ROLE.iri: event.role,
        v.PLANNED_START.iri: activities.moment(event.meeting.starts_at),
        v.PLANNED_DURATION.iri: activities.duration(event.meeting.minutes),
    }
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=verb,
        object=activities.session(event.programme, event.meeting),
        registration=_session_registration(event),
        parent=_session_parent(event),
        pairing=event.pairing,
        extensions={**planned},
    )


@tell.register
def _(event: events.SessionAttended) -> Telling:
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=v.ATTENDED,
        object=activities.session(event.programme, event.meeting),
        registration=_session_registration(event),
        parent=_session_parent(event),
        pairing=event.pairing,
        instructor=event.mentor,
        result={"duration": activities.duration(event.meeting.minutes)},
        extensions={v.ROLE.iri: event.role},
    )


@tell.register
def _(event: events.SessionMissed) -> Telling:
    return _appointment(event, v.MISSED)


@tell.register
def _(event: events.FeedbackGiven) -> Telling:
    span = event.highest - event.lowest
    score = {
        "scaled": round((event.rating - event.lowest) / span, 4) if span else 1,
        "raw": event.rating,
        "min": event.lowest,
        "max": event.highest,
    }
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=v.REVIEWED,
        object=activities.feedback(event.programme, event.meeting),
        registration=_session_registration(event),
        parent=activities.session(event.programme, event.meeting),
        pairing=event.pairing,
        result={"score": score},
        extensions={v.ROLE.iri: event.role},
    )


@tell.register
def _(event: events.CommitmentMade) -> Telling:
    return _promise(event, v.COMMITTED)


@tell.register
def _(event: events.CommitmentSettled) -> Telling:
    return _promise(event, v.KEPT if event.kept else v.MISSED, {"completion": event.kept})


def _promise(
    event: events.CommitmentMade | events.CommitmentSettled, verb: v.Term, result: JsonObject | None = None
) -> Telling:
    due = {v.DUE.iri: event.due_on.isoformat()} if event.due_on is not None else {}
    return Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=verb,
        object=activities.commitment(event.programme, event.commitment_id),
        registration=event.pairing.registration,
        parent=activities.mentorship(event.programme, event.pairing),
        pairing=event.pairing,
        result=result,
        extensions={v.ROLE.iri: event.role, **due},
    )


@tell.register
def _(event: events.SessionCompleted) -> Telling:
    """What the people of a mentorship do together is told of them together."""
    registration = _session_registration(event)
    return Telling(
        role=PAIR,
        actor=actors.pair(event.programme.tool, registration),
        verb=v.COMPLETED,
        object=activities.session(event.programme, event.meeting),
        registration=registration,
        parent=_session_parent(event),
        result={"completion": True, "duration": activities.duration(event.meeting.minutes)},
    )


@tell.register
def _(event: events.CheckpointSigned) -> Telling:
    return Telling(
        role=PAIR,
        actor=actors.pair(event.programme.tool, event.pairing.registration),
        verb=v.PASSED if event.passed else v.FAILED,
        object=activities.checkpoint(event.programme, event.checkpoint_id),
        registration=event.pairing.registration,
        parent=activities.mentorship(event.programme, event.pairing),
        instructor=event.expert,
        result={"success": event.passed, "completion": True},
    )


def _session_registration(event: events.SessionEvent) -> uuid.UUID:
    """The mentorship's; a session of the whole cohort has one of its own."""
    if event.pairing is not None:
        return event.pairing.registration
    return uuid.uuid5(NAMESPACE, str(activities.session(event.programme, event.meeting)["id"]))


def _session_parent(event: events.SessionEvent) -> JsonObject:
    if event.pairing is None:
        return activities.cohort(event.programme)
    return activities.mentorship(event.programme, event.pairing)
