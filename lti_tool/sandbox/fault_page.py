"""The switchboard of faults, for people and for tests."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from lti_tool.sandbox.faults import AREAS, MODES, OUTAGE, Area, Mode, fault_board
from lti_tool.sandbox.security import refuse_foreign_forms

blueprint = Blueprint("fault_page", __name__)
blueprint.before_request(refuse_foreign_forms)
_AREA_WORDS = {
    "token": "Access tokens",
    "gradebook": "Gradebook",
    "roster": "Roster",
    "record_store": "Record store",
}
_MODE_WORDS = {
    "unavailable": "Answers 503",
    "timeout": "Does not answer in time",
    "drop": "Does its work, then drops the connection",
}


@blueprint.get("/faults")
def show() -> str | Response:
    """As JSON for who accepts only that: {area: {mode, left, hits}}."""
    state = fault_board().state()
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(state)
    stopped = all(state[area]["mode"] for area in OUTAGE)
    return render_template("faults.html", state=state, areas=_AREA_WORDS, modes=_MODE_WORDS, stopped=stopped)


@blueprint.post("/faults")
def switch() -> Response:
    """Form fields: area (one of AREAS, outage, or all), mode (one of MODES, or off), times (optional)."""
    mode = _mode(request.form.get("mode", ""))
    times = _times(request.form.get("times", "").strip())
    for area in _areas(request.form.get("area", "")):
        fault_board().switch(area, mode, times)
    answer = redirect(url_for("fault_page.show"), 303)
    assert isinstance(answer, Response)
    return answer


def _areas(name: str) -> tuple[Area, ...]:
    together = {"all": AREAS, "outage": OUTAGE}
    found = together.get(name) or tuple(area for area in AREAS if area == name)
    return found or abort(400, f"area must be all, outage or one of {', '.join(AREAS)}.")


def _mode(name: str) -> Mode | None:
    if name == "off":
        return None
    found = next((mode for mode in MODES if mode == name), None)
    return found or abort(400, f"mode must be off or one of {', '.join(MODES)}.")


def _times(raw: str) -> int | None:
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:6]) <= 10_000:
        abort(400, "times must be a whole number from 1 to 10000, or empty.")
    return int(raw)
