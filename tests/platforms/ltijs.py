"""A tool made with ltijs, as a process: it comes from npm into var/ and is no part of the product."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tool.sandbox import ToolRegistration
from tests.ports import free_port

PACKAGES = {"ltijs": "5.9.9"}
CLIENT_ID = "ltijs"
HERE = Path(__file__).parent


class LtijsTool:
    """Listens on a loopback port under the name `localhost`; knows its platform after `connect`."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self._process = process
        self.url = f"http://localhost:{port}"

    def registration(self) -> ToolRegistration:
        return ToolRegistration(
            client_id=CLIENT_ID,
            name="ltijs",
            login_url=f"{self.url}/login",
            redirect_uris=(f"{self.url}/launch",),
            target_link_uri=f"{self.url}/launch",
            deep_linking_url=f"{self.url}/launch",
            jwks_url=f"{self.url}/keys",
        )

    def connect(self, lms_url: str) -> None:
        """Tell it of its platform; it listens when this is done."""
        platform = {
            "url": lms_url,
            "name": "Sandbox LMS",
            "clientId": CLIENT_ID,
            "authenticationEndpoint": f"{lms_url}/auth",
            "accesstokenEndpoint": f"{lms_url}/token",
            "authConfig": {"method": "JWK_SET", "key": f"{lms_url}/jwks"},
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(platform) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said == "ready\n", f"ltijs did not start: {said}"


@contextmanager
def running(node: str, packages: Path) -> Iterator[LtijsTool]:
    """Start the tool and stop it at the end of the block."""
    port = free_port()
    preload = HERE.parent / "loopback_only.cjs"
    process = subprocess.Popen(
        [node, "--no-deprecation", "--require", str(preload), str(HERE / "ltijs_tool.cjs"), str(port)],
        env=os.environ | {"NODE_PATH": str(packages / "node_modules")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield LtijsTool(process, port)
    finally:
        process.terminate()
        process.communicate(timeout=15)
