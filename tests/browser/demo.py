"""The demo as `make demo` starts it, in a folder and on ports of its own."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.browser.stack import PEER_MENTOR
from tests.ports import free_port

START_SECONDS = 120


@dataclass(frozen=True)
class Demo:
    """Addresses of the furnished tool and of its LMS, which are different sites."""

    tool_url: str
    lms_url: str


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """A process of its own: the demo's set-up cannot run inside Playwright's event loop."""
    tool_port, lms_port = free_port(), free_port()
    ports = {"DEMO_TOOL_PORT": str(tool_port), "DEMO_LMS_PORT": str(lms_port)}
    process = subprocess.Popen([PEER_MENTOR, "demo"], cwd=folder, env=os.environ | ports)
    demo = Demo(f"http://localhost:{tool_port}", f"http://127.0.0.1:{lms_port}")
    try:
        for address in (f"{demo.tool_url}/healthz", f"{demo.lms_url}/"):
            _await(address, process)
        yield demo
    finally:
        process.terminate()
        process.wait(30)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
