"""Everything running at once, as at a customer's: tool, worker, LMS on another site, record store."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

from cryptography.fernet import Fernet

from lti_tool.sandbox import SandboxServer, demo_config
from tests.ports import free_port

PEER_MENTOR = Path(sys.executable).parent / "peer-mentor"


@dataclass(frozen=True)
class Stack:
    """Addresses of what runs, and the environment for further `peer-mentor` commands."""

    tool_url: str
    lms_url: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run `peer-mentor ...` against the same database; its standard output."""
        done = subprocess.run(
            [PEER_MENTOR, *arguments], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@contextmanager
def running(folder: Path, lrs_url: str | None) -> Iterator[Stack]:
    """A new installation, set up by command as an administrator would, with an empty database."""
    tool_url = f"http://localhost:{free_port()}"
    with ExitStack() as cleanup:
        lms = cleanup.enter_context(SandboxServer(demo_config(tool_url=tool_url)))
        stack = Stack(tool_url, lms.url, _environment(folder, tool_url, lrs_url))
        stack.command("db", "upgrade")
        _register(stack)
        port = tool_url.rsplit(":", 1)[1]
        for arguments in (["serve", "--port", port, "--workers", "1"], ["worker"]):
            process = subprocess.Popen([PEER_MENTOR, *arguments], env=stack.environment)
            cleanup.callback(_end, process)
        _await(f"{tool_url}/readyz")
        yield stack


def _environment(folder: Path, tool_url: str, lrs_url: str | None) -> dict[str, str]:
    own = {
        "PEER_MENTOR_PUBLIC_URL": tool_url,
        "PEER_MENTOR_SECRET_KEY": "s" * 40,
        "PEER_MENTOR_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "PEER_MENTOR_DATABASE_URL": f"sqlite:///{folder / 'tool.db'}",
        "PEER_MENTOR_QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
        "PEER_MENTOR_ALLOW_LOOPBACK": "1",
        "PEER_MENTOR_DEMO": "1",
    }
    if lrs_url:
        own |= {
            "PEER_MENTOR_LRS_ENDPOINT": lrs_url,
            "PEER_MENTOR_LRS_USERNAME": "test",
            "PEER_MENTOR_LRS_PASSWORD": "test",
        }
    return os.environ | own


def _register(stack: Stack) -> None:
    lms = stack.lms_url
    stack.command(
        *("platform", "add", "--name", "Sandbox LMS", "--issuer", lms, "--client-id", "peer-mentor-demo"),
        *("--auth-url", f"{lms}/auth", "--token-url", f"{lms}/token", "--jwks-url", f"{lms}/jwks"),
        *("--deployment-id", "1"),
    )


def _await(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except HTTPError:
            raise
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
