"""Statements in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.rooms.statements.queries import KEPT, Row

KINDS = {
    "cohort.joined": _l("Joined a cohort"),
    "cohort.left": _l("Left a cohort"),
    "training.completed": _l("Finished the training"),
    "mentor.assigned": _l("Pair published"),
    "session.scheduled": _l("Session booked"),
    "session.cancelled": _l("Session called off"),
    "session.attended": _l("Was at a session"),
    "session.completed": _l("Session held"),
    "commitment.made": _l("Commitment made"),
    "commitment.settled": _l("Commitment kept or not"),
    "checkpoint.signed": _l("Expert review signed"),
}
STATES = {
    "": _l("Any"),
    "delivered": _l("Arrived"),
    "waiting": _l("On the way"),
    "refused": _l("Refused"),
    KEPT: _l("Kept here only"),
}


def kind(name: str) -> str:
    return str(KINDS.get(name, name))


def who(row: Row) -> str:
    return row.who or str(_("The pair"))


def state(row: Row) -> tuple[str, str]:
    """Kind and words of the badge: of several stores, the one that needs somebody most."""
    if not row.states:
        return "off", str(STATES[KEPT])
    if "dead" in row.states:
        return "bad", str(STATES["refused"])
    if {"pending", "leased"} & set(row.states):
        return "wait", str(STATES["waiting"])
    return "ok", str(STATES["delivered"])
