"""Calls to a platform's services with its token, and what a failed call means for whoever made it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests

from lti_tool import outgoing, settings
from lti_tool.db import clock, models
from lti_tool.lti.addresses import origin_of
from lti_tool.lti.errors import ServiceError

_LONGEST_ANSWER = 1000
_LONGEST_WAIT = 24 * 3600.0
_TRY_AGAIN = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.LOCKED, HTTPStatus.TOO_MANY_REQUESTS}
)


@dataclass(frozen=True)
class ServicePlatform:
    """What a service call needs to know of a platform; no row, since it outlives the transaction."""

    id: int
    client_id: str
    token_url: str
    audience: str | None = None
    """Whom client assertions are for; None: the token URL."""


def platform_of(source: models.Course | models.Platform) -> ServicePlatform:
    """The platform behind a course (two rows are read) or itself."""
    platform = source.deployment.platform if isinstance(source, models.Course) else source
    return ServicePlatform(platform.id, platform.client_id, platform.token_url, platform.token_audience)


def request(method: str, url: str, **arguments: Any) -> requests.Response:
    """One call through `outgoing`; whatever goes wrong on the way is a `ServiceError`."""
    try:
        with outgoing.http(settings.current()) as http:
            return http.request(method, url, **arguments)
    except outgoing.Refused as error:
        raise ServiceError("paused", str(error)) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise ServiceError("refused", f"not an address that can be called: {error}") from None
    except requests.RequestException as error:
        raise ServiceError("retry", f"{type(error).__name__}: no answer from {origin_of(url)}") from None


def failure(response: requests.Response) -> ServiceError:
    """What an answer outside 2xx means.

    Canvas answers 403 "Rate Limit Exceeded" when it is asked too often, and Moodle gives its reasons in the
    status line only.
    """
    status = response.status_code
    said = _said(response)
    limited = status == HTTPStatus.FORBIDDEN and "rate limit" in said.lower()
    if limited or status in _TRY_AGAIN or status >= 500:
        return ServiceError("retry", said, status=status, retry_after=_retry_after(response))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or status < 400:
        return ServiceError("paused", said, status=status)
    return ServiceError("refused", said, status=status)


def json_of(response: requests.Response) -> Any:
    """The body as JSON, whatever media type it names.

    Raises:
        ServiceError: retry; a platform that answers something else is being repaired, or its proxy answers.
    """
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise ServiceError("retry", f"no JSON: {_said(response)}", status=response.status_code) from None


def next_page(response: requests.Response, first_url: str) -> str | None:
    """The address in ``Link: rel="next"`` (RFC 8288), letter by letter; None on the last page.

    Raises:
        ServiceError: refused, when it leads to another host: the token is for this one.
    """
    target = response.links.get("next", {}).get("url")
    if not target:
        return None
    url = urljoin(response.url, target)
    if origin_of(url) != origin_of(first_url):
        raise ServiceError("refused", "the next page is on another host", status=response.status_code)
    return url


def pages(get: Callable[[str], requests.Response], first: str, name: str) -> Iterator[list[Any]]:
    """The lists that stand under ``name`` on a service's pages, to the last one.

    Raises:
        ServiceError: whatever ``get`` raises; retry, when an answer holds no such list; refused, when a page
            leads back to one that was read.
    """
    at: str | None = first
    visited: set[str] = set()
    while at is not None:
        if at in visited:
            raise ServiceError("refused", "the list leads back to a page that was read already")
        visited.add(at)
        response = get(at)
        body = json_of(response)
        page = body.get(name) if isinstance(body, dict) else None
        if not isinstance(page, list):
            raise ServiceError("retry", f"the answer holds no {name}", status=response.status_code)
        yield page
        at = next_page(response, first)


def with_query(url: str, asked: Mapping[str, str]) -> str:
    """The address with these values in its query, unless it has some of that name already."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    there = {name for name, _value in pairs}
    pairs += [(name, value) for name, value in asked.items() if name not in there]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def bounded(pages: Iterator[Any], most: int) -> Iterator[Any]:
    """The pages, but an error instead of more than ``most`` of them.

    Raises:
        ServiceError: refused.
    """
    for number, page in enumerate(pages, start=1):
        if number > most:
            raise ServiceError("refused", f"the list has more than {most} pages")
        yield page


def _said(response: requests.Response) -> str:
    body = re.sub(r"\s+", " ", response.text).strip()
    return f"{response.status_code} {response.reason or ''}: {body}".strip(" :")[:_LONGEST_ANSWER]


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, from a number of them or a date (RFC 9110, section 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    seconds: float | None = None
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    elif value:
        with suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), _LONGEST_WAIT)
