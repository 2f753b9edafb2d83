"""The signed message as a token: header, key, signature, whom it is for, when it is valid, which question.

Follows the LTI Security Framework 5.1.3 and OpenID Connect Core 3.1.3.7, in this order. Everything is taken
from the token only after the signature was found to be the platform's own.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from lti_tool.db import clock
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.login_state import PendingLogin

LEEWAY = timedelta(seconds=60)
"""How far the clocks of platform and tool may differ, in either direction."""
OLDEST = timedelta(minutes=10)
"""A token answers a login, and a login lives this long: an older token answers another one."""
LONGEST_LIFE = timedelta(days=1)
"""Platforms give their tokens between a minute and an hour; more is an error, and a risk when it leaks."""
_LARGEST_TIME = 10**11

_SIGNATURES = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
# Some platforms put certificates into the header; it is ignored, but must fit.
_SIGNATURES.max_header_length = 16 * 1024


def read(token: str, find_key: Callable[[str], RSAKey]) -> dict[str, Any]:
    """The claims of a token with a good signature.

    Args:
        token: compact serialisation, as posted.
        find_key: the platform's key by its id; raises `LaunchRefused` itself.

    Raises:
        LaunchRefused: token-malformed, algorithm-wrong, key-id-missing, signature-wrong, find_key's own.
    """
    kid = _key_id(_header(token))
    key = find_key(kid)
    try:
        return dict(jwt.decode(token, key, registry=_SIGNATURES).claims)
    except JoseError as error:
        malformed = error.error in {"decode_error", "invalid_payload"}
        raise LaunchRefused("token-malformed" if malformed else "signature-wrong", error.error) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise LaunchRefused("token-malformed", type(error).__name__) from None


def _header(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise LaunchRefused("token-malformed", f"{len(parts)} parts")
    try:
        header = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (Base64Error, ValueError, RecursionError):
        raise LaunchRefused("token-malformed", "header") from None
    if not isinstance(header, dict) or "crit" in header:
        raise LaunchRefused("token-malformed", "header")
    return header


def _key_id(header: Mapping[str, Any]) -> str:
    # The algorithm is ours to choose, never the sender's: no "none", no HMAC with a public key.
    if header.get("alg") != "RS256":
        raise LaunchRefused("algorithm-wrong", str(header.get("alg"))[:20])
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchRefused("key-id-missing")
    return kid


def check(claims: Mapping[str, Any], login: PendingLogin, trusted: Callable[[], Collection[str]]) -> None:
    """Check issuer, audience, times and nonce.

    Args:
        trusted: client ids of this tool at the same issuer; asked only when a token has several audiences.

    Raises:
        LaunchRefused: issuer-wrong, audience-*, authorized-party-*, expiry-missing, issued-at-missing,
            token-*, nonce-*.
    """
    if claims.get("iss") != login.issuer:
        raise LaunchRefused("issuer-wrong")
    check_envelope(claims, login.client_id, trusted)
    _check_nonce(claims, login.nonce)


def check_envelope(claims: Mapping[str, Any], client_id: str, trusted: Callable[[], Collection[str]]) -> None:
    """Check whom a token is for and when it is valid.

    Raises:
        LaunchRefused: audience-*, authorized-party-*, expiry-missing, issued-at-missing, token-*.
    """
    _check_audience(claims, client_id, trusted)
    _check_times(claims)


def _check_audience(
    claims: Mapping[str, Any], client_id: str, trusted: Callable[[], Collection[str]]
) -> None:
    value = claims.get("aud")
    audience = [value] if isinstance(value, str) else value
    if not isinstance(audience, list) or not audience or not all(audience):
        raise LaunchRefused("audience-missing")
    if not all(isinstance(one, str) for one in audience) or client_id not in audience:
        raise LaunchRefused("audience-wrong")
    others = set(audience) - {client_id}
    if others and "azp" not in claims:
        raise LaunchRefused("authorized-party-missing")
    if "azp" in claims and claims["azp"] != client_id:
        raise LaunchRefused("authorized-party-wrong")
    # Further audiences may read the token, too: only our own registrations are trusted with it.
    if others and not others <= set(trusted()):
        raise LaunchRefused("audience-wrong", "further audience")


def _check_times(claims: Mapping[str, Any]) -> None:
    now = clock.now().timestamp()
    leeway = LEEWAY.total_seconds()
    expires = _time(claims, "exp", "expiry-missing")
    issued = _time(claims, "iat", "issued-at-missing")
    begins = _time(claims, "nbf", "token-malformed") if "nbf" in claims else issued
    if expires <= now - leeway:
        raise LaunchRefused("token-expired", f"exp {expires - now:.0f} s")
    if max(issued, begins) > now + leeway:
        raise LaunchRefused("token-from-future", f"iat {issued - now:.0f} s")
    if issued < now - leeway - OLDEST.total_seconds():
        raise LaunchRefused("token-too-old", f"iat {issued - now:.0f} s")
    if expires > now + leeway + LONGEST_LIFE.total_seconds():
        raise LaunchRefused("token-lives-too-long", f"exp {expires - now:.0f} s")


def _time(claims: Mapping[str, Any], name: str, code: str) -> float:
    """Seconds since 1970 (RFC 7519, NumericDate)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchRefused(code)
    # JSON as Python reads it knows NaN and numbers without end, which would pass any comparison or none.
    if not 0 <= value < _LARGEST_TIME:
        raise LaunchRefused("token-malformed", name)
    return float(value)


def _check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    sent = claims.get("nonce")
    if not isinstance(sent, str) or not sent:
        raise LaunchRefused("nonce-missing")
    if not hmac.compare_digest(sent.encode(errors="replace"), nonce.encode()):
        raise LaunchRefused("nonce-wrong")
