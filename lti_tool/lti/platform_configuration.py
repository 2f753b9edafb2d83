"""What a platform says of itself before a registration (Dynamic Registration 1.0, section 3.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool import outgoing, settings
from lti_tool.lti.addresses import origin_of, service_url
from lti_tool.lti.launch import text
from lti_tool.lti.platforms import canvas
from lti_tool.lti.registration_errors import RegistrationRefused

LTI = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_TOKEN = re.compile(r"[\x21-\x7e]{1,8000}")
_MOST = 500
"""Entries of a list that are read."""


@dataclass(frozen=True)
class PlatformConfiguration:
    """A platform's configuration, checked. Lists are None where it does not say."""

    url: str
    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str | None
    product: str | None
    account_name: str | None
    scopes: frozenset[str] | None
    claims: frozenset[str] | None
    messages: Mapping[str, tuple[str, ...]]
    """Message type -> its placements."""

    @property
    def host(self) -> str:
        return urlsplit(self.issuer).netloc

    @property
    def frame_ancestors(self) -> list[str]:
        """Who may frame the pages of this registration.

        Schools at hosted Canvas have addresses of their own that nothing announces: any site under https. To
        open such a page one has to hold the invite anyway.
        """
        known = [origin_of(self.url), origin_of(self.issuer)]
        hosted = ["https:"] if canvas.is_hosted(self.issuer, self.url) else []
        return [*dict.fromkeys(one for one in known if one), *hosted]


def bearer(token: str | None) -> dict[str, str]:
    """The header that carries a registration token, if there is one.

    Raises:
        RegistrationRefused: token-unreadable.
    """
    if not token:
        return {}
    if not _TOKEN.fullmatch(token):
        raise RegistrationRefused("token-unreadable")
    return {"Authorization": f"Bearer {token}"}


def fetch(url: str | None, token: str | None) -> PlatformConfiguration:
    """Ask a platform for its configuration. Call it outside any transaction.

    Args:
        url: the `openid_configuration` that the platform sent along.
        token: its `registration_token`; Canvas gives its configuration only with it.

    Raises:
        RegistrationRefused: not-from-a-platform, configuration-*, token-unreadable, issuer-elsewhere.
    """
    if not url:
        raise RegistrationRefused("not-from-a-platform")
    if not _callable(url):
        raise RegistrationRefused("configuration-address-wrong")
    headers = {"Accept": "application/json", **bearer(token)}
    try:
        with outgoing.http(settings.current()) as http:
            answer = http.get(url, headers=headers)
    except (requests.RequestException, ValueError) as error:
        raise RegistrationRefused("configuration-unreachable", str(error)[:200]) from None
    if answer.status_code != requests.codes.ok:
        raise RegistrationRefused("configuration-unreachable", f"HTTP {answer.status_code}")
    return read(url, json_object(answer))


def json_object(answer: requests.Response) -> dict[str, Any]:
    """An answer's JSON object; an empty one for anything else."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def read(url: str, body: Mapping[str, Any]) -> PlatformConfiguration:
    """Check a configuration that came from ``url``.

    Raises:
        RegistrationRefused: configuration-unreadable, issuer-elsewhere.
    """
    issuer = body.get("issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    addresses = {name: body.get(name) for name in names}
    if not _callable(issuer) or len(str(issuer)) > 500 or not all(map(_callable, addresses.values())):
        raise RegistrationRefused("configuration-unreadable", str(sorted(body))[:200])
    _check_host(url, str(issuer))
    described = body.get(LTI)
    lti: dict[str, Any] = described if isinstance(described, dict) else {}
    product = text(lti.get("product_family_code"), 100)
    return PlatformConfiguration(
        url=url,
        issuer=str(issuer),
        auth_url=str(addresses["authorization_endpoint"]),
        token_url=str(addresses["token_endpoint"]),
        jwks_url=str(addresses["jwks_uri"]),
        registration_url=str(addresses["registration_endpoint"]),
        token_audience=_audience(body, product),
        product=product,
        account_name=text(lti.get(canvas.ACCOUNT_NAME), 200),
        scopes=_names(body.get("scopes_supported")),
        claims=_names(body.get("claims_supported")),
        messages=_messages(lti.get("messages_supported")),
    )


def _callable(address: Any) -> bool:
    if service_url(address) is None:
        return False
    return str(address).startswith("https://") or settings.current().allow_loopback


def _check_host(url: str, issuer: str) -> None:
    """Nobody may speak for another platform: the configuration lies on the issuer's own host (3.4)."""
    if origin_of(url) != origin_of(issuer) and not canvas.is_hosted(issuer, url):
        raise RegistrationRefused("issuer-elsewhere", f"{origin_of(url)} for {origin_of(issuer)}")


def _audience(body: Mapping[str, Any], product: str | None) -> str | None:
    # Canvas names its host here, but its token endpoint wants assertions for its own address.
    said = text(body.get("authorization_server"), 500)
    return None if product == canvas.PRODUCT else said


def _names(value: Any) -> frozenset[str] | None:
    if not isinstance(value, list):
        return None
    return frozenset(one for one in value[:_MOST] if isinstance(one, str))


def _messages(value: Any) -> dict[str, tuple[str, ...]]:
    entries = value[:_MOST] if isinstance(value, list) else []
    return {
        entry["type"]: tuple(sorted(_names(entry.get("placements")) or ()))
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("type"), str)
    }
