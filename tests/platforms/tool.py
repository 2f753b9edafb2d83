"""The tool as its users run it, a server process of its own, for platforms that others wrote."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from flask import Flask

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.ports import free_port

PEER_MENTOR = str(Path(sys.executable).parent / "peer-mentor")


@dataclass(frozen=True)
class Tool:
    """A running server, and its settings for those who look into its database."""

    url: str
    settings: Settings
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run `peer-mentor ...` against its database; the standard output."""
        command = [PEER_MENTOR, *arguments]
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def register(self, name: str, registration: dict[str, str]) -> None:
        """What an administrator types; the keys of ``registration`` are the command's options."""
        options = [f"--{key.replace('_', '-')}={value}" for key, value in registration.items()]
        self.command("platform", "add", "--name", name, *options)

    def app(self) -> Flask:
        """The same application in this process, with the same database."""
        return create_app(self.settings)


@contextmanager
def running(folder: Path) -> Iterator[Tool]:
    """Serve a new installation with an empty database until the end of the block."""
    port = free_port()
    values = {
        "public_url": f"http://localhost:{port}",
        "secret_key": "s" * 40,
        "encryption_key": Fernet.generate_key().decode(),
        "database_url": f"sqlite:///{folder / 'tool.db'}",
        "queue_url": f"sqlite:///{folder / 'queue.db'}",
        "allow_loopback": "1",
    }
    own = {f"PEER_MENTOR_{name.upper()}": value for name, value in values.items()}
    tool = Tool(values["public_url"], Settings.model_validate(values), os.environ | own)
    tool.command("db", "upgrade")
    serve = [PEER_MENTOR, "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(serve, env=tool.environment)
    try:
        _await(f"{tool.url}/healthz", process)
        yield tool
    finally:
        process.terminate()
        process.wait(15)


def _await(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
