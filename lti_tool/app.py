"""The only wiring: settings in, application out."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import inspect

from lti_tool import rooms, worker
from lti_tool.data_folders import folder
from lti_tool.db import engine
from lti_tool.db.engine import db
from lti_tool.lti.framed_login import bp as framed_login
from lti_tool.lti.registration_routes import bp as registration
from lti_tool.lti.routes import bp as lti
from lti_tool.outbox.routes import bp as xapi
from lti_tool.settings import Settings
from lti_tool.web import (
    access,
    errors,
    headers,
    health,
    logs,
    navigation,
    progress,
    styleguide,
    times,
    visit_guard,
    visits,
)

PACKAGE = Path(__file__).parent
LARGEST_REQUEST = 256 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WRITE_ON_GET = frozenset({"lti.login", "framed_login.check", "framed_login.in_tab"})


def create_app(settings: Settings) -> Flask:
    """Build the tool.

    Args:
        settings: see `lti_tool.settings`; tests and the demo make their own.
    """
    app = Flask(
        "lti_tool", template_folder=str(folder("templates")), static_folder=str(PACKAGE / "web" / "static")
    )
    _configure(app, settings)
    logs.register(app)
    headers.register(app)
    visits.register(app)
    visit_guard.register(app)
    _connect_database(app, settings)
    csrf = CSRFProtect(app)
    csrf.exempt(lti)
    csrf.exempt(registration)
    Bootstrap5(app)
    times.register(app)
    navigation.register(app)
    errors.register(app)
    app.before_request(_begin_transaction)
    app.before_request(access.enforce)
    # Answers pass these from the last registered to the first: commit, then headers, then the log.
    app.after_request(_end_transaction)
    worker.connect(app, settings)
    app.register_blueprint(lti)
    app.register_blueprint(registration)
    app.register_blueprint(framed_login)
    app.register_blueprint(xapi)
    app.register_blueprint(health.bp)
    app.register_blueprint(progress.bp)
    if settings.demo:
        app.register_blueprint(styleguide.bp)
    rooms.register(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="peer_mentor",
        # The tool lives in a frame of another site: only such a cookie comes back there (CHIPS).
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_PARTITIONED=True,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        MAX_FORM_PARTS=1000,
        BOOTSTRAP_SERVE_LOCAL=True,
        # A form may be filled in slowly; its token lives as long as the session that it is bound to.
        WTF_CSRF_TIME_LIMIT=None,
        # The check of the Referer adds nothing to the token and fails in frames that send none.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _connect_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine.options(settings.database_url)}
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)


def _begin_transaction() -> None:
    # No page: nothing to write. Launches and registrations ask the platform first, and begin after that.
    if request.endpoint in {None, "lti.launch", "registration.register"}:
        return
    if request.method not in SAFE_METHODS or request.endpoint in WRITE_ON_GET:
        engine.begin_write(db.session)


def _end_transaction(response: Response) -> Response:
    """Keep what a request did only if it went well: one request, one transaction."""
    if response.status_code < 400:
        engine.commit(db.session)
    else:
        engine.rollback(db.session)
    return response


def tables_exist(app: Flask) -> bool:
    """Whether the database has been set up (`peer-mentor db upgrade`)."""
    with app.app_context():
        return inspect(db.engine).has_table("alembic_version")
