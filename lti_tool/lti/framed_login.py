"""A login in a frame, where cookies may not come back: found out before the platform is asked.

Platforms spend what they gave to the login (Moodle forgets its launch) when they are asked. So the browser
takes one step of ours first. If its cookie came back, it goes on; else the secret goes into the platform's
storage (LTI Client Side postMessages, Platform Storage), or the person goes on in a tab of their own.
"""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.lti import login as initiation
from lti_tool.lti import login_cookie, login_state
from lti_tool.lti.addresses import origin_of
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.login import Login
from lti_tool.web.errors import Way, refused_way
from lti_tool.web.headers import show_everywhere
from lti_tool.web.visits import in_frame

bp = Blueprint("framed_login", __name__, url_prefix="/lti/login")

_OURS = ("pm_login_", "peer_mentor")


def needs_look(cookies: Mapping[str, str]) -> bool:
    """Whether this login must first find out if the browser keeps cookies where it is.

    Only in a frame, and only while no cookie of ours came along: that one shows that they are kept.
    """
    return in_frame() and not any(name.startswith(_OURS) for name in cookies)


def look(started: Login) -> Response:
    """Send the browser to the step that sees whether the cookie, which this answer sets, comes back."""
    return redirect(url_for("framed_login.check", state=started.begun.state), 302)


@bp.get("/check")
def check() -> Response | str:
    """On to the platform with a cookie; without, by the platform's storage or in a tab."""
    row = login_state.pending(db.session, request.args.get("state"))
    public_url = settings.current().public_url
    sent = _sent(row)
    if login_state.holds_cookie(row, request.cookies):
        return _unkept(redirect(initiation.resume(row, public_url), 302))
    show_everywhere()
    if "lti_storage_target" not in sent or request.args.get("storage") == "none":
        return render_template("lti/new_tab.html", url=url_for("framed_login.in_tab", state=row.state))
    # A login of its own: the address of this page may have come from anybody, what it stores has not.
    started = initiation.start(db.session, sent, public_url, in_storage=True)
    return render_template(
        "lti/storage_put.html",
        storage=_storage(row.platform, sent["lti_storage_target"], started.begun.state),
        secret=started.begun.secret,
        onward=started.url,
        failed=url_for("framed_login.check", state=row.state, storage="none"),
        in_tab=url_for("framed_login.in_tab", state=row.state),
    )


@bp.get("/tab")
def in_tab() -> Response:
    """The same login anew, in a tab of its own, where cookies are kept; once: the address may be seen."""
    row = login_state.unanswered(db.session, request.args.get("state"))
    sent = _sent(row)
    login_state.use_up(db.session, row)
    started = initiation.start(db.session, sent, settings.current().public_url)
    response = redirect(started.url, 302)
    login_cookie.give(response, started.begun)
    return _unkept(response)


def ask_storage(session: Session, form: Mapping[str, str], cookies: Mapping[str, str]) -> str | None:
    """The page that reads the secret back from the platform's storage; None where that is not the way."""
    if "proof" in form or not form.get("id_token") or not in_frame():
        return None
    row = login_state.pending(session, form.get("state"))
    if row.storage_target is None or login_state.holds_cookie(row, cookies):
        return None
    show_everywhere()
    storage = _storage(row.platform, row.storage_target, row.state)
    return render_template(
        "lti/storage_get.html", storage=storage, state=row.state, id_token=form["id_token"]
    )


def way_on(session: Session, refused: LaunchRefused, state: str | None) -> Way | None:
    """A tab of one's own, for a launch that came without its cookie in a frame."""
    if refused.code != "state-other-browser" or not in_frame():
        return None
    row = login_state.unanswered(session, state)
    return refused_way(url_for("framed_login.in_tab", state=row.state)) if row.initiation else None


def _sent(row: models.Login) -> dict[str, str]:
    if row.initiation is None:
        raise LaunchRefused("state-unknown")
    return row.initiation


def _storage(platform: models.Platform, target: str, state: str) -> dict[str, str]:
    """Whom the page asks: the frame by its name, and the one origin that may hear the secret."""
    return {
        "frame": target,
        "origin": origin_of(platform.auth_url) or "",
        "key": f"peer-mentor-{state}",
    }


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
