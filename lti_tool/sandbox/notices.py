"""Notices to tools (LTI Platform Notification Service 1.0): who wants to hear of what, and the telling."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from sqlalchemy import select

from lti_tool.sandbox.access import require_content, require_scope
from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.json_body import read_body
from lti_tool.sandbox.models import NoticeHandler
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.platform_key import platform_key
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import find_tool
from lti_tool.sandbox.vocabulary import CLAIM, CONTEXT_COPY_NOTICE, NOTICE_TYPES, SCOPE_NOTICE_HANDLERS

blueprint = Blueprint("notices", __name__)
_LIFETIME = 300  # seconds between iat and exp
_PATIENCE = 5.0  # seconds for a tool's answer


class Handler(BaseModel):
    """What a tool sends (section 4): an empty address takes its handler away."""

    model_config = ConfigDict(extra="ignore")

    notice_type: StrictStr
    handler: StrictStr = Field(max_length=2000)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a notice."""

    tool: str
    status: int | None
    """None: no answer."""


@blueprint.before_request
def _meet_fault() -> None:
    meet_fault("roster")


@blueprint.get("/lti/tools/<client_id>/notice-handlers")
def show(client_id: str) -> Response:
    return jsonify(_catalogue(_require(client_id)))


@blueprint.put("/lti/tools/<client_id>/notice-handlers")
def change(client_id: str) -> Response:
    tool = _require(client_id)
    require_content("application/json")
    wanted = read_body(Handler)
    if wanted.notice_type not in NOTICE_TYPES:
        raise ServiceError(400, "unknown_notice_type", f"Known are: {', '.join(NOTICE_TYPES)}.")
    _check_address(tool, wanted.handler)
    key = (client_id, wanted.notice_type)
    row = session().get(NoticeHandler, key) or NoticeHandler(client_id=client_id, kind=wanted.notice_type)
    row.url = wanted.handler
    session().add(row)
    describe(f"{wanted.notice_type} to {wanted.handler or 'nobody'}")
    return jsonify(notice_type=wanted.notice_type, handler=wanted.handler)


def copy_notices(context: Mapping[str, Any], origins: Sequence[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """For each tool that wants to hear of copies: its client_id, its address, and the notice's claims."""
    handlers = session().scalars(
        select(NoticeHandler).where(NoticeHandler.kind == CONTEXT_COPY_NOTICE, NoticeHandler.url != "")
    )
    told = [(handler, find_tool(handler.client_id)) for handler in handlers]
    about = {CLAIM + "context": dict(context), CLAIM + "origin_contexts": list(origins)}
    return [
        (tool.client_id, handler.url, _envelope(tool, CONTEXT_COPY_NOTICE) | about)
        for handler, tool in told
        if tool is not None
    ]


def send(client_id: str, url: str, claims: Mapping[str, Any]) -> Told:
    """Post a signed notice (section 5). Call it outside any transaction."""
    body = {"notices": [{"jwt": platform_key().sign(claims)}]}
    try:
        answer = requests.post(url, json=body, timeout=_PATIENCE, headers={"Accept": "application/json"})
    except requests.RequestException:
        return Told(client_id, None)
    return Told(client_id, answer.status_code)


def _require(client_id: str) -> ToolRegistration:
    tool = find_tool(client_id)
    if require_scope(SCOPE_NOTICE_HANDLERS) != client_id or tool is None:
        raise ServiceError(404, "not_found", "There are no such notice handlers of this tool.")
    return tool


def _catalogue(tool: ToolRegistration) -> dict[str, Any]:
    rows = session().scalars(select(NoticeHandler).where(NoticeHandler.client_id == tool.client_id))
    known = {row.kind: row.url for row in rows}
    handlers = [{"notice_type": kind, "handler": known.get(kind, "")} for kind in NOTICE_TYPES]
    return {"client_id": tool.client_id, "deployment_id": tool.deployment_id, "notice_handlers": handlers}


def _check_address(tool: ToolRegistration, address: str) -> None:
    if not address:
        return
    parts = urlsplit(address)
    if not address.isprintable() or f"{parts.scheme}://{parts.netloc}" not in tool.origins:
        raise ServiceError(400, "invalid_handler", "The handler must lie on the tool's own domain.")


def _envelope(tool: ToolRegistration, kind: str) -> dict[str, Any]:
    moment = int(time.time())
    said = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    return {
        "iss": platform().issuer,
        "aud": tool.client_id,
        "iat": moment,
        "exp": moment + _LIFETIME,
        "nonce": secrets.token_urlsafe(16),
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": tool.deployment_id,
        CLAIM + "notice": {"id": secrets.token_hex(16), "timestamp": said, "type": kind},
    }
