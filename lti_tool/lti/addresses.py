"""Addresses found in messages: which are ours, which may be called, and who may frame us."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

LONGEST = 2000
_DEFAULT_PORT = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")


def origin_of(address: Any) -> str | None:
    """``scheme://host[:port]`` in lower case and without a default port; None for anything doubtful.

    Safe to stand in a Content-Security-Policy header.
    """
    parts = _split(address)
    if parts is None:
        return None
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        return None
    port = parts.port
    shown = "" if port in {None, _DEFAULT_PORT[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def is_ours(address: str, public_url: str) -> bool:
    """Whether an address lies on this very host (and below the tool's path, if it has one)."""
    parts = _split(address)
    if parts is None or origin_of(address) != origin_of(public_url):
        return False
    root = urlsplit(public_url).path.rstrip("/")
    return parts.path == root or parts.path.startswith(root + "/") or (not root and not parts.path)


def service_url(value: Any) -> str | None:
    """The value when it is an absolute http(s) address of bearable length, else None."""
    return value if origin_of(value) is not None else None


def _split(address: Any) -> SplitResult | None:
    if not isinstance(address, str) or len(address) > LONGEST or not address.isascii():
        return None
    # Browsers read backslashes and blanks in their own way; no honest address holds any.
    if not address.isprintable() or any(mark in address for mark in '\\ <>"'):
        return None
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname or "@" in parts.netloc:
        return None
    return parts
