"""Applications kept warm: to make one, its templates and its statements costs more than most tests do."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient

from lti_tool.app import create_app
from lti_tool.db.engine import db
from lti_tool.settings import Settings


class Browser(FlaskClient):
    """Sends each request in a context of its own, as a server does.

    Flask would lend it the one that the test has open, and with it the test's database session.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return copy_context().run(self._open_apart, args, kwargs)

    def _open_apart(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        _cv_app.set(None)  # type: ignore[arg-type]
        return super().open(*args, **kwargs)


class Applications:
    """Lends an application for a test, the same to the next test with the same settings."""

    MOST = 8

    def __init__(self) -> None:
        self._made: list[tuple[Settings, Flask]] = []

    @contextmanager
    def lent(self, settings: Settings) -> Iterator[Flask]:
        app = self._with(settings)
        config, extensions = dict(app.config), dict(app.extensions)
        yield app
        app.config.clear()
        app.config.update(config)
        app.extensions.clear()
        app.extensions.update(extensions)
        app.extensions["queue"].flush()
        with app.app_context():
            db.engine.dispose()

    def _with(self, settings: Settings) -> Flask:
        for known, app in self._made:
            if known == settings:
                return app
        app = make_app(settings)
        self._made = [*self._made, (settings, app)][-self.MOST :]
        return app


def make_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False
    app.config.update(SERVER_NAME="tool.example", PREFERRED_URL_SCHEME="https")
    return app
