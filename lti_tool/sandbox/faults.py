"""Faults on request: a service of the sandbox fails in a chosen way until it is switched off."""

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from flask import current_app, request

from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Area = Literal["token", "gradebook", "roster", "record_store"]
Mode = Literal["unavailable", "timeout", "drop"]
AREAS: tuple[Area, ...] = get_args(Area)
OUTAGE: tuple[Area, ...] = ("gradebook", "record_store")
"""What one switch stops together: everything that the tool reports to."""
MODES: tuple[Mode, ...] = get_args(Mode)
_LONGEST_HOLD = 120.0  # seconds a request is held by "timeout" at most
_DROP = "sandbox.drop_connection"


@dataclass(slots=True)
class Fault:
    mode: Mode
    left: int | None
    """How many more requests it hits; None until switched off."""
    over: threading.Event


class FaultBoard:
    """Which service is out of order, for all threads of the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[Area, Fault] = {}
        self._hits: dict[Area, int] = dict.fromkeys(AREAS, 0)

    def switch(self, area: Area, mode: Mode | None, times: int | None = None) -> None:
        """``mode`` None switches it off and lets go of requests that are being held."""
        with self._lock:
            old = self._faults.pop(area, None)
            if mode is not None:
                self._faults[area] = Fault(mode, times, threading.Event())
        if old is not None:
            old.over.set()

    def switch_all_off(self) -> None:
        for area in AREAS:
            self.switch(area, None)

    def hit(self, area: Area) -> Fault | None:
        """The fault that this request meets, counted."""
        with self._lock:
            fault = self._faults.get(area)
            if fault is None:
                return None
            self._hits[area] += 1
            if fault.left is not None:
                fault.left -= 1
                if fault.left <= 0:
                    del self._faults[area]
            return fault

    def state(self) -> dict[str, dict[str, Any]]:
        with self._lock:
            return {area: self._state_of(area) for area in AREAS}

    def _state_of(self, area: Area) -> dict[str, Any]:
        fault = self._faults.get(area)
        return {
            "mode": fault.mode if fault else None,
            "left": fault.left if fault else None,
            "hits": self._hits[area],
        }


def fault_board() -> FaultBoard:
    found = current_app.extensions["sandbox_faults"]
    assert isinstance(found, FaultBoard)
    return found


def meet_fault(area: Area) -> None:
    """Runs before a service's own work; raises ServiceError 503, after a long wait for "timeout"."""
    fault = fault_board().hit(area)
    if fault is None:
        return
    describe(f"fault switched on: {fault.mode}")
    if fault.mode == "drop":
        request.environ[_DROP] = True  # the work is done and kept; only the answer is lost
        return
    if fault.mode == "timeout":
        fault.over.wait(_LONGEST_HOLD)
    raise ServiceError(503, "unavailable", "This service is switched off for now.", {"Retry-After": "1"})


class ConnectionDropper:
    """WSGI middleware that closes the connection instead of answering, where a fault asks for it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._application(environ, start_response)
        if environ.get(_DROP):
            close = getattr(answer, "close", None)
            if close is not None:
                close()
            # The server would otherwise keep the connection open for the next request.
            connection = environ.get("werkzeug.socket")
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("dropped, as the switched-on fault asks")
        return answer
