"""Where the demo lives and how its parts find each other."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from lti_tool.sandbox.demonstration import RECORD_STORE_LOGIN
from lti_tool.settings import Settings

OVERDUE_MINUTES = 1
"""Nobody waits for hours in front of a demo to see the alarm."""


@dataclass(frozen=True)
class Place:
    """The demo's folder and its two addresses, which are different sites, as in real life."""

    folder: Path
    tool_port: int
    lms_port: int

    @classmethod
    def from_environment(cls, folder: Path) -> "Place":
        """The ports of the contract, unless DEMO_TOOL_PORT and DEMO_LMS_PORT say others."""
        return cls(
            folder=folder.absolute(),
            tool_port=int(os.environ.get("DEMO_TOOL_PORT", "8000")),
            lms_port=int(os.environ.get("DEMO_LMS_PORT", "8001")),
        )

    @property
    def tool_url(self) -> str:
        return f"http://localhost:{self.tool_port}"

    @property
    def lms_url(self) -> str:
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def lms_database_url(self) -> str:
        return f"sqlite:///{self.folder / 'sandbox.db'}"

    def settings(self) -> Settings:
        """Settings of the demo's tool, with secrets of its own that last as long as its folder."""
        secret_key, encryption_key = self._secrets()
        username, password = RECORD_STORE_LOGIN
        return Settings(
            public_url=self.tool_url,
            secret_key=secret_key,
            encryption_key=encryption_key,
            database_url=f"sqlite:///{self.folder / 'peer-mentor.db'}",
            queue_url=f"sqlite:///{self.folder / 'queue.db'}",
            lrs_endpoint=f"{self.lms_url}/xapi",
            lrs_username=username,
            lrs_password=password,
            overdue_minutes=OVERDUE_MINUTES,
            allow_loopback=True,
            demo=True,
        )

    def _secrets(self) -> tuple[str, str]:
        path = self.folder / "secrets.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            made = [secrets.token_urlsafe(48), Fernet.generate_key().decode()]
            path.write_text(json.dumps(made), encoding="utf-8")
        secret_key, encryption_key = json.loads(path.read_text(encoding="utf-8"))
        return secret_key, encryption_key
