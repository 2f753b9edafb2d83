"""A small record store beside the LMS: statements in and out (xAPI 1.0.3, Communication 2.1), no search.

It keeps statements and gives them back by their id; enough for the demo to show what arrives, and what is
looked up there.
"""

import hmac
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import func, select

from lti_tool.sandbox.faults import meet_fault
from lti_tool.sandbox.models import Statement
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.service_log import describe
from lti_tool.sandbox.store import now, session

blueprint = Blueprint("record_store", __name__, url_prefix="/xapi")
_VERSION = "1.0.3"
_ADDED = ("stored", "authority", "version", "timestamp")
"""What a store adds or writes anew: no difference between two statements."""


@blueprint.before_request
def _let_in() -> None:
    meet_fault("record_store")
    login, known = request.authorization, platform().record_store_login
    if (
        login is None
        or known is None
        or login.type != "basic"
        or not _is(login.username, login.password, known)
    ):
        raise ServiceError(
            401, "unauthorized", "Basic authentication is needed.", {"WWW-Authenticate": "Basic"}
        )
    if not request.headers.get("X-Experience-API-Version", "").startswith("1.0"):
        raise ServiceError(400, "version", "X-Experience-API-Version must be 1.0 (Communication 3.3).")


def _is(username: str | None, password: str | None, known: tuple[str, str]) -> bool:
    given = f"{username}:{password}".encode()
    return hmac.compare_digest(given, ":".join(known).encode())


@blueprint.after_request
def _name_version(response: Response) -> Response:
    response.headers["X-Experience-API-Version"] = _VERSION
    return response


@blueprint.post("/statements")
def take() -> Response:
    body = request.get_json()
    batch = body if isinstance(body, list) else [body]
    ids = [_id_of(one) for one in batch]
    if len(set(ids)) < len(ids):
        raise ServiceError(400, "same_id", "Two statements of a batch have the same id.")
    known = {one.id: one for one in session().scalars(select(Statement).where(Statement.id.in_(ids)))}
    for statement_id, one in zip(ids, batch, strict=True):
        if statement_id not in known:
            session().add(Statement(id=statement_id, stored_at=now(), body=one))
        elif _core(known[statement_id].body) != _core(one):
            raise ServiceError(409, "conflict", f"Another statement has the id {statement_id}.")
    describe(f"{len(ids)} statements")
    return jsonify(ids)


@blueprint.get("/statements")
def give() -> Response:
    """One by its id; without one the newest, at most 25."""
    wanted = request.args.get("statementId") or request.args.get("voidedStatementId")
    if wanted is None:
        rows = session().scalars(newest().limit(25)).all()
        return jsonify(statements=[_shown(row) for row in rows], more="")
    row = session().get(Statement, wanted.lower()) if "statementId" in request.args else None
    if row is None:
        raise ServiceError(404, "unknown", "No statement has this id.")
    return jsonify(_shown(row))


def newest() -> Any:
    return select(Statement).order_by(Statement.stored_at.desc(), Statement.id)


def number_stored() -> int:
    return session().scalar(select(func.count()).select_from(Statement)) or 0


def _shown(row: Statement) -> dict[str, Any]:
    stored = row.stored_at.isoformat(timespec="milliseconds").replace("+00:00", "") + "Z"
    authority = {"objectType": "Agent", "account": {"homePage": platform().issuer, "name": "sandbox"}}
    return {**row.body, "stored": stored, "authority": authority, "version": row.body.get("version", "1.0.0")}


def _core(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in _ADDED}


def _id_of(statement: object) -> str:
    """Checks what no statement is without (xAPI 1.0.3, Data 2.2)."""
    parts = statement if isinstance(statement, dict) else {}
    if not all(isinstance(parts.get(name), dict) for name in ("actor", "verb", "object")):
        raise ServiceError(400, "invalid", "A statement is an object with actor, verb and object.")
    try:
        return str(uuid.UUID(str(parts.get("id") or uuid.uuid4())))
    except ValueError:
        raise ServiceError(400, "invalid", "A statement's id is a UUID.") from None
