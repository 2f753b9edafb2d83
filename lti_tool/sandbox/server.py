"""Runs a sandbox on werkzeug's threaded server: for the demo and the tests, never for real courses."""

import socket
import threading
from dataclasses import replace

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.config import SandboxConfig


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The gradebook page has a log of its own."""


def serve(config: SandboxConfig, host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serves until the process is stopped."""
    server = _server(create_sandbox(config), host, port)
    try:
        server.serve_forever()
    finally:
        server.server_close()


class SandboxServer:
    """A sandbox in a thread of this process: ``with SandboxServer(config) as lms: lms.url``.

    With port 0 a free port is taken and the config's issuer is changed to it.
    """

    def __init__(self, config: SandboxConfig, host: str = "127.0.0.1", port: int = 0) -> None:
        # Bound before the app exists, because the issuer has the port in it.
        self._socket = socket.create_server((host, port))
        if port == 0:
            config = replace(config, issuer=f"http://{host}:{self._socket.getsockname()[1]}")
        self.config = config
        self.app = create_sandbox(config)
        self._server = _server(self.app, host, self._socket.getsockname()[1], self._socket.fileno())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return self.config.issuer

    def __enter__(self) -> "SandboxServer":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.app.extensions["sandbox_faults"].switch_all_off()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._socket.close()


def _server(app: Flask, host: str, port: int, descriptor: int | None = None) -> BaseWSGIServer:
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=descriptor)
