"""The log of service requests that the gradebook page shows."""

from flask import Response, g, request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.sandbox.models import ServiceRequest
from lti_tool.sandbox.store import engine, now

_KEPT = 300  # lines


def describe(text: str) -> None:
    """What this request was about, for its line; the first description stays (a fault comes first)."""
    if "note" not in g:
        g.note = text


def write_line(response: Response) -> None:
    """Own transaction: a refused request is rolled back, and its line must stay."""
    with Session(engine()) as session:
        line = ServiceRequest(
            at=now(),
            method=request.method,
            path=request.full_path.rstrip("?")[:300],
            client_id=g.get("client_id"),
            status=response.status_code,
            note=g.get("note", "")[:300],
        )
        session.add(line)
        session.flush()
        session.execute(delete(ServiceRequest).where(ServiceRequest.id <= line.id - _KEPT))
        session.commit()
