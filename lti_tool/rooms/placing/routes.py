"""Pages of placing: the choice, and the answer that goes back to the platform."""

from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import settings
from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.lti import client_registration, deep_linking
from lti_tool.lti.addresses import origin_of
from lti_tool.rooms.placing import queries, service
from lti_tool.rooms.placing.forms import PlacingForm
from lti_tool.web import access
from lti_tool.web.errors import Problem
from lti_tool.web.times import zone

bp = Blueprint("placing", __name__, url_prefix="/courses/<int:course_id>/placing/<int:deep_link_id>")

Page = str | Response | tuple[str, int]


@bp.route("/", methods=["GET", "POST"])
def choose(course_id: int, deep_link_id: int) -> Page:
    asked = _asked()
    if asked.items is not None:
        return _to_answer()
    if request.method == "POST" and request.form.get("action") == "cancel":
        service.decline(db.session, asked)
        return _to_answer()
    course = access.place().course
    cohorts = queries.placeable(db.session, course, clock.today(zone()))
    form = PlacingForm(data=_defaults(asked))
    form.offer(asked, cohorts)
    if not form.validate_on_submit():
        return _page(form, asked, cohorts)
    choice = form.choice()
    chosen = [cohort for cohort in cohorts if cohort.id in choice.cohort_ids]
    columns = queries.with_column(db.session, chosen)
    service.answer(db.session, asked, choice, chosen, columns, _launch_url())
    return _to_answer()


@bp.get("/answer")
def answer(course_id: int, deep_link_id: int) -> Page:
    """A form that posts itself to the platform; each time it is opened it says the same."""
    asked = _asked()
    if asked.items is None:
        return redirect(url_for("placing.choose", **_ids()), 303)
    token = deep_linking.response(asked, _message(asked))
    # The one page whose form leaves the tool, and only for the address that the platform named.
    g.form_action = origin_of(asked.return_url)
    page = make_response(
        render_template("placing/answer.html", address=asked.return_url, token=token, items=asked.items)
    )
    page.headers["Referrer-Policy"] = "origin"
    return page


def _asked() -> models.DeepLinkRequest:
    asked: models.DeepLinkRequest = access.place().found["deep_link"]
    if asked.expires_at <= clock.now():
        raise Problem(
            "placing-expired",
            410,
            _("This choice has grown too old"),
            _("Your learning platform takes an answer for an hour after it asked."),
            _("Go back to your course and add the activity again."),
        )
    return asked


def _defaults(asked: models.DeepLinkRequest) -> dict[str, Any]:
    made = request.args.get("cohort", "")
    # Some platforms suggest the tool's own name, which says less than a cohort's.
    title = "" if asked.title in {None, client_registration.NAME} else asked.title
    return {"what": [made] if made else [], "title": title, "graded": True, "target": "iframe"}


def _page(form: PlacingForm, asked: models.DeepLinkRequest, cohorts: list[models.Cohort]) -> tuple[str, int]:
    page = render_template(
        "placing/choose.html",
        form=form,
        cohorts=cohorts,
        no_column=asked.accepts_line_item is False,
        create_url=url_for("cohorts.create", course_id=access.place().course.id, placing=asked.id),
    )
    return page, 422 if form.errors else 200


def _message(asked: models.DeepLinkRequest) -> str | None:
    return str(_("Added from Peer Mentor.")) if asked.items else None


def _launch_url() -> str:
    return settings.current().public_url.rstrip("/") + url_for("lti.launch", _external=False)


def _to_answer() -> Response:
    return redirect(url_for("placing.answer", **_ids()), 303)


def _ids() -> dict[str, Any]:
    return dict(request.view_args or {})
