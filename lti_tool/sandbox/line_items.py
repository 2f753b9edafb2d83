"""Line items: list, create, read, replace, delete (AGS 2.0, section 3.2)."""

from datetime import UTC, datetime
from typing import Any, Self

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from sqlalchemy import select

from lti_tool.sandbox.access import (
    require_accept,
    require_content,
    require_course,
    require_line_item,
    require_scope,
)
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.json_body import Moment, json_answer, read_body
from lti_tool.sandbox.models import LineItem, ResourceLink
from lti_tool.sandbox.paging import add_link, read_page
from lti_tool.sandbox.platform import line_item_url
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import session
from lti_tool.sandbox.vocabulary import (
    MEDIA_LINE_ITEM,
    MEDIA_LINE_ITEMS,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
)

blueprint = Blueprint("line_items", __name__, url_prefix="/lti/courses/<course_id>/lineitems")
_FILTERS = {
    "resource_link_id": LineItem.resource_link_id,
    "resource_id": LineItem.resource_id,
    "tag": LineItem.tag,
}


class LineItemBody(BaseModel):
    """A line item as a tool sends it; members that are not the specification's are let pass."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    id: str | None = None
    label: str = Field(min_length=1, max_length=500)
    score_maximum: float = Field(gt=0, allow_inf_nan=False)
    resource_id: str | None = None
    resource_link_id: str | None = None
    tag: str | None = None
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None
    grades_released: bool | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.start_date_time and self.end_date_time and self.end_date_time < self.start_date_time:
            raise ValueError("endDateTime lies before startDateTime")
        return self


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("gradebook")


@blueprint.get("")
def list_line_items(course_id: str) -> Response:
    client_id = require_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
    require_accept(MEDIA_LINE_ITEMS)
    require_course(course_id)
    query = select(LineItem).where(LineItem.course_id == course_id, LineItem.client_id == client_id)
    for name, column in _FILTERS.items():
        if name in request.args:
            query = query.where(column == request.args[name])
    items, next_url = read_page(query, LineItem.id)
    return add_link(json_answer([as_json(item) for item in items], MEDIA_LINE_ITEMS), next_url)


@blueprint.post("")
def create_line_item(course_id: str) -> Response:
    client_id = require_scope(SCOPE_LINE_ITEM)
    require_content(MEDIA_LINE_ITEM)
    require_accept(MEDIA_LINE_ITEM)
    require_course(course_id)
    body = read_body(LineItemBody)
    _check_link(course_id, client_id, body)
    item = LineItem(course_id=course_id, client_id=client_id, resource_link_id=body.resource_link_id)
    _fill(item, body)
    session().add(item)
    session().flush()
    describe(f"{item.label}, {item.score_maximum:g} points")
    answer = json_answer(as_json(item), MEDIA_LINE_ITEM)
    answer.status_code = 201
    answer.headers["Location"] = line_item_url(course_id, item.id)
    return answer


@blueprint.get("/<int:line_item_id>/lineitem")
def read_line_item(course_id: str, line_item_id: int) -> Response:
    client_id = require_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
    require_accept(MEDIA_LINE_ITEM)
    return json_answer(as_json(require_line_item(course_id, line_item_id, client_id)), MEDIA_LINE_ITEM)


@blueprint.put("/<int:line_item_id>/lineitem")
def replace_line_item(course_id: str, line_item_id: int) -> Response:
    client_id = require_scope(SCOPE_LINE_ITEM)
    require_content(MEDIA_LINE_ITEM)
    require_accept(MEDIA_LINE_ITEM)
    item = require_line_item(course_id, line_item_id, client_id)
    body = read_body(LineItemBody)
    if body.id not in (None, line_item_url(course_id, item.id)):
        raise ServiceError(400, "invalid_line_item", "id is not the address of this line item.")
    if body.resource_link_id not in (None, item.resource_link_id):
        raise ServiceError(400, "invalid_line_item", "resourceLinkId cannot be changed.")
    _fill(item, body)
    return json_answer(as_json(item), MEDIA_LINE_ITEM)


@blueprint.delete("/<int:line_item_id>/lineitem")
def delete_line_item(course_id: str, line_item_id: int) -> Response:
    client_id = require_scope(SCOPE_LINE_ITEM)
    session().delete(require_line_item(course_id, line_item_id, client_id))
    return Response(status=204)


def as_json(item: LineItem) -> dict[str, Any]:
    values = {
        "id": line_item_url(item.course_id, item.id),
        "label": item.label,
        "scoreMaximum": item.score_maximum,
        "resourceId": item.resource_id,
        "resourceLinkId": item.resource_link_id,
        "tag": item.tag,
        "startDateTime": _moment(item.start_date_time),
        "endDateTime": _moment(item.end_date_time),
        "gradesReleased": item.grades_released,
    }
    return {name: value for name, value in values.items() if value is not None}


def _check_link(course_id: str, client_id: str, body: LineItemBody) -> None:
    if body.resource_link_id is None:
        return
    link = session().get(ResourceLink, body.resource_link_id)
    if link is None or link.course_id != course_id or link.client_id != client_id:
        raise ServiceError(
            400, "invalid_line_item", "resourceLinkId names no link of this tool in this course."
        )


def _fill(item: LineItem, body: LineItemBody) -> None:
    item.label = body.label
    item.score_maximum = body.score_maximum
    item.resource_id = body.resource_id
    item.tag = body.tag
    item.start_date_time = body.start_date_time
    item.end_date_time = body.end_date_time
    item.grades_released = body.grades_released


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None
