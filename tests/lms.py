"""A learning platform made of a key pair: says whatever a test wants it to say, rightly signed or not."""

import base64
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from joserfc import jws
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from lti_tool.db import engine, models
from lti_tool.lti import registration

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
TARGET = "https://tool.example/lti/launch"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
_ANY_HEADER = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
_ANY_HEADER.max_header_length = 64 * 1024

GONE: Any = object()
"""As a claim's new value: leave the claim out."""


@cache
def rsa_key(name: str) -> RSAKey:
    """A key that lives as long as the test run; another name, another key."""
    return RSAKey.generate_key(2048, {"kid": name})


@dataclass
class Lms:
    """One registration of the tool at one issuer."""

    issuer: str = "https://lms.example"
    client_id: str = "client-1"
    deployment_id: str = "1"
    kid: str = "lms-key-1"
    key: RSAKey = field(default_factory=lambda: rsa_key("lms-key-1"))

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    def key_set(self) -> dict[str, Any]:
        return {"keys": [{**self.key.as_dict(private=False), "kid": self.kid, "alg": "RS256", "use": "sig"}]}

    def register(self, session: Session) -> int:
        """Make the platform known to the tool; its row id."""
        session.rollback()
        engine.begin_write(session)
        platform = registration.add_platform(
            session,
            issuer=self.issuer,
            client_id=self.client_id,
            auth_url=f"{self.issuer}/auth?tenant=7",
            token_url=f"{self.issuer}/token",
            jwks_url=self.jwks_url,
            deployment_ids=[self.deployment_id],
        )
        platform_id = platform.id
        session.commit()
        return platform_id

    def publish(self, mocked: responses.RequestsMock) -> None:
        """Answer for the platform's keys."""
        mocked.get(self.jwks_url, json=self.key_set())

    def initiation(self, **changes: Any) -> dict[str, str]:
        return changed(
            {
                "iss": self.issuer,
                "login_hint": "5",
                "target_link_uri": TARGET,
                "lti_message_hint": '{"cmid":2}',
                "client_id": self.client_id,
                "lti_deployment_id": self.deployment_id,
            },
            changes,
        )

    def login(self, client: FlaskClient, **changes: Any) -> "Question":
        """Begin a launch in this browser."""
        answer = client.post("/lti/login", data=self.initiation(**changes))
        assert answer.status_code == 302, answer.text
        query = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
        return Question(query["state"], query["nonce"], query)

    def claims(self, question: "Question", changes: dict[str, Any] | None = None) -> dict[str, Any]:
        """A launch that is right in every way, but for the changes."""
        moment = int(time.time())
        return changed(
            {
                "iss": self.issuer,
                "aud": self.client_id,
                "sub": "5",
                "iat": moment,
                "exp": moment + 60,
                "nonce": question.nonce,
                "name": "Ana Álvarez",
                "email": "ana@example.test",
                CLAIM + "version": "1.3.0",
                CLAIM + "message_type": "LtiResourceLinkRequest",
                CLAIM + "deployment_id": self.deployment_id,
                CLAIM + "target_link_uri": question.sent.get("target", TARGET),
                CLAIM + "roles": [MEMBERSHIP + "Learner"],
                CLAIM + "context": {"id": "course-1", "label": "BIO101", "title": "Bio 101"},
                CLAIM + "resource_link": {"id": "link-1", "title": "Find a peer mentor"},
                CLAIM + "launch_presentation": {"locale": "en", "return_url": f"{self.issuer}/return"},
            },
            changes or {},
        )

    def sign(self, claims: Any, header: dict[str, Any] | None = None, key: RSAKey | None = None) -> str:
        full = changed({"alg": "RS256", "kid": self.kid, "typ": "JWT"}, header or {})
        # As ASCII: halves of characters are legal JSON, and a test may want to send them.
        return jws.serialize_compact(full, json.dumps(claims), key or self.key, registry=_ANY_HEADER)

    def sign_bytes(self, payload: bytes) -> str:
        """A good signature over anything."""
        return jws.serialize_compact({"alg": "RS256", "kid": self.kid}, payload, self.key)

    def launch(
        self,
        client: FlaskClient,
        changes: dict[str, Any] | None = None,
        *,
        header: dict[str, Any] | None = None,
        key: RSAKey | None = None,
        **arguments: Any,
    ) -> TestResponse:
        """A whole visit: login, then a launch with these changes to its claims or header."""
        question = self.login(client)
        token = self.sign(self.claims(question, changes), header, key)
        return post(client, token, question.state, **arguments)


@dataclass(frozen=True)
class Question:
    """What the tool asked the platform for."""

    state: str
    nonce: str
    sent: dict[str, str]


def post(client: FlaskClient, token: str | None, state: str | None, **arguments: Any) -> TestResponse:
    form = {"id_token": token, "state": state}
    return client.post(
        "/lti/launch", data={name: value for name, value in form.items() if value is not None}, **arguments
    )


def changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = values | changes
    return {name: value for name, value in merged.items() if value is not GONE}


def raw_token(header: Any, payload: Any, signature: bytes = b"x" * 256) -> str:
    """Three parts of which nothing needs to fit."""
    return ".".join([b64(json.dumps(header).encode()), b64(json.dumps(payload).encode()), b64(signature)])


def b64(content: bytes) -> str:
    """base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assert_refused(answer: TestResponse, code: str, status: int = 400) -> None:
    """A readable page with this code, and no way in (contract: HTTP)."""
    assert (answer.status_code, _code(answer)) == (status, code), answer.text
    assert _courses_after(answer) == _courses_before(answer)
    assert answer.headers["X-Request-ID"] in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def _courses_before(answer: TestResponse) -> Any:
    """The courses that the browser had been let into when it asked, by its session cookie."""
    return _courses(parse_cookie(answer.request.headers.get("Cookie", "")).get("peer_mentor"))


def _courses_after(answer: TestResponse) -> Any:
    for header in answer.headers.getlist("Set-Cookie"):
        if header.startswith("peer_mentor="):
            return _courses(parse_cookie(header)["peer_mentor"])
    return _courses_before(answer)


def _courses(cookie: str | None) -> Any:
    if not cookie:
        return {}
    _valid, content = URLSafeTimedSerializer("any", serializer=TaggedJSONSerializer()).loads_unsafe(cookie)
    return content.get("courses", {})


def _code(answer: TestResponse) -> str:
    if answer.is_json:
        return str(answer.get_json()["error"]["code"])
    _before, _mark, after = answer.text.partition('data-error-code="')
    return after.partition('"')[0]


def member_of(session: Session, answer: TestResponse) -> models.Member:
    """Who was let in by a launch: the newest member of the course that the answer leads to."""
    session.rollback()
    assert answer.status_code == 303, answer.text
    course_id = int(urlsplit(answer.location).path.split("/")[2])
    newest = (
        session.query(models.Member)
        .filter_by(course_id=course_id)
        .order_by(models.Member.last_launch_at.desc())
        .first()
    )
    assert newest is not None
    return newest
