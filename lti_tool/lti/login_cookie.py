"""The cookie of a login under way: how the browser that began it is known again."""

from werkzeug.wrappers import Response

from lti_tool.lti import login_state
from lti_tool.lti.login_state import LIFETIME, Begun

PATH = "/lti"


def give(response: Response, begun: Begun) -> None:
    response.set_cookie(
        begun.cookie_name,
        begun.secret,
        max_age=LIFETIME,
        path=PATH,
        secure=True,
        httponly=True,
        # The launch is posted from the platform's site, into a frame of it (CHIPS).
        samesite="None",
        partitioned=True,
    )


def take_back(response: Response, state: str) -> None:
    response.delete_cookie(
        login_state.cookie_name(state),
        path=PATH,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
