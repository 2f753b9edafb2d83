"""The platform's signing key and its key set (LTI Security Framework 1.0, section 6)."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from lti_tool.sandbox.models import Secret


class PlatformKey:
    """An RS256 key pair, named by its thumbprint."""

    def __init__(self, pem: str) -> None:
        self._key = RSAKey.import_key(pem)
        self._kid = self._key.thumbprint()

    def sign(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self._kid}, dict(claims), self._key, algorithms=["RS256"])

    def public_set(self) -> dict[str, Any]:
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "kid": self._kid, "alg": "RS256", "use": "sig"}]}


def new_pem() -> str:
    return RSAKey.generate_key(2048).as_pem(private=True).decode()


def load_secret(session: Session, name: str, make: Callable[[], str]) -> str:
    """The kept secret of this name, made with ``make`` the first time."""
    found = session.get(Secret, name)
    if found is None:
        found = Secret(name=name, value=make())
        session.add(found)
    return found.value


def new_cookie_key() -> str:
    return secrets.token_urlsafe(32)


def platform_key() -> PlatformKey:
    found = current_app.extensions["sandbox_key"]
    assert isinstance(found, PlatformKey)
    return found
