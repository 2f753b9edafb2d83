"""Open edX's LTI platform as a process, in an environment of its own under var/.

Its packages (AGPL-3.0) are no part of the product: tests fetch them, as they do the npm ones.
"""

import fcntl
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.ports import free_port

DRIVER = Path(__file__).with_name("driver.py")
REQUIREMENTS = Path("config/requirements-openedx.txt")
START_SECONDS = 90


@dataclass(frozen=True)
class OpenEdx:
    """A running site with one unit, in which the tool is placed."""

    registration: dict[str, str]
    """What the tool has to know of it: issuer, client_id, deployment_id, auth_url, token_url, jwks_url."""

    @property
    def url(self) -> str:
        return self.registration["issuer"]

    def state(self) -> dict[str, Any]:
        """What has arrived: gradebook by person, scores, chosen content items."""
        answer = requests.get(f"{self.url}/state", timeout=20)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def install(project: Path) -> Path:
    """Make the environment unless it is there with just these packages; gives its Python.

    Raises:
        subprocess.CalledProcessError: the packages cannot be had.
    """
    folder = project / "var" / "openedx"
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv" / "bin" / "python"
    wanted = (project / REQUIREMENTS).read_text(encoding="utf-8")
    done = folder / "installed.txt"
    with (folder / "lock").open("w") as lock:
        # Test processes side by side: one installs, the others wait and find it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (python.exists() and done.exists() and done.read_text(encoding="utf-8") == wanted):
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], check=True)
            subprocess.run(_pip(python, project), check=True, timeout=280)
            done.write_text(wanted, encoding="utf-8")
    return python


def _pip(python: Path, project: Path) -> list[str]:
    # As the pinned list has it: pip's resolver would look for what is newer.
    options = ["--quiet", "--no-deps", "--require-hashes", "--no-compile"]
    return [str(python), "-m", "pip", "install", *options, "--requirement", str(project / REQUIREMENTS)]


@contextmanager
def running(python: Path, tool_url: str) -> Iterator[OpenEdx]:
    """Start a site with an empty database, and stop it at the end of the block."""
    process = subprocess.Popen(
        [str(python), "-W", "ignore", str(DRIVER), str(free_port()), tool_url],
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield OpenEdx(_said(process))
    finally:
        process.terminate()
        process.communicate(timeout=15)


def _said(process: subprocess.Popen[str]) -> dict[str, str]:
    """The line that it prints when it is about to listen."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if ready else ""
    if not line:
        raise RuntimeError("Open edX's platform did not start")
    registration: dict[str, str] = json.loads(line)
    return registration
