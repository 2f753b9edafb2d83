"""Why a registration stops: a stable code, a plain sentence, and how to go on. For administrators."""

from typing import Any

from flask_babel import lazy_gettext as _l

from lti_tool.web.errors import Problem

_NEW_INVITE = _l("Ask whoever sent it for a new one: “peer-mentor platform invite” makes it.")
_AGAIN = _l("Start again in your platform, with the whole address that you were given.")
_PLATFORM = _l("Look at the address of your platform's configuration, then start again there.")

_INVITE = _l("This invite cannot be used")
_PLACE = _l("The platform could not be recognised")
_STOPPED = _l("The platform did not take the registration")

_REFUSALS: dict[str, tuple[int, Any, Any, Any]] = {
    "invite-missing": (400, _INVITE, _l("The address holds no invite."), _NEW_INVITE),
    "invite-unknown": (404, _INVITE, _l("Nobody has made an invite like this one."), _NEW_INVITE),
    "invite-used": (
        410,
        _INVITE,
        _l("It has been used already. Each one connects a single platform."),
        _l(
            "If it was you, you are done: go on in your platform. If not, ask for a new one and tell whoever "
            "sent it."
        ),
    ),
    "invite-expired": (410, _INVITE, _l("It was good for a week."), _NEW_INVITE),
    "not-from-a-platform": (
        400,
        _l("Open this from your learning platform"),
        _l("The invite is good. It is given to the platform, which then opens it by itself."),
        _l(
            "In Moodle: Site administration, Plugins, External tool, Manage tools, Tool URL. In Canvas: "
            "Admin, Apps, Install a new app, Dynamic registration. Paste the whole address there."
        ),
    ),
    "configuration-address-wrong": (
        400,
        _PLACE,
        _l("The address of its configuration is not one that can be asked (openid_configuration)."),
        _AGAIN,
    ),
    "token-unreadable": (
        400,
        _PLACE,
        _l("Its registration token holds characters that do not belong there (registration_token)."),
        _AGAIN,
    ),
    "configuration-unreachable": (
        400,
        _PLACE,
        _l("Its configuration could not be fetched. It has to be on the public internet, under https."),
        _PLATFORM,
    ),
    "configuration-unreadable": (
        400,
        _PLACE,
        _l("Its configuration is not complete, or not of the kind that is expected."),
        _PLATFORM,
    ),
    "issuer-elsewhere": (
        400,
        _PLACE,
        _l("Its configuration speaks for another host than the one that it lies on (issuer)."),
        _PLATFORM,
    ),
    "registration-unreachable": (
        400,
        _STOPPED,
        _l("Its registration address did not answer."),
        _l("The invite is still good. Start again in your platform."),
    ),
    "registration-refused": (
        400,
        _STOPPED,
        _l("It refused. A registration can be begun once for each time it is started in the platform."),
        _l("The invite is still good. Close this page and start again in your platform."),
    ),
    "answer-unreadable": (
        400,
        _STOPPED,
        _l("Its answer does not say under which client id it knows Peer Mentor now."),
        _l("Remove the tool in your platform and start again there. The invite is still good."),
    ),
}

CODES = frozenset(_REFUSALS)


class RegistrationRefused(Problem):
    """A registration that must not or cannot go on; nothing was kept.

    Args:
        code: one of `CODES`.
        detail: for the log only, what exactly was found.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        status, title, message, remedy = _REFUSALS[code]
        # The page does nothing and tells nothing; it has to be seen in the frame of whichever platform.
        super().__init__(code, status, str(title), str(message), str(remedy), frame_ancestors=["*"])
        self.detail = detail
