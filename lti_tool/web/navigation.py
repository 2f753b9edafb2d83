"""The one line at the top of each page: where I am, and at most five plain links."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db import models
from lti_tool.web.access import Place
from lti_tool.web.administration import Administrator
from lti_tool.web.identity import way_back

COHORT = ("cohorts.show", _l("Cohort"))
PEOPLE = ("cohorts.people", _l("People"))
MATCHING = ("rounds.index", _l("Matching"))
GRADEBOOK = ("reports.gradebook", _l("Gradebook"))
REPORT = ("reports.engagement", _l("Report"))
ROOM_OF = {"reports.gradebook": "grading"}
"""A page to which another room's pages belong."""
REVIEWS = ("checkpoints.queue", _l("Reviews"))


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Head:
    course: str
    cohort: str | None
    links: list[Link]


def register(app: Flask) -> None:
    app.context_processor(_head)


def _head() -> dict[str, Any]:
    here: Place | None = g.get("place")
    if here is None:
        return {"viewer": None, "place": _administration(), "zone_url": None, "course_url": None}
    head = Head(
        course=here.course.display_title or _("Your course"),
        cohort=here.cohort.name if here.cohort else None,
        links=_links(here) if here.cohort else [],
    )
    zone_url = url_for("profiles.timezone", course_id=here.course.id, back=request.script_root + request.path)
    course_url = way_back(here.course.id, from_tab=True)
    return {"viewer": here.viewer, "place": head, "zone_url": zone_url, "course_url": course_url}


def _administration() -> Head | None:
    who: Administrator | None = g.get("administrator")
    if who is None:
        return None
    pages = [("admin.log", _l("Log"))]
    if who.runs_the_tool:
        pages = [
            ("admin.platforms", _l("Platforms")),
            ("admin.add", _l("Add a platform")),
            ("admin.keys", _l("Keys")),
            *pages,
        ]
    else:
        pages = [("admin.home", _l("Platform")), *pages]
    links = [Link(str(label), url_for(name), request.endpoint == name) for name, label in pages]
    return Head(course=_("Administration of Peer Mentor"), cohort=None, links=links)


def _links(here: Place) -> list[Link]:
    is_expert = here.participant is not None and here.participant.role == "expert"
    if is_expert and here.viewer.teaches:
        # Five at the most: people are a click away, on the cohort's page.
        pages = [REVIEWS, COHORT, MATCHING, GRADEBOOK, REPORT]
    elif is_expert:
        pages = [REVIEWS]
    elif here.viewer.teaches:
        pages = [COHORT, PEOPLE, MATCHING, GRADEBOOK, REPORT]
    elif here.participant is not None:
        pages = [
            ("mentorships.home", _l("Home")),
            ("reports.mine", _l("My participation")),
            ("profiles.me", _l("Me")),
        ]
    else:
        return []
    return [_link(here, endpoint, str(label)) for endpoint, label in pages]


def _link(here: Place, endpoint: str, label: str) -> Link:
    cohort: models.Cohort | None = here.cohort
    assert cohort is not None
    url = url_for(endpoint, course_id=here.course.id, cohort_id=cohort.id)
    room = ROOM_OF.get(endpoint) or endpoint.split(".")[0]
    in_room = (request.endpoint or "").split(".")[0] == room
    # Several links lead into one of these rooms.
    alone = room in {"cohorts", "reports", "profiles"}
    current = request.endpoint == endpoint or (in_room and not alone)
    return Link(label, url, current)
