"""The page on which people see what the record store has."""

from flask import Blueprint, render_template

from lti_tool.sandbox import record_store
from lti_tool.sandbox.store import session

blueprint = Blueprint("record_store_page", __name__)
_SHOWN = 25


@blueprint.get("/record-store")
def show() -> str:
    rows = session().scalars(record_store.newest().limit(_SHOWN)).all()
    return render_template("record_store.html", rows=rows, number=record_store.number_stored())
