"""From an event to its statement: pure, so that the same event always gives the same statement."""

import uuid
from typing import Literal

from xapi import activities, actors, events
from xapi import vocabulary as v
from xapi.actors import JsonObject
from xapi.telling import NAMESPACE, Telling, tell

Version = Literal["1.0.3", "2.0.0"]

PLATFORM = "Peer Mentor"


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
    told = tell(event)
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


def _context(event: events.Event, told: Telling, version: Version) -> JsonObject:
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


def _people(context: JsonObject, told: Telling, version: Version) -> None:
    """Name the mentor and mentees: 1.0.3 has only extensions for it, 2.0.0 ``contextAgents``."""
    extensions = dict(told.extensions)
    if version == "2.0.0":
        context.update(_people_of_2_0(context, told))
    elif told.mentor is not None:
        extensions[v.TARGET.iri] = actors.agent(told.mentor)
        extensions[v.MENTEE.iri] = [actors.agent(one) for one in told.mentees]
    if extensions:
        context["extensions"] = extensions


def _people_of_2_0(context: JsonObject, told: Telling) -> JsonObject:
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
