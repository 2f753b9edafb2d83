"""The way back into the LMS: its return URL with what it may show and keep (LTI 1.3 core 5.4.4, table)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import LONGEST, service_url


def return_url(claims: Mapping[str, Any], issuer: str) -> str | None:
    """The return URL of a signed message; None when there is none to follow.

    It is taken from nowhere else: only the platform itself can name it, so nobody can send people astray
    with it. Platforms with many hosts (Canvas) name one that is neither issuer nor sign-in, and may.
    """
    presentation = claims.get(lti.LAUNCH_PRESENTATION)
    url = service_url(presentation.get("return_url")) if isinstance(presentation, dict) else None
    # A platform that speaks https does not send people on without it.
    return None if url is None or (_secure(issuer) and not _secure(url)) else url


def with_words(url: str, *, message: str | None = None, error: str | None = None, log: str = "") -> str:
    """The return URL with what the platform shows (a message or an error) and writes into its log."""
    said = {"lti_msg": message, "lti_errormsg": error, "lti_errorlog" if error else "lti_log": log}
    given = {name: value for name, value in said.items() if value}
    parts = urlsplit(url)
    own = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in given]
    whole = urlunsplit(parts._replace(query=urlencode([*own, *given.items()])))
    return whole if len(whole) <= 2 * LONGEST else url


def _secure(address: str) -> bool:
    return urlsplit(address).scheme == "https"
