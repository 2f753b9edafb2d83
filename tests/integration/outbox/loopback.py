"""Servers on the loopback interface that fail as told."""

import json
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests


@dataclass(frozen=True)
class Step:
    """How to meet one POST: perhaps store what it brings, then answer, or drop the connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    stores: bool = False
    drops: bool = False


class ScriptedStore:
    """A record store that follows its script and then does its best.

    Its best: takes a batch whole or not at all; refuses what is in ``refuses`` with ``refusal``; answers
    409 to a batch with anything that it knows already, as ADL_LRS does (``lenient`` stores answer 200).
    """

    def __init__(self) -> None:
        self.script: deque[Step] = deque()
        self.statements: dict[str, dict[str, Any]] = {}
        self.posts: list[list[str]] = []
        self.bodies: list[bytes] = []
        self.refuses: set[str] = set()
        self.refusal = Step(400, body="this one is wrong")
        self.lenient = False
        self.endpoint = ""

    def meet(self, body: bytes) -> Step:
        batch = json.loads(body)
        ids = [one["id"] for one in batch]
        self.bodies.append(body)
        self.posts.append(ids)
        step = self.script.popleft() if self.script else self._best(ids)
        if step.stores:
            self.statements |= {one["id"]: one for one in batch}
        return step

    def _best(self, ids: list[str]) -> Step:
        if self.refuses & set(ids):
            return self.refusal
        if self.statements.keys() & set(ids) and not self.lenient:
            return Step(409, body="a statement with this id is stored already")
        return Step(200, body=json.dumps(ids), stores=True)

    def shown(self, statement_id: str) -> dict[str, Any] | None:
        """The statement as stores give it back: with additions, the time written differently."""
        known = self.statements.get(statement_id)
        if known is None:
            return None
        return known | {
            "timestamp": known["timestamp"].replace(".000Z", "+00:00").replace("Z", "000+00:00"),
            "stored": "2026-11-24T00:00:00.000Z",
            "authority": {"objectType": "Agent", "account": {"homePage": "https://lrs.example", "name": "a"}},
            "version": "1.0.0",
        }


@contextmanager
def scripted_store() -> Iterator[ScriptedStore]:
    store = ScriptedStore()

    class Handler(_Handler):
        def do_POST(self) -> None:
            step = store.meet(self.body())
            if step.drops:
                self.drop()
            else:
                self.answer(step.status, step.body.encode(), step.headers)

        def do_GET(self) -> None:
            wanted = parse_qs(urlsplit(self.path).query)["statementId"][0]
            shown = store.shown(wanted)
            self.answer(200 if shown else 404, json.dumps(shown or "unknown").encode())

    with _serving(Handler) as url:
        store.endpoint = url
        yield store


@contextmanager
def dropping_proxy(upstream: str, drops: int) -> Iterator[str]:
    """Passes requests on; the first ``drops`` answers get lost after the store has done its part."""
    left = [drops]

    class Handler(_Handler):
        def do_POST(self) -> None:
            own = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            answer = requests.post(upstream + self.path, data=self.body(), headers=own, timeout=20)
            if left[0] > 0:
                left[0] -= 1
                self.drop()
            else:
                self.answer(answer.status_code, answer.content)

    with _serving(Handler) as url:
        yield url


class _Handler(BaseHTTPRequestHandler):
    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """What matters is asserted."""


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
