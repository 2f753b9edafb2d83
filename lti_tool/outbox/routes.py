"""What this tool's statements mean, for whoever reads them in a record store."""

from flask import Blueprint, Response, jsonify

import xapi

bp = Blueprint("xapi", __name__, url_prefix="/xapi")


@bp.get("/profile")
def profile() -> Response:
    """The xAPI profile (contract: HTTP)."""
    response = jsonify(xapi.profile())
    response.mimetype = "application/ld+json"
    return response
