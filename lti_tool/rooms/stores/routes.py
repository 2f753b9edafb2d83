"""Pages on which an instructor adds, tries and switches the course's record stores."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.outbox import stores
from lti_tool.rooms.stores import queries, service, wording
from lti_tool.rooms.stores.forms import StoreForm
from lti_tool.web import access

bp = Blueprint("stores", __name__, url_prefix="/courses/<int:course_id>/stores")
Page = Response | str | tuple[str, int]


@bp.get("")
def index(course_id: int) -> str:
    course = access.place().course
    counts = queries.statement_counts(db.session, course)
    return render_template(
        "stores/index.html",
        course=course,
        institution=queries.institution(),
        stores=queries.own(db.session, course),
        route_of=stores.route_of,
        tool_route=stores.TOOL,
        counts=counts,
        unsent=sum(one.unsent for route, one in counts.items() if route != stores.NOWHERE),
        words=wording,
    )


@bp.route("/add", methods=["GET", "POST"])
def add(course_id: int) -> Page:
    form = StoreForm()
    if form.validate_on_submit():
        row = service.add(db.session, access.place().course, form.plan(), access.place().viewer.member)
        job = service.start_test(db.session, row)
        return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)
    return _form(form, _("Add a record store"))


@bp.route("/<int:store_id>/edit", methods=["GET", "POST"])
def edit(course_id: int, store_id: int) -> Page:
    form = StoreForm(known=_store())
    if form.validate_on_submit():
        service.change(db.session, _store(), form.plan(), access.place().viewer.member)
        job = service.start_test(db.session, _store())
        return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)
    return _form(form, _store().name)


@bp.post("/<int:store_id>/switch")
def switch(course_id: int, store_id: int) -> Response:
    on = request.form.get("on") == "1"
    service.switch(db.session, _store(), access.place().viewer.member, on=on)
    name = _store().name
    used = _("%(name)s is used again.", name=name)
    flash(
        used if on else _("%(name)s is switched off. Nothing is sent there any more.", name=name), "success"
    )
    return redirect(url_for("stores.index", course_id=course_id), 303)


@bp.post("/<int:store_id>/test")
def test(course_id: int, store_id: int) -> Response:
    job = service.start_test(db.session, _store())
    return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)


@bp.post("/backfill")
def backfill(course_id: int) -> Response:
    job = service.start_backfill(db.session, access.place().course)
    return redirect(url_for("jobs.show", course_id=course_id, job_id=job.id), 303)


def _store() -> models.RecordStore:
    store: models.RecordStore = access.place().found["store"]
    return store


def _form(form: StoreForm, title: str) -> Page:
    values: dict[str, Any] = {"form": form, "title": title, "course": access.place().course}
    return render_template("stores/form.html", **values), 422 if form.errors else 200
