"""Puts the sandbox together."""

from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from lti_tool.sandbox import (
    authorization,
    copies,
    deep_linking,
    fault_page,
    gradebook,
    groups,
    line_items,
    notices,
    pages,
    record_store,
    record_store_page,
    registration,
    roster,
    scores,
    token,
    tool_pages,
)
from lti_tool.sandbox.config import SandboxConfig
from lti_tool.sandbox.faults import ConnectionDropper, FaultBoard
from lti_tool.sandbox.platform_key import PlatformKey, load_secret, new_cookie_key, new_pem
from lti_tool.sandbox.security import add_headers
from lti_tool.sandbox.seed import seed
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe, write_line
from lti_tool.sandbox.store import finish, open_engine
from lti_tool.sandbox.tool_token import ToolKeys

_SERVICES = (
    token.blueprint,
    line_items.blueprint,
    scores.blueprint,
    roster.blueprint,
    groups.blueprint,
    notices.blueprint,
    record_store.blueprint,
    registration.blueprint,
)
_PAGES = (
    authorization.blueprint,
    copies.blueprint,
    deep_linking.blueprint,
    fault_page.blueprint,
    gradebook.blueprint,
    pages.blueprint,
    record_store_page.blueprint,
    tool_pages.blueprint,
)


def create_sandbox(config: SandboxConfig) -> Flask:
    """A sandbox LMS as a WSGI app; its tables, keys and people are made if its database lacks them."""
    app = Flask("lti_tool.sandbox")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(MAX_CONTENT_LENGTH=1_000_000, **_cookie_settings(config.issuer))
    _open_database(app, config)
    app.extensions["sandbox_config"] = config
    app.extensions["sandbox_faults"] = FaultBoard()
    app.extensions["sandbox_tool_keys"] = ToolKeys(config.jwks_timeout)
    for blueprint in (*_SERVICES, *_PAGES):
        app.register_blueprint(blueprint)
    app.after_request(_end_request)
    app.after_request(add_headers)
    app.teardown_request(_abandon)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.wsgi_app = ConnectionDropper(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _cookie_settings(issuer: str) -> dict[str, object]:
    parts = urlsplit(issuer)
    trusted = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")
    # A tool that continues its login from a page of its own makes the frame's request a cross-site one,
    # which only SameSite=None survives; browsers take Secure over plain http from loopback hosts only.
    return {
        "SESSION_COOKIE_NAME": "sandbox_lms",
        "SESSION_COOKIE_SAMESITE": "None" if trusted else "Lax",
        "SESSION_COOKIE_SECURE": trusted,
        "SESSION_COOKIE_HTTPONLY": True,
    }


def _open_database(app: Flask, config: SandboxConfig) -> None:
    engine = open_engine(app, config.database_url)
    with Session(engine) as session:
        seed(session, config)
        app.secret_key = load_secret(session, "cookie-key", new_cookie_key)
        app.extensions["sandbox_key"] = PlatformKey(load_secret(session, "signing-key", new_pem))
        session.commit()
    app.extensions["sandbox_engine"] = engine


def _end_request(response: Response) -> Response:
    finish(success=response.status_code < 400)
    if request.blueprint in {blueprint.name for blueprint in _SERVICES}:
        write_line(response)
    return response


def _abandon(_error: BaseException | None) -> None:
    finish(success=False)


def _service_error(error: ServiceError) -> Response:
    describe(error.message)
    return error.response()


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    text = error.description or error.name
    if request.path in ("/token", "/register") or request.path.startswith(("/lti/", "/xapi/")):
        return ServiceError(status, error.name.lower().replace(" ", "_"), text, _allow(error)).response()
    return make_response(render_template("message.html", title=error.name, text=text), status)


def _allow(error: HTTPException) -> dict[str, str]:
    methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return {"Allow": ", ".join(methods)} if methods else {}
