"""Pages of a service's list: `limit`, and a `Link` header to the next (RFC 8288).

The cursor is signed and case-sensitive, so that a tool which changes the address is found out.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.store import session

T = TypeVar("T", bound=Any)


def read_page(query: Select[T], key: InstrumentedAttribute[int]) -> tuple[Sequence[T], str | None]:
    """The asked page of ``query`` in the order of ``key``, and the address of the next one, if any."""
    limit = _limit()
    after = _cursor()
    rows = session().scalars(query.where(key > after).order_by(key).limit(limit + 1)).all()
    if len(rows) <= limit:
        return rows, None
    last: int = getattr(rows[limit - 1], key.key)
    return rows[:limit], _next_url(last)


def add_link(response: Response, next_url: str | None) -> Response:
    if next_url is not None:
        response.headers["Link"] = f'<{next_url}>; rel="next"'
    return response


def _limit() -> int:
    raw = request.args.get("limit")
    if raw is None:
        return platform().page_size
    if not raw.isascii() or not raw.isdigit() or int(raw) < 1:
        raise ServiceError(400, "invalid_limit", "limit must be a whole number above 0.")
    return min(int(raw), platform().page_size)


def _serializer() -> URLSafeSerializer:
    assert current_app.secret_key is not None
    return URLSafeSerializer(current_app.secret_key, salt=f"page:{request.path}")


def _cursor() -> int:
    raw = request.args.get("page")
    if raw is None:
        return 0
    try:
        after = _serializer().loads(raw)
    except BadSignature as error:
        raise ServiceError(
            400, "invalid_page", "page must be taken as it is from the Link header."
        ) from error
    assert isinstance(after, int)
    return after


def _next_url(last: int) -> str:
    arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{platform().issuer}{request.path}?{urlencode([*arguments, ('page', _serializer().dumps(last))])}"
