"""One JSON line a request: what was asked, how it ended, how long it took. Never who."""

import logging
import time
import uuid

import structlog
from flask import Flask, Response, g, request

UNLOGGED = frozenset({"static", "bootstrap.static", "health.healthz", "health.readyz", "health.metrics"})
log = structlog.get_logger("peer_mentor.web")


def configure(least: int = logging.INFO) -> None:
    """Write JSON lines of at least this level."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=True,
    )


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    if request.endpoint in UNLOGGED:
        return response
    # Addresses of pages hold only row ids; the endpoint says more and holds nothing.
    log.info(
        "request",
        request_id=g.request_id,
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000),
    )
    return response
