"""Signed values that travel through the tool and back: the message hint and deep linking's `data`."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

_HINT_SECONDS = 24 * 3600  # a course page may stay open for a day
_DATA_SECONDS = 3600
_REGISTRATION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class LaunchHint:
    """What the person chose on the course page. ``link`` None asks for deep linking."""

    person: str
    course: str
    client_id: str
    link: str | None
    target: Literal["iframe", "window"]
    learner: str | None = None
    """Whose work is to be reviewed, and in which column; None for anything else."""
    column: int | None = None


@dataclass(frozen=True, slots=True)
class DeepLinkData:
    person: str
    course: str
    client_id: str
    number: str
    """Random, so that one request is answered once."""


def sign_hint(hint: LaunchHint) -> str:
    return _serializer("launch").dumps(asdict(hint))


def read_hint(value: str) -> LaunchHint | None:
    content = _read("launch", value, _HINT_SECONDS)
    return None if content is None else LaunchHint(**content)


def sign_deep_link_data(data: DeepLinkData) -> str:
    return _serializer("deep-link").dumps(asdict(data))


def read_deep_link_data(value: str) -> DeepLinkData | None:
    content = _read("deep-link", value, _DATA_SECONDS)
    return None if content is None else DeepLinkData(**content)


def sign_registration_token(client_id: str) -> str:
    return _serializer("registration").dumps({"client_id": client_id})


def read_registration_token(value: str) -> str | None:
    """The client id that the token is good for; whether it was used is not known here."""
    content = _read("registration", value, _REGISTRATION_SECONDS)
    return None if content is None else str(content["client_id"])


def _read(purpose: str, value: str, seconds: int) -> dict[str, Any] | None:
    try:
        content = _serializer(purpose).loads(value, max_age=seconds)
    except BadData:
        return None
    assert isinstance(content, dict)
    return content


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt=purpose)
