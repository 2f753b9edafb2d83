"""The three addresses that an LMS knows: login initiation, launch, key set."""

import structlog
from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db import models
from lti_tool.db.engine import begin_write, db
from lti_tool.lti import enrolment, keys, landing, login_state, validator
from lti_tool.lti import login as initiation
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import Launch
from lti_tool.lti.login_state import LIFETIME, Begun
from lti_tool.web import administration, errors, identity

bp = Blueprint("lti", __name__, url_prefix="/lti")
log = structlog.get_logger("peer_mentor.lti")

COOKIE_PATH = "/lti"
KEY_SET_SECONDS = 3600


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """OIDC login initiation: the browser goes on to the platform, with a cookie that it brings back."""
    parameters = request.form if request.method == "POST" else request.args
    started = initiation.start(db.session, parameters, settings.current().public_url)
    response = redirect(started.url, 302)
    response.headers["Cache-Control"] = "no-store"
    _set_cookie(response, started.begun)
    return response


@bp.route("/launch", methods=["GET", "POST"])
def launch() -> Response:
    """Every LTI message; a valid one leads to a page of the tool."""
    if request.method != "POST":
        raise LaunchRefused("launch-by-get")
    public_url = settings.current().public_url
    accepted = validator.validate(db.session, request.form, request.cookies, public_url)
    begin_write(db.session)
    login_state.consume(db.session, accepted.login)
    response = _enter(accepted.launch)
    _delete_cookie(response, request.form["state"])
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
    return errors.problem(refused)


def _enter(accepted: Launch) -> Response:
    if accepted.administers and accepted.context_id is None:
        administration.enter_by_launch(accepted.platform_id, None, list(accepted.frame_origins))
        return redirect(url_for("admin.home"), 303)
    enrolled = enrolment.enrol(db.session, accepted)
    # Before anybody is let in: it may find that there is nothing here for them.
    url = landing.page(db.session, accepted, enrolled)
    identity.enter(
        enrolled.member,
        frame_ancestors=list(accepted.frame_origins),
        link_id=enrolled.link.id if enrolled.link else None,
        locale=accepted.locale,
    )
    _note_administrator(accepted, enrolled.member)
    log.info("launched", platform=accepted.platform_id, role=accepted.role.value)
    # 303: the page is asked for by GET, and going back never posts the message again.
    return redirect(url, 303)


def _note_administrator(accepted: Launch, member: models.Member) -> None:
    if accepted.administers:
        frames = list(accepted.frame_origins)
        administration.enter_by_launch(accepted.platform_id, member.person_id, frames)
    else:
        administration.leave(accepted.platform_id)


def _set_cookie(response: Response, begun: Begun) -> None:
    response.set_cookie(
        begun.cookie_name,
        begun.cookie,
        max_age=LIFETIME,
        path=COOKIE_PATH,
        secure=True,
        httponly=True,
        # The launch is posted from the platform's site, into a frame of it (CHIPS).
        samesite="None",
        partitioned=True,
    )


def _delete_cookie(response: Response, state: str) -> None:
    response.delete_cookie(
        login_state.cookie_name(state),
        path=COOKIE_PATH,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
