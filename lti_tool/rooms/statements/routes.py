"""The page that shows the statements of a course, and the file that takes them away."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_tool.db.engine import db
from lti_tool.rooms.statements import queries, wording
from lti_tool.rooms.statements.forms import FilterForm
from lti_tool.web import access, times

bp = Blueprint("statements", __name__, url_prefix="/courses/<int:course_id>/statements")
FILTERS = ("kind", "person", "first", "last", "state")


@bp.get("")
def index(course_id: int) -> str | tuple[str, int]:
    course = access.place().course
    form = _form()
    if not form.validate():
        return render_template("statements/index.html", form=form, course=course, found=None), 422
    found = queries.page(db.session, course, form.choice(), request.args.get("page", 1, type=int))
    chosen: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return render_template(
        "statements/index.html",
        form=form,
        course=course,
        found=found,
        chosen=chosen,
        words=wording,
        url_of=lambda page: url_for("statements.index", course_id=course_id, page=page, **chosen),
    )


@bp.get("/export")
def export(course_id: int) -> Response | tuple[str, int]:
    """The chosen statements as lines of JSON (contract of `statements export`)."""
    course = access.place().course
    form = _form()
    if not form.validate():
        return render_template("statements/index.html", form=form, course=course, found=None), 422
    made = _lines(db.engine, course_id, form.choice())
    answer = Response(made, mimetype="application/jsonl")
    answer.headers["Content-Disposition"] = f'attachment; filename="statements-{course_id}.jsonl"'
    return answer


def _lines(engine: Engine, course_id: int, choice: queries.Choice) -> Iterator[str]:
    # In a session of its own: that of the request ends before the answer has been sent.
    with Session(engine) as session:
        for line in queries.lines(session, course_id, choice):
            yield line + "\n"


def _form() -> FilterForm:
    course = access.place().course
    values = MultiDict({name: request.args.get(name, "") for name in FILTERS})
    kinds = queries.kinds(db.session, course)
    return FilterForm(course=course, kinds=kinds, zone=times.zone(), formdata=values)
