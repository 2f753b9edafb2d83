"""From an event to its statement: pure, so that the same event always gives the same statement."""

import uuid
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Literal

from xapi import activities, actors, events
from xapi import vocabulary as v
from xapi.actors import Account, JsonObject

Version = Literal["1.0.3", "2.0.0"]

NAMESPACE = uuid.UUID("5c91e9ec-601a-4757-95e0-dcab212e466a")
"""Fixed for ever: statement ids are UUIDv5 in it, so a statement built again has the id it had."""
PLATFORM = "Peer Mentor"
PAIR = "pair"


@dataclass(frozen=True)
class _Telling:
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


def statement(event: events.Event, version: Version = "1.0.3") -> dict[str, object]:
    """The xAPI statement that tells of an event.

    Args:
        event: one of the kinds in `xapi.events`.
        version: of the record store it is for; only ``context`` differs (see `_people`).

    Returns:
        A JSON object with a fixed ``id``. People are accounts: no names,
        no mailboxes, nothing of what was said.

    Raises:
        TypeError: the event is of no known kind.
    """
    told = _tell(event)
    made: dict[str, object] = {
        "id": str(uuid.uuid5(NAMESPACE, f"{event.id}:{told.role}")),
        "actor": told.actor,
        "verb": {"id": told.verb.iri, "display": {"en": told.verb.label}},
        "object": told.object,
        "context": _context(event, told, version),
        "timestamp": activities.moment(event.occurred_at),
    }
    if told.result is not None:
        made["result"] = told.result
    return made


def _context(event: events.Event, told: _Telling, version: Version) -> JsonObject:
    programme = event.programme
    context: JsonObject = {
        "registration": str(told.registration),
        "contextActivities": {
            "parent": [told.parent],
            "grouping": [activities.cohort(programme), activities.course(programme)],
            "category": [activities.category()],
        },
        "platform": PLATFORM,
    }
    if event.language:
        context["language"] = event.language
    if told.instructor is not None:
        context["instructor"] = actors.agent(told.instructor)
    if told.pairing is not None:
        context["team"] = actors.pair(programme.tool, told.pairing.registration)
    _people(context, told, version)
    return context


def _people(context: JsonObject, told: _Telling, version: Version) -> None:
    """Name the mentor and mentees: 1.0.3 has only extensions for it, 2.0.0 ``contextAgents``."""
    extensions = dict(told.extensions)
    if version == "2.0.0":
        context.update(_people_of_2_0(context, told))
    elif told.mentor is not None:
        extensions[v.TARGET.iri] = actors.agent(told.mentor)
        extensions[v.MENTEE.iri] = [actors.agent(one) for one in told.mentees]
    if extensions:
        context["extensions"] = extensions


def _people_of_2_0(context: JsonObject, told: _Telling) -> JsonObject:
    """xAPI 2.0.0 (IEEE 9274.1.1): people and groups in the context, each with what they are there."""
    made: JsonObject = {}
    if told.mentor is not None:
        people = [(told.mentor, v.MENTOR.iri), *((one, v.MENTORED.iri) for one in told.mentees)]
        made["contextAgents"] = [
            {"objectType": "contextAgent", "agent": actors.agent(one), "relevantTypes": [role]}
            for one, role in people
        ]
    if "team" in context:
        made["contextGroups"] = [
            {"objectType": "contextGroup", "group": context["team"], "relevantTypes": [v.PAIR.iri]}
        ]
    return made


@singledispatch
def _tell(event: events.Event) -> _Telling:
    raise TypeError(f"no statement is known for {type(event).__name__}")


@_tell.register
def _(event: events.CohortJoined) -> _Telling:
    return _membership(event, v.JOIN)


@_tell.register
def _(event: events.CohortLeft) -> _Telling:
    return _membership(event, v.LEAVE)


def _membership(event: events.CohortJoined | events.CohortLeft, verb: v.Term) -> _Telling:
    return _Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=verb,
        object=activities.cohort(event.programme),
        registration=event.participation,
        parent=activities.course(event.programme),
        extensions={v.ROLE.iri: event.role},
    )


@_tell.register
def _(event: events.MentorAssigned) -> _Telling:
    return _Telling(
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


@_tell.register
def _(event: events.SessionScheduled) -> _Telling:
    return _appointment(event, v.SCHEDULE)


@_tell.register
def _(event: events.SessionCancelled) -> _Telling:
    return _appointment(event, v.CANCEL)


def _appointment(event: events.SessionScheduled | events.SessionCancelled, verb: v.Term) -> _Telling:
    planned = {
        v.ROLE.iri: event.role,
        v.PLANNED_START.iri: activities.moment(event.meeting.starts_at),
        v.PLANNED_DURATION.iri: activities.duration(event.meeting.minutes),
    }
    return _Telling(
        role=event.role,
        actor=actors.agent(event.actor),
        verb=verb,
        object=activities.session(event.programme, event.meeting),
        registration=_session_registration(event),
        parent=_session_parent(event),
        pairing=event.pairing,
        extensions={**planned},
    )


@_tell.register
def _(event: events.SessionAttended) -> _Telling:
    return _Telling(
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


@_tell.register
def _(event: events.SessionCompleted) -> _Telling:
    """What the people of a mentorship do together is told of them together."""
    registration = _session_registration(event)
    return _Telling(
        role=PAIR,
        actor=actors.pair(event.programme.tool, registration),
        verb=v.COMPLETED,
        object=activities.session(event.programme, event.meeting),
        registration=registration,
        parent=_session_parent(event),
        result={"completion": True, "duration": activities.duration(event.meeting.minutes)},
    )


@_tell.register
def _(event: events.CheckpointSigned) -> _Telling:
    return _Telling(
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
