"""The tool's settings: one typed class; nobody else reads the environment.

Every setting is an environment variable ``PEER_MENTOR_<NAME>``, or ``PEER_MENTOR_<NAME>_FILE`` naming a file
that holds the value (as container platforms mount secrets).
"""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask import current_app
from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "PEER_MENTOR_"


class SettingsError(Exception):
    """A missing or wrong setting, as one line that names it."""


def _about(name: str, sentence: str) -> PydanticCustomError:
    """What is wrong with one setting because of another."""
    return PydanticCustomError("setting", "{sentence}", {"setting": name, "sentence": sentence})


def _absolute_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL such as https://mentor.example.edu")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError(
            "must be a URL such as postgresql://user:password@host/name or sqlite:///var/file.db"
        )
    return value


def _queue_url(value: str) -> str:
    if urlsplit(value).scheme not in {"sqlite", "redis", "rediss", "postgresql", "postgres", "memory"}:
        raise ValueError("must be a URL such as redis://host:6379/0 or sqlite:///var/queue.db")
    return value


def _smtp_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must be a URL such as smtps://user:password@mail.example.edu")
    return value


def _mail_address(value: str) -> str:
    name, at, host = value.partition("@")
    if not (name and at and host) or not value.isprintable() or set(value) & set(" <>,;"):
        raise ValueError("must be one address such as mentor@example.edu")
    return value


def _fernet_key(value: str) -> str:
    try:
        Fernet(value)
    except ValueError:
        raise ValueError("must be a Fernet key: 32 url-safe base64-encoded bytes") from None
    return value


def _long_enough(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


class Settings(BaseSettings):
    """What the tool needs to know about its surroundings. See config/settings.example.env."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    public_url: Annotated[str, AfterValidator(_absolute_url)]
    secret_key: Annotated[str, AfterValidator(_long_enough)]
    encryption_key: Annotated[str, AfterValidator(_fernet_key)]
    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///var/peer-mentor.db"
    queue_url: Annotated[str, AfterValidator(_queue_url)] = "sqlite:///var/queue.db"
    lrs_endpoint: Annotated[str, AfterValidator(_absolute_url)] | None = None
    lrs_username: str | None = None
    lrs_password: str | None = None
    lrs_token_url: Annotated[str, AfterValidator(_absolute_url)] | None = None
    lrs_client_id: str | None = None
    lrs_client_secret: str | None = None
    lrs_scope: str | None = None
    """With a token address the store is asked for with OAuth 2 client credentials instead of a password."""
    lrs_version: Literal["1.0.3", "2.0.0"] = "1.0.3"
    xapi_people: Literal["account", "pseudonym"] = "account"
    """How statements name people: as the platform knows them, or by a pseudonym in each course."""
    overdue_minutes: Annotated[int, Field(gt=0)] = 360
    """A score or statement that waits for longer raises the alarm."""
    smtp_url: Annotated[str, AfterValidator(_smtp_url)] | None = None
    mail_from: Annotated[str, AfterValidator(_mail_address)] | None = None
    allow_loopback: bool = False
    demo: bool = False

    @model_validator(mode="after")
    def _complete_client(self) -> "Settings":
        """A token address without a client, or the other way round, would only be noticed later."""
        if self.lrs_token_url is not None:
            for name in ("lrs_client_id", "lrs_client_secret"):
                if not getattr(self, name):
                    raise _about(name, f"is not set, and {PREFIX}LRS_TOKEN_URL is")
        elif self.lrs_client_id or self.lrs_client_secret:
            raise _about("lrs_token_url", f"is not set, and {PREFIX}LRS_CLIENT_ID or its secret is")
        return self

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        return self.mail_from or f"peer-mentor@{urlsplit(self.public_url).hostname}"

    @property
    def public_origin(self) -> str:
        """Scheme, host and port of the tool, as browsers compare origins."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: one line that names the setting that is missing or wrong.
    """
    try:
        return Settings(**_from_files())  # type: ignore[arg-type]  # pydantic turns the text into its types
    except ValidationError as error:
        first = error.errors()[0]
        about = first["loc"][0] if first["loc"] else first["ctx"]["setting"]
        name = PREFIX + str(about).upper()
        missing = first["type"] == "missing"
        reason = "is not set" if missing else first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} {reason}") from None


def current() -> Settings:
    """The settings of the running application (needs an application context)."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _from_files() -> dict[str, str]:
    values: dict[str, str] = {}
    for variable, path in os.environ.items():
        if not (variable.startswith(PREFIX) and variable.endswith("_FILE")):
            continue
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{variable} cannot be read: {error.strerror}") from None
        except ValueError:
            raise SettingsError(f"{variable} names a file that is no text in UTF-8") from None
        values[variable.removeprefix(PREFIX).removesuffix("_FILE").lower()] = content
    return values
