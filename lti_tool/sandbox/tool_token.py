"""Checks what a tool signed: client assertions and deep-linking responses (LTI Security 1.0, 4 and 5)."""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any, TypeGuard

import requests
from flask import current_app
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lti_tool.sandbox.config import ToolRegistration

_LARGEST_KEY_SET = 200_000  # bytes


class TokenRefusedError(Exception):
    """A signed token that does not hold; the message says why, for the tool's developer."""


class ToolKeys:
    """The tools' public keys, fetched over HTTP and kept until a token names a key that is not among them."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._sets: dict[str, list[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()

    def find(self, tool: ToolRegistration, kid: str) -> RSAKey:
        """Raises TokenRefusedError when the tool does not publish such an RSA signing key."""
        found = _pick(self._known(tool), kid)
        if found is None and tool.jwks_url is not None:
            fetched = self._fetch(tool.jwks_url)
            with self._lock:
                self._sets[tool.client_id] = fetched
            found = _pick(fetched, kid)
        if found is None:
            raise TokenRefusedError(f"the tool's key set has no RSA signing key with the kid {kid!r}")
        return found

    def _known(self, tool: ToolRegistration) -> list[Mapping[str, Any]]:
        if tool.jwks is not None:
            return list(tool.jwks["keys"])
        with self._lock:
            return self._sets.get(tool.client_id, [])

    def _fetch(self, url: str) -> list[Mapping[str, Any]]:
        try:
            answer = requests.get(url, timeout=self._timeout, headers={"Accept": "application/json"})
            answer.raise_for_status()
            keys = answer.json()["keys"] if len(answer.content) <= _LARGEST_KEY_SET else None
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise TokenRefusedError(f"the tool's key set at {url} cannot be read") from error
        if not isinstance(keys, list):
            raise TokenRefusedError(f"the tool's key set at {url} is no JWK set")
        return keys


def _pick(keys: list[Mapping[str, Any]], kid: str) -> RSAKey | None:
    for key in keys:
        if not isinstance(key, dict) or key.get("kid") != kid or key.get("kty") != "RSA":
            continue
        if key.get("use", "sig") != "sig" or key.get("alg", "RS256") != "RS256":
            continue
        try:
            return RSAKey.import_key({"kty": "RSA", "n": key["n"], "e": key["e"]})
        except (JoseError, ValueError, KeyError, TypeError):
            return None
    return None


def read_signed(tool: ToolRegistration, token: str) -> dict[str, Any]:
    """The claims of a token that this tool signed with RS256; raises TokenRefusedError."""
    kid = _key_id(token)
    keys = current_app.extensions["sandbox_tool_keys"]
    assert isinstance(keys, ToolKeys)
    key = keys.find(tool, kid)
    try:
        return jwt.decode(token, key, algorithms=["RS256"]).claims
    except (JoseError, ValueError) as error:
        raise TokenRefusedError("the signature does not hold, or the payload is no JSON object") from error


def _key_id(token: str) -> str:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise TokenRefusedError("it is not a JWT of three parts") from error
    if header.get("alg") != "RS256":
        raise TokenRefusedError("the algorithm must be RS256")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenRefusedError("the header names no kid")
    return kid


def unverified_issuer(token: str) -> str | None:
    """Whom a token says it is from: only to choose the keys that it is then checked with."""
    try:
        claims = json.loads(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        return None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else None


def check_times(claims: Mapping[str, Any], longest: int, leeway: int) -> None:
    """`exp` and `iat` (seconds since 1970) stand, hold now, and are at most ``longest`` seconds apart."""
    moment = int(time.time())
    issued, expires = claims.get("iat"), claims.get("exp")
    if not _is_number(issued) or not _is_number(expires):
        raise TokenRefusedError("iat and exp must both stand there as numbers")
    if expires <= moment - leeway:
        raise TokenRefusedError("it has expired")
    if issued > moment + leeway:
        raise TokenRefusedError("its iat lies in the future")
    if expires - issued > longest or moment - issued > longest + leeway:
        raise TokenRefusedError(f"it claims a life of more than {longest} seconds")
    if "nbf" in claims and (not _is_number(claims["nbf"]) or claims["nbf"] > moment + leeway):
        raise TokenRefusedError("its nbf is no number, or lies in the future")


def check_audience(claims: Mapping[str, Any], *accepted: str) -> None:
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(value in accepted for value in named if isinstance(value, str)):
        raise TokenRefusedError(f"aud must be {' or '.join(accepted)}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
