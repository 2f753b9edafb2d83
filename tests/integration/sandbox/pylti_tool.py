# mypy: disable-error-code="no-untyped-call"
"""A minimal tool on unmodified PyLTI1p3: proof that the sandbox speaks LTI, no dialect of ours."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, jsonify
from joserfc.jwk import RSAKey
from pylti1p3.contrib.flask.launch_data_storage.cache import FlaskCacheDataStorage
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.exception import LtiException, LtiServiceException
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem
from pylti1p3.tool_config.dict import ToolConfDict
from werkzeug.serving import make_server

from lti_tool.sandbox import ToolRegistration

CLIENT_ID = "pylti"


class MemoryCache:
    """What FlaskCacheDataStorage asks of a cache."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self._values.get(key)

    def set(self, key: str, value: Any, _seconds: int | None = None) -> None:
        self._values[key] = value


class PyltiTool:
    """Listens on a loopback port under the name `localhost`; knows its platform after `connect`."""

    def __init__(self) -> None:
        key = RSAKey.generate_key(2048)
        self._private = key.as_pem(private=True).decode()
        self._public = key.as_pem(private=False).decode()
        self._config: Any = None  # a ToolConfDict, whose types do not fit its own documentation
        self._storage = FlaskCacheDataStorage(MemoryCache())
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.url = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "PyltiTool":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def registration(self) -> ToolRegistration:
        return ToolRegistration(
            client_id=CLIENT_ID,
            name="PyLTI1p3",
            login_url=f"{self.url}/login",
            redirect_uris=(f"{self.url}/launch",),
            target_link_uri=f"{self.url}/launch",
            deep_linking_url=f"{self.url}/launch",
            jwks_url=f"{self.url}/jwks",
        )

    def connect(self, lms_url: str) -> None:
        registration: Any = {
            "default": True,
            "client_id": CLIENT_ID,
            "auth_login_url": f"{lms_url}/auth",
            "auth_token_url": f"{lms_url}/token",
            "auth_audience": None,
            "key_set_url": f"{lms_url}/jwks",
            "deployment_ids": ["1"],
        }
        self._config = ToolConfDict({lms_url: [registration]})
        self._config.set_private_key(lms_url, self._private, client_id=CLIENT_ID)
        self._config.set_public_key(lms_url, self._public, client_id=CLIENT_ID)

    def _app(self) -> Flask:
        app = Flask("pylti-tool")
        app.secret_key = "only-for-this-test"
        app.add_url_rule("/jwks", view_func=lambda: jsonify(self._config.get_jwks()))
        app.add_url_rule("/login", view_func=self._login, methods=["GET", "POST"])
        app.add_url_rule("/launch", view_func=self._launch, methods=["POST"])
        app.add_url_rule("/<launch>/members", view_func=self._members)
        app.add_url_rule("/<launch>/score/<person>/<int:points>", view_func=self._score)
        app.add_url_rule("/<launch>/choose", view_func=self._choose)
        app.register_error_handler(LtiException, lambda error: (str(error), 502))
        app.register_error_handler(LtiServiceException, lambda error: (str(error), 502))
        return app

    def _login(self) -> Any:
        request = FlaskRequest()
        login = FlaskOIDCLogin(request, self._config, launch_data_storage=self._storage)
        return login.redirect(request.get_param("target_link_uri"))

    def _launch(self) -> Response:
        launch = FlaskMessageLaunch(FlaskRequest(), self._config, launch_data_storage=self._storage)
        return jsonify(claims=launch.get_launch_data(), id=launch.get_launch_id())

    def _again(self, launch: str) -> Any:
        return FlaskMessageLaunch.from_cache(
            launch, FlaskRequest(), self._config, launch_data_storage=self._storage
        )

    def _members(self, launch: str) -> Response:
        return jsonify(self._again(launch).get_nrps().get_members())

    def _score(self, launch: str, person: str, points: int) -> Response:
        grade = Grade()
        grade.set_score_given(points).set_score_maximum(100).set_user_id(person)
        grade.set_timestamp(datetime.now(UTC).isoformat())  # left out by the library itself
        grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
        service = self._again(launch).get_ags()
        service.put_grade(grade)
        return jsonify(service.get_grades())

    def _choose(self, launch: str) -> str:
        column = LineItem().set_label("Chosen column").set_score_maximum(10)
        resource = DeepLinkResource().set_url(f"{self.url}/launch").set_title("Chosen with PyLTI1p3")
        resource.set_custom_params({"chosen": "yes"}).set_lineitem(column)
        form: str = self._again(launch).get_deep_link().output_response_form([resource])
        return form


def launched(answer_text: str) -> tuple[str, dict[str, Any]]:
    """The launch id and the claims out of the tool's answer to a launch."""
    body = json.loads(answer_text)
    return body["id"], body["claims"]
