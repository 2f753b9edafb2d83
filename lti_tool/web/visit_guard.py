"""Where a visit without cookies may be used: inside the platform's frame, and from its own pages."""

from flask import Flask, request

from lti_tool.web import visits
from lti_tool.web.errors import not_found, not_launched

_ASSETS = frozenset({"static", "bootstrap.static"})


def register(app: Flask) -> None:
    app.before_request(_guard)


def _guard() -> None:
    if not visits.is_one() or request.endpoint in _ASSETS:
        return
    if request.blueprint in {"lti", "framed_login"}:
        raise not_found()
    visit = visits.current()
    if visit.failure is not None:
        raise visit.failure
    if visit.key is None or not (visits.in_frame() or _from_own_page()):
        visit.clear()
        visit.key = None
        raise not_launched()


def _from_own_page() -> bool:
    # A copied address comes from no page at all: it is worth nothing in another tab or browser.
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
