"""The administration's words: what happened, what was tried, and how to mend it."""

from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db import models
from lti_tool.web import times

ACTIONS = {
    "platform.added": _l("Platform registered"),
    "platform.updated": _l("Registration updated"),
    "platform.enabled": _l("Platform switched on"),
    "platform.disabled": _l("Platform switched off"),
    "deployment.seen": _l("New deployment %(deployment)s waits for a yes"),
    "deployment.approved": _l("Deployment %(deployment)s let in"),
    "deployment.withdrawn": _l("Deployment %(deployment)s kept out"),
    "names.kept": _l("Names are stored again"),
    "names.forgotten": _l("Names and e-mail addresses erased, none are stored from now on"),
    "invite.made": _l("Invite %(invite)s made"),
    "invite.used": _l("Invite %(invite)s used"),
    "invite.withdrawn": _l("Invite %(invite)s withdrawn"),
    "key.added": _l("Key %(kid)s added"),
    "key.retired": _l("Key %(kid)s retired"),
    "link.made": _l("Administrator link %(link)s made"),
    "link.used": _l("Administrator link used"),
}


class Try(NamedTuple):
    title: Any
    remedy: Any
    """What to do when it failed."""
    begins_there: bool = False
    """Only somebody in the platform can begin it: the remedy says how, also when it was not tried."""


TRIES = {
    "launch": Try(
        _l("Launch"),
        _l("Add Peer Mentor to a course and open it there; a refused launch says what is wrong."),
        begins_there=True,
    ),
    "cookies": Try(
        _l("Cookies in this window"),
        _l("This browser keeps no cookie here. People can still go on: Peer Mentor then opens in a new tab."),
    ),
    "keys": Try(
        _l("Peer Mentor's public keys"),
        _l("Check PEER_MENTOR_PUBLIC_URL and the proxy: the platform has to reach this address."),
    ),
    "token": Try(
        _l("Access to the platform's services"),
        _l(
            "In the platform, check the tool's public keyset URL, and allow its services: grades and course "
            "list. Moodle on the same machine also has to free the address in “cURL blocked hosts”."
        ),
    ),
    "roster": Try(
        _l("Course list"),
        _l("Allow “Names and Role Provisioning Services” for the tool in the platform."),
    ),
    "columns": Try(
        _l("Gradebook columns"),
        _l("Allow “Assignment and Grade Services” for the tool: reading and managing columns."),
    ),
    "score": Try(
        _l("A score on a test column, removed again"),
        _l(
            "Allow the tool to send scores. If a column “Peer Mentor self-test” stayed in the gradebook, "
            "remove it there."
        ),
    ),
    "content": Try(
        _l("Placing it in a course (deep linking)"),
        _l(
            "As a teacher, add an activity of Peer Mentor in a course of the platform and press its “Select "
            "content”. Where that button is missing, allow deep linking (content selection) for the tool."
        ),
        begins_there=True,
    ),
    "store": Try(
        _l("Record store"),
        _l("Check PEER_MENTOR_LRS_ENDPOINT, its user name, password and version."),
    ),
    "delivery": Try(
        _l("Grades and statements on their way"),
        _l("Check that “peer-mentor worker” runs; “peer-mentor outbox status” shows what waits."),
    ),
}

BADGES = {
    "ok": ("ok", _l("Works")),
    "failed": ("bad", _l("Does not work")),
    "skipped": ("off", _l("Not tried")),
    "unused": ("info", _l("Offered, not used yet")),
    "waiting": ("wait", _l("To be tried")),
}


def action(entry: models.AuditEntry) -> str:
    words = ACTIONS.get(entry.action)
    return str(words) % _Lenient(entry.data) if words is not None else entry.action


def actor(entry: models.AuditEntry) -> str:
    if entry.actor == "command line":
        return str(_("Command line"))
    return entry.actor[:1].upper() + entry.actor[1:]


class Notices(NamedTuple):
    """Whether a deployment tells of copied courses."""

    deployment: str
    badge: tuple[str, Any]
    detail: str
    failed: bool


def notice(handler: models.NoticeHandler) -> Notices:
    name = handler.deployment.deployment_id
    if handler.answer is None and handler.registered_at is not None:
        since = _("Since %(moment)s.", moment=times.moment(handler.registered_at))
        return Notices(name, ("ok", _("Told at once")), since, False)
    if handler.answer is None:
        return Notices(name, ("wait", _("To be asked for")), _("Within a minute."), False)
    said = _("The platform said: %(answer)s.", answer=handler.answer.rstrip("."))
    if handler.due_at is None:
        return Notices(name, ("bad", _("Refused")), said, True)
    again = _("Next try %(moment)s.", moment=times.moment(handler.due_at))
    state = _("Not confirmed") if handler.registered_at is not None else _("Not yet")
    return Notices(name, ("warn", state), f"{said} {again}", True)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
