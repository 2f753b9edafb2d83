"""The three addresses that an LMS knows: login initiation, launch, key set."""

import structlog
from flask import Blueprint, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db import models
from lti_tool.db.engine import begin_write, db
from lti_tool.lti import (
    enrolment,
    framed_login,
    keys,
    landing,
    login_cookie,
    login_state,
    validator,
    way_back,
)
from lti_tool.lti import login as initiation
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import Launch
from lti_tool.web import administration, errors, identity, visits

bp = Blueprint("lti", __name__, url_prefix="/lti")
log = structlog.get_logger("peer_mentor.lti")

KEY_SET_SECONDS = 3600


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """OIDC login initiation: the browser goes on to the platform, with a cookie that it brings back.

    In a frame where it is not known yet whether cookies are kept, with one step of ours in between.
    """
    parameters = request.form if request.method == "POST" else request.args
    started = initiation.start(db.session, parameters, settings.current().public_url)
    look_first = framed_login.needs_look(request.cookies)
    response = framed_login.look(started) if look_first else redirect(started.url, 302)
    response.headers["Cache-Control"] = "no-store"
    login_cookie.give(response, started.begun)
    return response


@bp.route("/launch", methods=["GET", "POST"])
def launch() -> Response | str:
    """Every LTI message; a valid one leads to a page of the tool."""
    if request.method != "POST":
        raise LaunchRefused("launch-by-get")
    page = framed_login.ask_storage(db.session, request.form, request.cookies)
    if page is not None:
        return page
    public_url = settings.current().public_url
    accepted = validator.validate(db.session, request.form, request.cookies, public_url)
    begin_write(db.session)
    login_state.consume(db.session, accepted.login)
    # Where no cookie is kept, the session lies in a row and its key in every address.
    prefix = visits.begin(db.session) if accepted.login.by_storage else request.script_root
    response = _enter(accepted.launch, prefix)
    login_cookie.take_back(response, request.form["state"])
    return response


@bp.get("/jwks")
def jwks() -> Response:
    """The tool's public keys."""
    response = jsonify(keys.key_set())
    response.headers["Cache-Control"] = f"public, max-age={KEY_SET_SECONDS}"
    return response


@bp.errorhandler(LaunchRefused)
def _refused(refused: LaunchRefused) -> Response:
    log.info("launch refused", code=refused.code, endpoint=request.endpoint, detail=refused.detail)
    refused.way = framed_login.way_on(db.session, refused, request.form.get("state")) or _way_back(refused)
    return errors.problem(refused)


def _way_back(refused: LaunchRefused) -> errors.Way | None:
    """Back to the course with the reason, where the platform said where that is."""
    if refused.return_url is None:
        return None
    log_line = f"peer-mentor {refused.code} {g.request_id}"
    return errors.way_back(
        way_back.with_words(refused.return_url, error=f"{refused.title}. {refused.message}", log=log_line)
    )


def _enter(accepted: Launch, prefix: str) -> Response:
    """Let the person in.

    Args:
        prefix: what stands before the path of every page: nothing, or the key of a visit without cookies.
    """
    if accepted.administers and accepted.context_id is None:
        administration.enter_by_launch(accepted.platform_id, None, list(accepted.frame_origins))
        return _to(prefix, url_for("admin.home"))
    try:
        enrolled = enrolment.enrol(db.session, accepted)
        # Before anybody is let in: it may find that there is nothing here for them.
        url = landing.page(db.session, accepted, enrolled)
    except LaunchRefused as refused:
        refused.return_url = accepted.return_url
        raise
    identity.enter(
        enrolled.member,
        frame_ancestors=list(accepted.frame_origins),
        link_id=enrolled.link.id if enrolled.link else None,
        locale=accepted.locale,
        return_url=accepted.return_url,
        in_tab=request.headers.get("Sec-Fetch-Dest") == "document",
    )
    _note_administrator(accepted, enrolled.member)
    log.info("launched", platform=accepted.platform_id, role=accepted.role.value)
    return _to(prefix, url)


def _to(prefix: str, page: str) -> Response:
    # 303: the page is asked for by GET, and going back never posts the message again.
    return redirect(prefix + page.removeprefix(request.script_root), 303)


def _note_administrator(accepted: Launch, member: models.Member) -> None:
    if accepted.administers:
        frames = list(accepted.frame_origins)
        administration.enter_by_launch(accepted.platform_id, member.person_id, frames)
    else:
        administration.leave(accepted.platform_id)
