"""Lists on pages, cut into numbered slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select

from lti_tool.sandbox.store import session

T = TypeVar("T", bound=Any)
_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    rows: Sequence[T]
    number: int
    """Counted from 1."""
    has_next: bool


def read_slice(query: Select[T]) -> Slice[T]:
    """The slice that the request's ``page`` names; an odd value means the first."""
    raw = request.args.get("page", "1")
    number = max(1, int(raw)) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 1
    rows = session().scalars(query.offset((number - 1) * _LENGTH).limit(_LENGTH + 1)).all()
    return Slice(rows[:_LENGTH], number, len(rows) > _LENGTH)
