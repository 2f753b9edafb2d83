"""What a tool answers to a deep-linking request (LTI Deep Linking 2.0, section 4.5)."""

import json
import secrets
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from sqlalchemy import func, select

from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.hints import DeepLinkData, read_deep_link_data
from lti_tool.sandbox.models import LineItem, ResourceLink
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.spent import spend
from lti_tool.sandbox.store import finish, session
from lti_tool.sandbox.tool_token import TokenRefusedError, check_audience, check_times, read_signed
from lti_tool.sandbox.tools import find_tool
from lti_tool.sandbox.vocabulary import CLAIM, DEEP_LINKING_CLAIM

blueprint = Blueprint("deep_linking", __name__)
_LONGEST_LIFE = 3600  # seconds; people take their time to choose, but the answer is signed at the end


class LinkLineItem(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    score_maximum: float = Field(gt=0, allow_inf_nan=False)
    label: str | None = None
    resource_id: str | None = None
    tag: str | None = None


class ContentItem(BaseModel):
    """An `ltiResourceLink`, the one type that this platform asks for (3.2)."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    type: Literal["ltiResourceLink"]
    url: HttpUrl | None = None
    title: str = Field(default="", max_length=300)
    custom: dict[str, str] = Field(default_factory=dict)
    line_item: LinkLineItem | None = None


_ITEMS = TypeAdapter(list[ContentItem])


@blueprint.post("/courses/<course_id>/deep-links/<client_id>")
def receive(course_id: str, client_id: str) -> Response:
    tool = find_tool(client_id)
    if tool is None:
        return _refused("No tool is registered under this client_id.")
    finish(success=True)  # its keys may have to be fetched, which is slow
    try:
        claims = read_signed(tool, request.form.get("JWT", ""))
        _check_envelope(tool, claims)
        data = _check_data(tool, course_id, claims)
        items = _read_items(claims)
        _spend(tool, claims, data)
    except TokenRefusedError as error:
        return _refused(f"The tool's answer is refused: {error}.")
    for item in items:
        _add(tool, course_id, item)
    answer = redirect(_destination(course_id, claims, len(items)), 303)
    assert isinstance(answer, Response)
    return answer


def _check_envelope(tool: ToolRegistration, claims: dict[str, Any]) -> None:
    if claims.get("iss") != tool.client_id:
        raise TokenRefusedError("iss must be the client_id")
    check_audience(claims, platform().issuer)
    check_times(claims, _LONGEST_LIFE, platform().leeway_seconds)
    expected = {
        "message_type": "LtiDeepLinkingResponse",
        "version": "1.3.0",
        "deployment_id": tool.deployment_id,
    }
    for name, value in expected.items():
        if claims.get(CLAIM + name) != value:
            raise TokenRefusedError(f"{name} must be {value}")
    if not isinstance(claims.get("nonce"), str) or not claims["nonce"]:
        raise TokenRefusedError("nonce is missing")


def _check_data(tool: ToolRegistration, course_id: str, claims: dict[str, Any]) -> DeepLinkData:
    raw = claims.get(DEEP_LINKING_CLAIM + "data")
    data = read_deep_link_data(raw) if isinstance(raw, str) else None
    if data is None or (data.course, data.client_id) != (course_id, tool.client_id):
        raise TokenRefusedError("data must be sent back as it was received")
    if cookie.get("person") != data.person:
        raise TokenRefusedError("the person who asked for content is no longer entered here")
    return data


def _read_items(claims: dict[str, Any]) -> list[ContentItem]:
    try:
        # By way of JSON, because strict checking takes addresses as text only from there.
        return _ITEMS.validate_json(json.dumps(claims.get(DEEP_LINKING_CLAIM + "content_items", [])))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TokenRefusedError(f"content_items {where}: {first['msg']}") from error


def _spend(tool: ToolRegistration, claims: dict[str, Any], data: DeepLinkData) -> None:
    lifetime = timedelta(seconds=2 * _LONGEST_LIFE)
    if not spend("deep-link-nonce", tool.client_id, claims["nonce"], lifetime):
        raise TokenRefusedError("its nonce was used before")
    if not spend("deep-link-data", tool.client_id, data.number, lifetime):
        raise TokenRefusedError("this request was answered before")


def _add(tool: ToolRegistration, course_id: str, item: ContentItem) -> None:
    last = session().scalar(
        select(func.max(ResourceLink.position)).where(ResourceLink.course_id == course_id)
    )
    link = ResourceLink(
        id=secrets.token_hex(8),
        course_id=course_id,
        client_id=tool.client_id,
        title=item.title or tool.name,
        url=str(item.url) if item.url else None,
        custom=dict(item.custom),
        position=(last or 0) + 1,
    )
    session().add(link)
    session().flush()
    if item.line_item is not None:
        session().add(_line_item(link, item.line_item))


def _line_item(link: ResourceLink, wanted: LinkLineItem) -> LineItem:
    return LineItem(
        course_id=link.course_id,
        client_id=link.client_id,
        resource_link_id=link.id,
        label=wanted.label or link.title,
        score_maximum=wanted.score_maximum,
        resource_id=wanted.resource_id,
        tag=wanted.tag,
    )


def _destination(course_id: str, claims: dict[str, Any], added: int) -> str:
    said = {"lti_msg": claims.get(DEEP_LINKING_CLAIM + "msg")}
    said["lti_errormsg"] = claims.get(DEEP_LINKING_CLAIM + "errormsg")
    shown = {name: text for name, text in said.items() if isinstance(text, str)}
    query = urlencode({"added": str(added), **shown})
    return f"{url_for('pages.returned', course_id=course_id)}?{query}"


def _refused(reason: str) -> Response:
    return make_response(render_template("message.html", title="Nothing was added", text=reason), 400)
