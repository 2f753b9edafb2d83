"""The addresses by which a platform takes the tool: dynamic registration, and Canvas' developer key.

The form is not bound to a cookie: it stands in a frame of a platform, where a browser may keep none. What
lets it in is the invite, which nobody can have sent along without holding it (decision 10).
"""

import structlog
from flask import Blueprint, g, jsonify, render_template, request
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db.engine import db
from lti_tool.lti import dynamic_registration, invites, platform_configuration
from lti_tool.lti.platforms import canvas
from lti_tool.lti.registration_errors import RegistrationRefused
from lti_tool.lti.registration_view import done_view, offer_view
from lti_tool.web import errors

bp = Blueprint("registration", __name__, url_prefix="/lti")
log = structlog.get_logger("peer_mentor.registration")


@bp.get("/register")
def show() -> str:
    """What will happen, with one button."""
    invites.find(db.session, request.args.get("invite"))
    db.session.rollback()
    token = request.args.get("registration_token")
    platform = platform_configuration.fetch(request.args.get("openid_configuration"), token)
    g.frame_ancestors = platform.frame_ancestors
    fields = {
        "invite": request.args["invite"],
        "openid_configuration": platform.url,
        "registration_token": token or "",
    }
    return render_template("registration/show.html", offer=offer_view(platform), fields=fields)


@bp.post("/register")
def register() -> str:
    """Register, keep what was answered, and show what is left to do."""
    invite_id = invites.find(db.session, request.form.get("invite")).id
    db.session.rollback()
    token = request.form.get("registration_token")
    platform = platform_configuration.fetch(request.form.get("openid_configuration"), token)
    registered = dynamic_registration.register_at(platform, token, settings.current().public_url)
    row = dynamic_registration.keep(db.session, invite_id, platform, registered)
    g.frame_ancestors = platform.frame_ancestors
    log.info("platform registered", platform=row.id, product=platform.product)
    return render_template("registration/done.html", done=done_view(platform, registered, row))


@bp.get("/canvas.json")
def canvas_key() -> Response:
    """The tool as Canvas' developer key."""
    return jsonify(canvas.developer_key(settings.current().public_url))


@bp.errorhandler(RegistrationRefused)
def _refused(refused: RegistrationRefused) -> Response:
    log.info("registration refused", code=refused.code, detail=refused.detail)
    return errors.problem(refused)
