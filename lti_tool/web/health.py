"""Liveness, readiness and figures for whoever operates the tool (contract: HTTP); nothing about people."""

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import periodic
from lti_tool.db.engine import db
from lti_tool.web import metrics as figures

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether requests can be answered, and whether a worker is there to do what they ask for.

    Pages work without a worker, so a load balancer need not stop sending people here: only
    ``?require=worker`` makes its absence an answer of 503.
    """
    try:
        db.session.execute(text("SELECT 1"))
        alive = periodic.worker_alive(db.session)
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable", worker="unknown"), 503
    worker = "ok" if alive else "silent"
    if not alive and request.args.get("require") == "worker":
        return jsonify(status="unavailable", database="ok", worker=worker), 503
    return jsonify(status="ok", database="ok", worker=worker), 200


@bp.get("/metrics")
def metrics() -> tuple[Response, int]:
    """Figures in Prometheus' text format 0.0.4."""
    try:
        lines, status = figures.lines(db.session), 200
    except SQLAlchemyError:
        lines, status = ["# The database is unreachable."], 503
    body = "\n".join(lines) + "\n"
    return Response(body, content_type="text/plain; version=0.0.4; charset=utf-8"), status
