"""Security headers of every answer. Only the platform that launched the tool may put it in a frame."""

from flask import Flask, Response, g, request

from lti_tool.web import administration, visits
from lti_tool.web.identity import frames_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; object-src 'none'"
)

MAY_BE_KEPT = frozenset({"static", "bootstrap.static", "xapi.profile"})
"""What a browser may keep: nothing of it is about anybody."""


def register(app: Flask) -> None:
    app.before_request(_remember_frame)
    app.after_request(_set_headers)


def show_everywhere() -> None:
    """Let any site frame the current answer: it holds nothing of anybody, its platform is not sure yet."""
    g.frame_ancestors = ["*"]


def _remember_frame() -> None:
    # Before anything can fail: an error page has to be seen in the frame, too.
    course_id = (request.view_args or {}).get("course_id")
    if course_id is not None:
        g.frame_ancestors = frames_of(course_id)
    elif request.blueprint == "admin":
        g.frame_ancestors = administration.frames()


def _set_headers(response: Response) -> Response:
    ancestors = " ".join(g.get("frame_ancestors") or ["'self'"])
    targets = g.get("form_action") or "'self'"
    response.headers.setdefault(
        "Content-Security-Policy", f"{POLICY}; form-action {targets}; frame-ancestors {ancestors}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "no-referrer" if visits.is_one() else "same-origin")
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if response.mimetype == "text/html" or request.endpoint not in MAY_BE_KEPT:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
