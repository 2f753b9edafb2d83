"""Servers on the loopback interface that fail as told."""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlsplit

import requests

Behaviour = Literal["adl-lrs", "learning-locker", "ralph"]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
LATE = 0.5
"""Seconds until a late answer; tests that need one let nobody wait for so long."""


@dataclass(frozen=True)
class Step:
    """How to meet one POST: perhaps store what it brings, then answer, or drop the connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    stores: bool = False
    drops: bool = False
    garbage: bool = False
    """Bytes that are no HTTP."""
    late: bool = False
    """Long after everybody has stopped to wait; what it stores is stored all the same."""


class ScriptedStore:
    """A record store that follows its script and then does its best.

    Its best: takes a batch whole or not at all; refuses what is in ``refuses`` with ``refusal``; what it says
    to a batch with something that it knows already is its ``behaviour``, as real stores were seen to do it:
    ADL_LRS answers 409 and stores nothing of it; Learning Locker 200 with all ids; Ralph 204 where it knows
    all and else 200 with the new ids alone, and an empty list where others say 404.
    """

    def __init__(self) -> None:
        self.script: deque[Step] = deque()
        self.statements: dict[str, dict[str, Any]] = {}
        self.posts: list[list[str]] = []
        self.bodies: list[bytes] = []
        self.refuses: set[str] = set()
        self.refusal = Step(400, body="this one is wrong")
        self.behaviour: Behaviour = "adl-lrs"
        self.voided: set[str] = set()
        self.shows_nothing: int | None = None
        """Status with which every GET is refused."""
        self.on_post: Callable[[], object] | None = None
        """Called with each POST, before it is answered."""
        self.down = False
        """Whether every connection is dropped."""
        self.asked: list[str] = []
        self.endpoint = ""

    def meet(self, body: bytes) -> Step:
        batch = json.loads(body)
        ids = [one["id"] for one in batch]
        self.bodies.append(body)
        self.posts.append(ids)
        if self.down:
            return Step(drops=True)
        step = self.script.popleft() if self.script else self._best(ids)
        if step.stores:
            self.statements |= {one["id"]: one for one in batch}
        if self.on_post is not None:
            self.on_post()
        return step

    def _best(self, ids: list[str]) -> Step:
        if self.refuses & set(ids):
            return self.refusal
        new = [one for one in ids if one not in self.statements]
        if self.behaviour == "ralph":
            return Step(200, body=json.dumps(new), stores=True) if new else Step(204)
        if len(new) < len(ids) and self.behaviour == "adl-lrs":
            return Step(409, body="a statement with this id is stored already")
        return Step(200, body=json.dumps(ids), stores=True)

    def look_up(self, query: dict[str, list[str]]) -> tuple[int, dict[str, Any] | None]:
        """Status and statement for a GET by statementId, or by voidedStatementId for what was voided."""
        (by, (wanted,)), *_others = query.items()
        if by == "statementId":
            self.asked.append(wanted)
        if self.shows_nothing is not None:
            return self.shows_nothing, None
        shown = self.shown(wanted) if (wanted in self.voided) == (by == "voidedStatementId") else None
        if self.behaviour == "ralph" and shown is None:
            return 200, {"statements": []}
        return (200 if shown else 404), shown

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
            self.meet(step)

        def do_GET(self) -> None:
            status, shown = store.look_up(parse_qs(urlsplit(self.path).query))
            self.answer(status, json.dumps(shown or "unknown").encode())

    with _serving(Handler) as url:
        store.endpoint = url
        yield store


class ScriptedGradebook:
    """A learning platform with one column, whose answers to scores follow a script; then it does its best.

    Its best: takes a score, and calls one outdated that is not later than what it has (AGS 2.0, 3.4.7).
    """

    def __init__(self) -> None:
        self.script: deque[Step] = deque()
        self.scores: dict[str, dict[str, Any]] = {}
        """The newest score by the person's id in the platform."""
        self.url = ""

    def meet(self, body: bytes) -> Step:
        score = json.loads(body)
        step = self.script.popleft() if self.script else self._best(score)
        if step.stores:
            self.scores[score["userId"]] = score
        return step

    def _best(self, score: dict[str, Any]) -> Step:
        known = self.scores.get(score["userId"])
        if known is not None and known["timestamp"] >= score["timestamp"]:
            return Step(409, body="there is a later score")
        return Step(200, stores=True)


TOKEN = {
    "access_token": "a-token",
    "token_type": "Bearer",
    "expires_in": 3600 * 24,
    "scope": " ".join(
        f"https://purl.imsglobal.org/spec/lti-ags/scope/{one}"
        for one in ("lineitem", "score", "result.readonly")
    ),
}


@contextmanager
def scripted_gradebook() -> Iterator[ScriptedGradebook]:
    gradebook = ScriptedGradebook()

    class Handler(_Handler):
        def do_POST(self) -> None:
            body = self.body()
            if self.path == "/token":
                self.answer(200, json.dumps(TOKEN).encode())
            else:
                self.meet(gradebook.meet(body))

    with _serving(Handler) as url:
        gradebook.url = url
        yield gradebook


@contextmanager
def faulty_proxy(upstream: str, script: deque[Step]) -> Iterator[str]:
    """Passes requests on to a real store; while the script lasts, POSTs are met as it says.

    What a step ``stores`` reaches the store all the same, and only the answer is another one.
    """

    class Handler(_Handler):
        def do_POST(self) -> None:
            body = self.body()
            step = script.popleft() if script else None
            if step is None or step.stores:
                answer = self.pass_on("POST", body)
            if step is None:
                self.answer(answer.status_code, answer.content)
            else:
                self.meet(step)

        def do_GET(self) -> None:
            answer = self.pass_on("GET", None)
            self.answer(answer.status_code, answer.content)

        def pass_on(self, method: str, body: bytes | None) -> requests.Response:
            own = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            return requests.request(method, upstream + self.path, data=body, headers=own, timeout=20)

    with _serving(Handler) as url:
        yield url


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

    def meet(self, step: Step) -> None:
        if step.late:
            time.sleep(LATE)
        if step.garbage:
            self.wfile.write(b"\x00\x01 this is no HTTP \xff\r\n\r\n")
        if step.garbage or step.drops or step.late:
            self.drop()
        else:
            self.answer(step.status, step.body.encode(), step.headers)

    def drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            # Whoever waited may have gone by now.
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
