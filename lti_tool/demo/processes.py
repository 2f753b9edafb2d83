"""Starting and ending the demo's three processes together."""

import logging
import multiprocessing
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from lti_tool import sandbox, serving, worker
from lti_tool.app import create_app
from lti_tool.db import engine
from lti_tool.db.engine import db
from lti_tool.demo.course import furnish
from lti_tool.demo.place import Place
from lti_tool.rooms.admin import service as administration
from lti_tool.web import logs

START_SECONDS = 30

Part = multiprocessing.context.SpawnProcess


def run(folder: Path, *, reset: bool = False) -> None:
    """Start everything, say where to click, and end everything on Ctrl-C.

    Raises:
        SystemExit: with one sentence, when a port is taken or a part does not start.
    """
    place = Place.from_environment(folder)
    if reset:
        shutil.rmtree(place.folder, ignore_errors=True)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        with running(place) as parts:
            print(_welcome(place, admin_link(place)), flush=True)
            _watch(parts)
    except KeyboardInterrupt:
        print("\nThe demo has ended. Its data waits in", place.folder)


@contextmanager
def running(place: Place) -> Iterator[list[Part]]:
    """The three processes, listening, on a furnished database; ended with the block.

    Raises:
        SystemExit: as `run`.
    """
    for port, variable in ((place.tool_port, "DEMO_TOOL_PORT"), (place.lms_port, "DEMO_LMS_PORT")):
        if _listens(port):
            sys.exit(f"Port {port} is in use. Set {variable} to another one, or end what listens there.")
    furnish(place)
    parts = [_start("the tool", _tool, place), _start("the sandbox LMS", _lms, place)]
    try:
        _await_ports(place, parts)
        # Last, because it calls the LMS at once, which then asks the tool for its keys.
        parts.append(_start("its worker", _worker, place))
        yield parts
    finally:
        _end(parts)


def _start(name: str, target: Callable[[Place], None], place: Place) -> Part:
    # Spawned, not forked: each part begins with a clean interpreter, as on separate machines.
    process = multiprocessing.get_context("spawn").Process(target=target, args=(place,), name=name)
    process.start()
    return process


def _tool(place: Place) -> None:
    logs.configure(logging.WARNING)
    serving.serve(create_app(place.settings()), "127.0.0.1", place.tool_port, workers=1, graceful_timeout=2)


def _worker(place: Place) -> None:
    logs.configure(logging.WARNING)
    worker.consume(create_app(place.settings()), threads=2)


def _lms(place: Place) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    config = sandbox.demo_config(place.lms_url, place.tool_url, place.lms_database_url)
    sandbox.serve(config, "127.0.0.1", place.lms_port)


def _await_ports(place: Place, parts: list[Part]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (_listens(place.tool_port) and _listens(place.lms_port)):
        _check_alive(parts)
        if time.monotonic() > deadline:
            sys.exit("The demo did not start in time; what went wrong stands above.")
        time.sleep(0.1)


def _watch(parts: list[Part]) -> None:
    while True:
        _check_alive(parts)
        time.sleep(1)


def _check_alive(parts: list[Part]) -> None:
    for part in parts:
        if not part.is_alive():
            sys.exit(f"{part.name.capitalize()} ended by itself; what went wrong stands above.")


def _end(parts: list[Part]) -> None:
    for part in parts:
        part.terminate()
    for part in parts:
        part.join(10)
        if part.is_alive():
            part.kill()


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def admin_link(place: Place) -> str:
    """A one-time address into the administration of the demo's tool."""
    with create_app(place.settings()).app_context():
        engine.begin_write(db.session)
        url = administration.make_link(db.session, place.tool_url).url
        engine.commit(db.session)
        return url


def _welcome(place: Place, admin_url: str) -> str:
    return f"""
Peer Mentor is running. Open the sandbox LMS and enter a course as whoever you like:

    {place.lms_url}/

  Ingrid Ferreira  teaches the course: cohorts, matching, gradebook, report
  Ana Souza        is a learner with a mentor
  Tomasz Ndiaye    is an expert with checkpoints to sign
  Dana Whitfield   administers the LMS: from the course on to the administration of Peer Mentor

The administration of all platforms (the link works once, for 15 minutes):

    {admin_url}

The tool itself listens on {place.tool_url} (its page of parts: {place.tool_url}/styleguide).
Ctrl-C ends everything; `make demo-reset` starts afresh.
"""
