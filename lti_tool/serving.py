"""Answering requests with gunicorn, configured by config/gunicorn.py."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from lti_tool.data_folders import folder


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn around an application that exists already."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, host: str, port: int, workers: int, *, graceful_timeout: int | None = None) -> None:
    """Serve until told to stop.

    Args:
        graceful_timeout: seconds for requests under way to end; config/gunicorn.py has the usual number.
    """
    options: dict[str, Any] = {}
    source = folder("config") / "gunicorn.py"
    exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), options)  # noqa: S102 - our own file
    names = {name: value for name, value in options.items() if not name.startswith("_")}
    if graceful_timeout is not None:
        names["graceful_timeout"] = graceful_timeout
    Server(app, names | {"bind": f"{host}:{port}", "workers": workers}).run()
