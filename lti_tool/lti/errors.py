"""Why a login or a launch is refused: a stable code, a plain sentence, and how to go on. And failed calls.

The texts are for whoever sits before the page. What only an administrator can mend says so.
"""

from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import lazy_gettext as _l

from lti_tool.web.errors import Problem

_OPEN_AGAIN = _l("Go back to your course and open the activity again.")
_ASK = _l("Please tell the people who run your learning platform, and give them the number below.")
_TRY_LATER = _l("Wait a minute, then open the activity again from your course.")

_INVITE = _l(
    "Show this page to whoever looks after the platform. For them: an invite (“peer-mentor platform "
    "invite”), opened in the platform, connects it."
)

_UNFINISHED = _l("The activity could not be opened")
_NOT_CONNECTED = _l("Peer Mentor is not connected to this platform")
_NOT_TRUSTED = _l("The message from your learning platform could not be trusted")
_NOT_UNDERSTOOD = _l("The message from your learning platform is not complete")


@dataclass(frozen=True)
class _Refusal:
    title: Any
    message: Any
    remedy: Any = _ASK
    status: int = 400


_REFUSALS: dict[str, _Refusal] = {
    # The login initiation (Security Framework 5.1.1.1).
    "issuer-missing": _Refusal(_NOT_UNDERSTOOD, _l("It does not say which platform it comes from (iss).")),
    "login-hint-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say who opens the activity (login_hint).")
    ),
    "target-link-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say which page is to be opened (target_link_uri).")
    ),
    "target-link-elsewhere": _Refusal(
        _NOT_UNDERSTOOD, _l("The page that it wants to open is not one of Peer Mentor (target_link_uri).")
    ),
    "target-link-wrong": _Refusal(
        _NOT_TRUSTED, _l("The page that it wants to open is not the one asked for at first.")
    ),
    "parameter-unreadable": _Refusal(
        _NOT_UNDERSTOOD, _l("One of its parameters is too long or holds characters that do not belong there.")
    ),
    "platform-unknown": _Refusal(
        _NOT_CONNECTED,
        _l("No platform with this issuer has been registered."),
        _INVITE,
    ),
    "client-unknown": _Refusal(
        _NOT_CONNECTED,
        _l("The platform is known, but not under this client id."),
        _INVITE,
    ),
    "client-ambiguous": _Refusal(
        _NOT_CONNECTED,
        _l("The platform is registered more than once and did not say which one is meant (client_id)."),
    ),
    "platform-disabled": _Refusal(
        _NOT_CONNECTED, _l("An administrator of Peer Mentor has switched this platform off."), status=403
    ),
    # The browser's part.
    "launch-by-get": _Refusal(
        _UNFINISHED, _l("This address only takes messages that a learning platform posts."), _OPEN_AGAIN, 405
    ),
    "form-incomplete": _Refusal(
        _UNFINISHED, _l("The platform sent no signed message (id_token)."), _OPEN_AGAIN
    ),
    "state-missing": _Refusal(
        _UNFINISHED, _l("The message does not belong to any visit (state)."), _OPEN_AGAIN
    ),
    "state-unknown": _Refusal(
        _UNFINISHED, _l("The visit that this message belongs to is not known here."), _OPEN_AGAIN
    ),
    "state-expired": _Refusal(
        _UNFINISHED, _l("Opening it took more than ten minutes, so it was given up."), _OPEN_AGAIN
    ),
    "state-used": _Refusal(
        _UNFINISHED, _l("This message has been used already. Each one opens the activity once."), _OPEN_AGAIN
    ),
    "state-other-browser": _Refusal(
        _UNFINISHED,
        _l("Your browser did not send back the cookie that shows that this visit is yours."),
        _l(
            "Allow cookies for this page, or open the activity in a new window. "
            "If somebody sent you a link, open the activity from your own course instead."
        ),
    ),
    "login-required": _Refusal(
        _l("You are not signed in to your learning platform"),
        _l("The platform did not know you any more when the activity was opened."),
        _l("Sign in to your learning platform, then open the activity again from your course."),
        401,
    ),
    "platform-refused": _Refusal(
        _UNFINISHED, _l("Your learning platform refused to open it for you."), _OPEN_AGAIN, 403
    ),
    # The signed message (Security Framework 5.1.2 and 5.1.3).
    "token-malformed": _Refusal(_NOT_TRUSTED, _l("It is not a signed message of the kind that is expected.")),
    "algorithm-wrong": _Refusal(
        _NOT_TRUSTED, _l("It is not signed in the one way that is accepted (RS256).")
    ),
    "key-id-missing": _Refusal(_NOT_TRUSTED, _l("It does not say which key signed it (kid).")),
    "key-unknown": _Refusal(
        _NOT_TRUSTED, _l("It was signed with a key that the platform does not publish."), _TRY_LATER
    ),
    "platform-keys-unavailable": _Refusal(
        _l("Your learning platform could not be asked for its keys"),
        _l("Without them nobody can tell whether this message really comes from it."),
        _TRY_LATER,
        503,
    ),
    "signature-wrong": _Refusal(_NOT_TRUSTED, _l("Its signature does not fit.")),
    "issuer-wrong": _Refusal(_NOT_TRUSTED, _l("It does not come from the platform that was asked (iss).")),
    "audience-missing": _Refusal(_NOT_TRUSTED, _l("It does not say whom it is for (aud).")),
    "audience-wrong": _Refusal(_NOT_TRUSTED, _l("It is meant for another tool (aud).")),
    "authorized-party-missing": _Refusal(
        _NOT_TRUSTED, _l("It is for several tools and does not say which one asked for it (azp).")
    ),
    "authorized-party-wrong": _Refusal(_NOT_TRUSTED, _l("It was asked for by another tool (azp).")),
    "expiry-missing": _Refusal(_NOT_TRUSTED, _l("It does not say until when it is valid (exp).")),
    "issued-at-missing": _Refusal(_NOT_TRUSTED, _l("It does not say when it was made (iat).")),
    "token-expired": _Refusal(
        _UNFINISHED, _l("The platform's message is no longer valid (exp)."), _OPEN_AGAIN
    ),
    "token-too-old": _Refusal(_UNFINISHED, _l("The platform's message is too old (iat)."), _OPEN_AGAIN),
    "token-from-future": _Refusal(
        _NOT_TRUSTED,
        _l("It was made in the future: the clocks of the platform and of Peer Mentor differ (iat, nbf)."),
    ),
    "token-lives-too-long": _Refusal(_NOT_TRUSTED, _l("It wants to be valid for more than a day (exp).")),
    "nonce-missing": _Refusal(_NOT_TRUSTED, _l("It does not answer any question of ours (nonce).")),
    "nonce-wrong": _Refusal(_NOT_TRUSTED, _l("It answers another question than the one asked (nonce).")),
    # The LTI message (LTI 1.3 core 5.3).
    "version-missing": _Refusal(_NOT_UNDERSTOOD, _l("It does not say which version of LTI it speaks.")),
    "version-wrong": _Refusal(_NOT_UNDERSTOOD, _l("It speaks another version of LTI than 1.3.")),
    "message-type-missing": _Refusal(_NOT_UNDERSTOOD, _l("It does not say what it is about (message_type).")),
    "message-type-unknown": _Refusal(
        _NOT_UNDERSTOOD, _l("It is of a kind that Peer Mentor does not know (message_type).")
    ),
    "deployment-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say which installation it comes from (deployment_id).")
    ),
    "deployment-unknown": _Refusal(
        _NOT_CONNECTED,
        _l("The platform is known, but this installation of Peer Mentor in it has not been let in."),
        _l(
            "Too many installations wait there already. Show this page to whoever looks after the platform: "
            "“peer-mentor platform show” lists them."
        ),
        403,
    ),
    "deployment-pending": _Refusal(
        _l("Peer Mentor waits to be let in here"),
        _l("The platform is known. This installation of Peer Mentor is new; an administrator approves it."),
        _l(
            "Nothing is wrong: try again later. For the administrator of Peer Mentor: it waits on the list "
            "of installations (“peer-mentor platform approve”)."
        ),
        403,
    ),
    "subject-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say who you are (sub), and nobody can take part anonymously.")
    ),
    "subject-wrong": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not name you in a readable way (sub: text of at most 255 characters).")
    ),
    "roles-missing": _Refusal(_NOT_UNDERSTOOD, _l("It does not say what you are in the course (roles).")),
    "roles-wrong": _Refusal(_NOT_UNDERSTOOD, _l("It does not list what you are in the course (roles).")),
    "resource-link-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say which activity was opened (resource_link).")
    ),
    "context-wrong": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not name the course in a readable way (context).")
    ),
    # Deep linking (Deep Linking 2.0, 4.4) and submission review (Submission Review 1.0).
    "deep-linking-settings-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say what may be placed (deep_linking_settings).")
    ),
    "deep-linking-return-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say where the choice is to be sent (deep_link_return_url).")
    ),
    "deep-linking-types-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say which kinds of content fit (accept_types).")
    ),
    "deep-linking-data-wrong": _Refusal(
        _NOT_UNDERSTOOD, _l("What it wants to have sent back is not a text of bearable length (data).")
    ),
    "deep-linking-not-yours": _Refusal(
        _l("Only teachers add activities to a course"),
        _l("Your learning platform knows you as somebody who does not teach this course."),
        _l("Open “Find a peer mentor” from your course, or ask its teacher to add it."),
        403,
    ),
    "for-user-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say whose participation is to be shown (for_user).")
    ),
    "line-item-missing": _Refusal(
        _NOT_UNDERSTOOD, _l("It does not say from which gradebook column it was opened (lineitem).")
    ),
    "review-not-yours": _Refusal(
        _l("This is about somebody else"),
        _l("Only teachers of the course see the participation of other people."),
        _l("Open “Find a peer mentor” from your course to see your own."),
        403,
    ),
    "review-person-unknown": _Refusal(
        _l("This person takes no part yet"),
        _l("They have not joined a cohort in this course, so there is no participation to show."),
        _l("Open “Find a peer mentor” from your course to see who takes part."),
        404,
    ),
    # Accepted, but there is no place to lead to.
    "deep-linking-nothing-fits": _Refusal(
        _l("Peer Mentor cannot be placed here"),
        _l("This part of your learning platform takes files, links or images, but no activities of a tool."),
        _l("Add Peer Mentor where your platform lets you add an activity or an external tool."),
        200,
    ),
    "course-unknown": _Refusal(
        _l("This was not opened from a course"),
        _l("Peer mentoring belongs to a course, and the platform did not say which one."),
        _l("Open Peer Mentor from inside a course. If you did, please tell the people who run the platform."),
        200,
    ),
}

CODES = frozenset(_REFUSALS)


class LaunchRefused(Problem):
    """A login or launch that must not go on; rendered by the application as a page or as JSON.

    Args:
        code: one of `CODES`.
        detail: for the log only, what exactly was found. No personal data.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        refusal = _REFUSALS[code]
        super().__init__(
            code,
            refusal.status,
            str(refusal.title),
            str(refusal.message),
            str(refusal.remedy),
            # The platform is not known for sure here, and the page, which does nothing, has to be seen.
            frame_ancestors=["*"],
        )
        self.detail = detail
        self.return_url: str | None = None
        """Where the platform wants people back, once its message was found to be its own."""


Kind = Literal["retry", "paused", "refused"]


class ServiceError(Exception):
    """A service call that did not do what it was meant to.

    Attributes:
        kind: "retry" (the same call may succeed later), "paused" (nothing will succeed there until somebody
            mends the connection: keys, scopes, registration) or "refused" (this very call never will).
        status: HTTP status, None when no answer came.
        answer: what the platform said, shortened; for an administrator, not for a page of a learner.
        retry_after: seconds that the platform asked to wait, if it did.
    """

    def __init__(
        self, kind: Kind, answer: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(answer)
        self.kind = kind
        self.status = status
        self.answer = answer
        self.retry_after = retry_after
