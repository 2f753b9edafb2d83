"""A tool made of a key pair: signs whatever a test wants to have signed, and publishes its key over HTTP."""

import threading
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from lti_tool.sandbox import ToolRegistration
from lti_tool.sandbox.vocabulary import ALL_SCOPES
from tests.integration.sandbox.walker import TIMEOUT, Form

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class StubTool:
    """Answers login initiations with a correct authentication request, serves its key set, hears notices."""

    def __init__(self, client_id: str = "stub") -> None:
        self.client_id = client_id
        self.key = RSAKey.generate_key(2048)
        self.kid = f"{client_id}-key"
        self.lms_url = ""
        self._heard: list[str] = []
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "StubTool":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def registration(self, **changes: Any) -> ToolRegistration:
        values: dict[str, Any] = {
            "client_id": self.client_id,
            "name": "Stub",
            "login_url": f"{self.url}/login",
            "redirect_uris": (f"{self.url}/launch",),
            "target_link_uri": f"{self.url}/launch",
            "deep_linking_url": f"{self.url}/launch",
            "jwks_url": f"{self.url}/jwks",
        }
        return ToolRegistration(**(values | changes))

    def _app(self) -> Flask:
        app = Flask(f"stub-{self.client_id}")
        app.add_url_rule("/jwks", view_func=self._jwks)
        app.add_url_rule("/login", view_func=self._login, methods=["POST"])
        app.add_url_rule("/notices", view_func=self._notices, methods=["POST"])
        return app

    def _jwks(self) -> Response:
        return jsonify(keys=[{**self.key.as_dict(private=False), "kid": self.kid, "alg": "RS256"}])

    def _notices(self) -> Response:
        self._heard += [one["jwt"] for one in request.get_json()["notices"]]
        return jsonify()

    def _login(self) -> Response:
        parameters = urlencode(self.authentication(request.form.to_dict()))
        answer = redirect(f"{self.lms_url}/auth?{parameters}")
        assert isinstance(answer, Response)
        return answer

    def authentication(self, initiation: dict[str, str]) -> dict[str, str]:
        """The parameters of a correct authentication request for a login initiation."""
        return {
            "response_type": "id_token",
            "scope": "openid",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": initiation["client_id"],
            "redirect_uri": f"{self.url}/launch",
            "login_hint": initiation["login_hint"],
            "lti_message_hint": initiation["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
        }

    def claims(self, answer: Form) -> dict[str, Any]:
        """What a message says that the platform signed."""
        return self._verified(answer.fields["id_token"])

    def notices(self) -> list[dict[str, Any]]:
        """The notices that came, in their order."""
        return [self._verified(one) for one in self._heard]

    def _verified(self, token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(requests.get(f"{self.lms_url}/jwks", timeout=TIMEOUT).json())
        return jwt.decode(token, keys, algorithms=["RS256"]).claims

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        full = {"alg": "RS256", "kid": self.kid} | (header or {})
        named = {name: value for name, value in full.items() if value is not None}
        return jwt.encode(named, claims, self.key)

    def assertion_claims(self) -> dict[str, Any]:
        moment = int(time.time())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.lms_url}/token",
            "iat": moment,
            "exp": moment + 60,
            "jti": uuid.uuid4().hex,
        }

    def ask_token(self, assertion: str | None = None, **changes: str | None) -> requests.Response:
        """A correct token request, but for ``changes`` (None leaves a field out)."""
        form: dict[str, str | None] = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.sign(self.assertion_claims()),
            "scope": " ".join(ALL_SCOPES),
        }
        fields = {name: value for name, value in (form | changes).items() if value is not None}
        return requests.post(f"{self.lms_url}/token", data=fields, timeout=TIMEOUT)

    def token(self, *scopes: str) -> str:
        answer = self.ask_token(scope=" ".join(scopes or ALL_SCOPES))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(
        self,
        method: str,
        url: str,
        token: str,
        *,
        accept: str | None = None,
        media: str | None = None,
        **rest: Any,
    ) -> requests.Response:
        """A service request; an address without a host is the platform's."""
        headers = {"Authorization": f"Bearer {token}", "Accept": accept, "Content-Type": media}
        address = url if url.startswith("http") else f"{self.lms_url}{url}"
        return requests.request(method, address, headers=headers, timeout=TIMEOUT, **rest)
