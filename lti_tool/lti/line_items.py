"""Gradebook columns: found, or added where there is none (Assignment and Grade Services 2.0, section 3.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.lineitem import LineItem as LineItemShape

from lti_tool.db import models
from lti_tool.lti import services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import service_url
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.services import ServicePlatform

MOST_PAGES = 100
MOST_ENTRIES = 10_000
_READING = (lti.SCOPE_LINE_ITEM, lti.SCOPE_LINE_ITEM_READ)


@dataclass(frozen=True)
class LineItem:
    """A column as the platform tells of it."""

    url: str
    label: str
    maximum: float
    resource_link_id: str | None
    resource_id: str | None
    tag: str | None


@dataclass(frozen=True)
class Gradebook:
    """What calls to a course's gradebook need; no row, since it outlives the transaction."""

    platform: ServicePlatform
    container: str | None
    """The address of the list of columns; None where the platform offers none."""
    scopes: tuple[str, ...]
    """Offered at the latest launch."""

    def container_url(self) -> str:
        if self.container is None:
            raise ServiceError("refused", "the platform offers no gradebook to this course")
        return self.container


def gradebook_of(course: models.Course) -> Gradebook:
    """The gradebook of a course; what it tells is up to date as of the latest launch."""
    return Gradebook(services.platform_of(course), course.lineitems_url, tuple(course.scopes))


def find(
    book: Gradebook,
    *,
    resource_link_id: str | None = None,
    resource_id: str | None = None,
    tag: str | None = None,
) -> list[LineItem]:
    """The tool's own columns, all or those that match.

    Raises:
        ServiceError: see there; refused, when the course has no such service.
    """
    named = {"resource_link_id": resource_link_id, "resource_id": resource_id, "tag": tag}
    given = {name: value for name, value in named.items() if value is not None}
    rows = entries(
        book.platform, with_query(book.container_url(), given), _reading(book), lti.MEDIA_LINE_ITEMS
    )
    items = (_line_item(row) for row in rows)
    # The filters are the platform's to apply, and some do not.
    return [item for item in items if item and all(getattr(item, name) == given[name] for name in given)]


def is_there(book: Gradebook, url: str) -> bool:
    """Whether the platform still has this very column.

    Raises:
        ServiceError: see there; not for a column that is gone.
    """
    try:
        tokens.call(book.platform, _reading(book), "GET", url, headers={"Accept": lti.MEDIA_LINE_ITEM})
    except ServiceError as error:
        if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return False
        raise
    return True


def _reading(book: Gradebook) -> list[str]:
    # Moodle wants the scope for reading even of a tool that may write.
    return [scope for scope in _READING if scope in book.scopes] or [lti.SCOPE_LINE_ITEM_READ]


def create(
    book: Gradebook,
    *,
    label: str,
    maximum: float,
    resource_id: str,
    tag: str,
    resource_link_id: str | None = None,
) -> LineItem:
    """Add a column. Platforms do not look whether there is one already: look first.

    Raises:
        ServiceError: see there; refused, when the tool may not add one.
    """
    if lti.SCOPE_LINE_ITEM not in book.scopes:
        raise ServiceError("refused", "the platform does not let the tool add a gradebook column")
    shape = LineItemShape().set_label(label).set_score_maximum(maximum)
    shape.set_resource_id(resource_id).set_tag(tag)
    if resource_link_id is not None:
        shape.set_resource_link_id(resource_link_id)
    response = tokens.call(
        book.platform,
        [lti.SCOPE_LINE_ITEM],
        "POST",
        book.container_url(),
        data=shape.get_value().encode(),
        headers={"Accept": lti.MEDIA_LINE_ITEM, "Content-Type": lti.MEDIA_LINE_ITEM},
    )
    item = _line_item(services.json_of(response))
    if item is None:
        raise ServiceError("retry", "the answer is no line item", status=response.status_code)
    return item


def entries(platform: ServicePlatform, url: str, scopes: Sequence[str], media: str) -> list[Any]:
    """All entries of a list of the gradebook, page after page.

    Raises:
        ServiceError: see there; refused, when the list does not end.
    """
    found: list[Any] = []
    for page in services.bounded(_pages(platform, url, scopes, media), MOST_PAGES):
        found += page
        if len(found) > MOST_ENTRIES:
            raise ServiceError("refused", f"the list has more than {MOST_ENTRIES} entries")
    return found


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """The address with these parameters added to its own."""
    if not parameters:
        return url
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def _pages(platform: ServicePlatform, first: str, scopes: Sequence[str], media: str) -> Iterator[list[Any]]:
    url: str | None = first
    while url is not None:
        # Exactly one media type: Moodle refuses a list of them, and */* too.
        response = tokens.call(platform, scopes, "GET", url, headers={"Accept": media})
        page = services.json_of(response)
        if not isinstance(page, list):
            raise ServiceError("retry", "the answer is no list", status=response.status_code)
        yield page
        url = services.next_page(response, first)


def _line_item(row: Any) -> LineItem | None:
    url = service_url(row.get("id")) if isinstance(row, dict) else None
    if url is None:
        return None
    maximum = row.get("scoreMaximum")
    return LineItem(
        url=url,
        label=str(row.get("label") or ""),
        maximum=float(maximum) if isinstance(maximum, int | float) else 0.0,
        resource_link_id=_text(row.get("resourceLinkId")),
        resource_id=_text(row.get("resourceId")),
        tag=_text(row.get("tag")),
    )


def _text(value: Any) -> str | None:
    # Moodle sends "" where nothing is set, others send numbers.
    return str(value) if isinstance(value, str | int) and value != "" else None
