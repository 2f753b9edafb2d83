"""Errors that people meet: a readable page with a code, a way on and the request id; or JSON."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from lti_tool.db.engine import db
from lti_tool.web import identity


@dataclass(frozen=True)
class Way:
    """Where a person may go on from an error: one button."""

    url: str
    label: str
    in_tab: bool = False
    """Opens a tab of its own: the frame cannot do it."""


@dataclass
class Problem(Exception):
    """Something a person has to be told instead of the page they asked for."""

    code: str
    """Stable, kebab-case: for support, tests and other programs."""
    status: int
    title: str
    message: str
    remedy: str | None = None
    frame_ancestors: list[str] | None = None
    """Origins that may frame the page; None keeps what the session says, if it says any."""
    way: Way | None = None


def refused_way(url: str) -> Way:
    return Way(url, _("Open in a new tab"), in_tab=True)


def way_back(url: str) -> Way:
    return Way(url, _("Back to the course"))


def not_launched() -> Problem:
    return Problem(
        "not-launched",
        401,
        _("Open this from your course"),
        _("This page belongs to a course, and this browser was not let in from there, or not for a while."),
        _("Go to the course in your learning platform and open “Find a peer mentor” again."),
    )


def administrators_only() -> Problem:
    return Problem(
        "administrators-only",
        403,
        _("This page is for administrators"),
        _("This browser has not been let in to the administration, or not for a while."),
        _(
            "Administrators of a learning platform open Peer Mentor there again. "
            "Whoever runs Peer Mentor makes a new link with “peer-mentor admin-link”."
        ),
    )


def forbidden() -> Problem:
    return Problem(
        "not-yours",
        403,
        _("This page is for somebody else"),
        _("What you asked for belongs to other people of the course."),
        _("Go back, or open “Find a peer mentor” from your course again."),
    )


def not_found() -> Problem:
    return Problem(
        "not-found",
        404,
        _("There is nothing here"),
        _("The address is wrong, or what it showed has been removed."),
        _("Go back, or open “Find a peer mentor” from your course again."),
    )


def problem(error: Problem) -> Response:
    """Render a problem as the client asks for it (contract: HTTP)."""
    # Where it is not known which platform this frame belongs to, the page still has to be seen; it holds
    # nothing and does nothing.
    g.frame_ancestors = error.frame_ancestors or g.get("frame_ancestors") or ["*"]
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    if best == "application/json":
        body = {"code": error.code, "message": f"{error.title}. {error.message}", "request_id": g.request_id}
        response = jsonify(error=body)
    else:
        response = make_response(render_template("errors/error.html", way=error.way, **_words(error)))
    response.status_code = error.status
    return response


def _words(error: Problem) -> dict[str, str | int | None]:
    return {
        "code": error.code,
        "status": error.status,
        "title": error.title,
        "message": error.message,
        "remedy": error.remedy,
        "request_id": g.request_id,
    }


def register(app: Flask) -> None:
    app.register_error_handler(Problem, problem)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _unexpected)


def _form_expired(_error: CSRFError) -> Response:
    return problem(
        Problem(
            "form-expired",
            400,
            _("This form has grown too old"),
            _("It was opened in another visit, or the browser did not send its cookie."),
            _("Go back, reload the page and send the form again."),
        )
    )


def _http_error(error: HTTPException) -> Response:
    if error.code == 404:
        return problem(not_found())
    if error.code == 413:
        return problem(
            Problem(
                "too-large",
                413,
                _("That is too much at once"),
                _("What was sent is larger than this page accepts."),
                _("Go back, shorten it and send it again."),
            )
        )
    status = error.code or 500
    return problem(
        Problem(
            f"http-{status}",
            status,
            _("That did not work"),
            _("The request was not one that this page understands."),
            _("Go back and try it again."),
        )
    )


def _unexpected(error: Exception) -> Response:
    # Nothing was kept, so nothing may be believed of it: not who was let in, not "your changes are saved".
    # The page itself must not need the database, which may be what broke.
    with suppress(SQLAlchemyError):
        db.session.rollback()
    identity.take_back()
    g.pop("place", None)
    if isinstance(getattr(error, "original_exception", None), OperationalError | PoolTimeoutError):
        return _busy()
    return problem(
        Problem(
            "unexpected",
            500,
            _("Something broke on our side"),
            _("Nothing of what you did before is lost."),
            _("Try again in a moment. If it happens again, tell your support the number below."),
        )
    )


def _busy() -> Response:
    response = problem(
        Problem(
            "busy",
            503,
            _("Too much at once"),
            _("The database did not answer in time. Nothing of what you did before is lost."),
            _("Wait a moment, then send it again."),
        )
    )
    response.headers["Retry-After"] = "5"
    return response
