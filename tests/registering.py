"""Platforms that take the tool by an invite: what they are asked, and what they answer."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import responses
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.db import engine
from lti_tool.lti import invites
from tests.captures import moodle

LTI = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_CANVAS = Path(__file__).parent / "captures" / "canvas" / "openid_configuration.json"


def make_invite(session: Session, name: str | None = None) -> str:
    """The secret of a new invite."""
    session.rollback()
    engine.begin_write(session)
    url = invites.create(session, "https://tool.example", name).url
    session.commit()
    return url.partition("invite=")[2]


def moodle_configuration() -> dict[str, Any]:
    """Moodle's, recorded, as if it stood at https://moodle.example."""
    text = json.dumps(moodle("openid_configuration")["body"])
    moved: dict[str, Any] = json.loads(text.replace("http://127.0.0.1:8085", "https://moodle.example"))
    return moved


def canvas_configuration() -> dict[str, Any]:
    configuration: dict[str, Any] = json.loads(_CANVAS.read_text(encoding="utf-8"))
    return configuration


def moodle_answer() -> dict[str, Any]:
    answer: dict[str, Any] = moodle("registration_response")["body"]
    return answer


@dataclass
class Registering:
    """A platform under whose registration dialog an administrator has pasted an invite."""

    outside: responses.RequestsMock
    configuration: dict[str, Any]
    url: str = "https://moodle.example/mod/lti/openid-configuration.php"
    token: str = "token-1"

    def publish(self) -> None:
        self.outside.get(self.url, json=self.configuration)

    def answer(self, body: Any, status: int = 200) -> None:
        self.outside.post(self.configuration["registration_endpoint"], json=body, status=status)

    def fields(self, secret: str) -> dict[str, str]:
        return {"invite": secret, "openid_configuration": self.url, "registration_token": self.token}

    def opened(self, client: FlaskClient, secret: str) -> TestResponse:
        return client.get("/lti/register", query_string=self.fields(secret))

    def confirmed(self, client: FlaskClient, secret: str) -> TestResponse:
        return client.post("/lti/register", data=self.fields(secret))

    def posted(self) -> tuple[dict[str, Any], str | None]:
        """What the tool posted to the registration endpoint: its JSON and its Authorization header."""
        call = next(one for one in reversed(self.outside.calls) if one.request.method == "POST")
        return json.loads(call.request.body or "{}"), call.request.headers.get("Authorization")
