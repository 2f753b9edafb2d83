"""The expert's pages: the list of reviews, and one review."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.checkpoints import queries, service
from lti_tool.rooms.checkpoints.forms import ReviewForm
from lti_tool.rooms.checkpoints.view import card_of, pair_of, why_of
from lti_tool.web.access import cohort, participant, place
from lti_tool.web.errors import Problem
from lti_tool.web.messages import say_receipt
from lti_tool.web.times import day

bp = Blueprint(
    "checkpoints", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>/checkpoints"
)

Answer = Response | str | tuple[str, int]


@bp.get("")
def queue(course_id: int, cohort_id: int) -> str:
    owed_pages = _pages(queries.count(db.session, participant(), signed=False))
    signed_pages = _pages(queries.count(db.session, participant(), signed=True))
    page, signed_page = _page("page", owed_pages), _page("signed", signed_pages)
    return render_template(
        "checkpoints/queue.html",
        owed=[card_of(one) for one in queries.owed(db.session, participant(), page)],
        signed=[card_of(one) for one in queries.signed(db.session, participant(), signed_page)],
        page=page,
        pages=owed_pages,
        signed_page=signed_page,
        signed_pages=signed_pages,
    )


@bp.route("/<int:checkpoint_id>", methods=["GET", "POST"])
def review(course_id: int, cohort_id: int, checkpoint_id: int) -> Answer:
    if _checkpoint().review is None and _checkpoint().mentorship.ended_at is not None:
        raise _pair_ended()
    if _checkpoint().review is not None:
        return _to_checkpoint() if request.method == "POST" else _signed_page()
    form = ReviewForm()
    if not form.validate_on_submit():
        return _form_page(form), 422 if form.is_submitted() else 200
    if request.form.get("action") == "change":
        return _form_page(form)
    if not form.confirmed.data:
        return _confirm_page(form)
    if service.sign(
        db.session,
        _checkpoint(),
        participant(),
        outcome=form.outcome.data,
        comment=(form.comment.data or "").strip(),
    ):
        _say_signed(form.outcome.data)
    return _to_checkpoint()


def _pair_ended() -> Problem:
    return Problem(
        "pair-ended",
        409,
        _("This pair has ended"),
        _("Nobody owes its review any more."),
        _("Go back to your reviews."),
    )


def _form_page(form: ReviewForm) -> str:
    return _render("checkpoints/review.html", form=form)


def _confirm_page(form: ReviewForm) -> str:
    return _render("checkpoints/confirm.html", form=form, second_look_on=service.second_look_on(cohort()))


def _signed_page() -> str:
    second = queries.second_look(db.session, _checkpoint())
    return _render("checkpoints/signed.html", review=_checkpoint().review, second_look=second)


def _render(template: str, **values: object) -> str:
    checkpoint = _checkpoint()
    return render_template(
        template,
        checkpoint=checkpoint,
        pair=pair_of(checkpoint),
        why=why_of(checkpoint),
        sessions=queries.sessions_held(db.session, checkpoint.mentorship_id),
        **values,
    )


def _say_signed(outcome: str) -> None:
    pair = pair_of(_checkpoint())
    lines = [_("%(mentee)s and %(mentor)s can read it now.", mentee=pair.mentee, mentor=pair.mentor)]
    if outcome == "failed":
        due = day(service.second_look_on(cohort()))
        lines.append(_("You look at it again by %(day)s; it is in your list.", day=due))
    say_receipt(_("You signed this review"), lines)


def _to_checkpoint() -> Response:
    here = place()
    url = url_for(
        "checkpoints.review",
        course_id=here.course.id,
        cohort_id=cohort().id,
        checkpoint_id=_checkpoint().id,
    )
    return redirect(url, 303)


def _checkpoint() -> models.Checkpoint:
    found: models.Checkpoint = place().found["checkpoint"]
    return found


def _pages(count: int) -> int:
    return max(1, -(-count // queries.PAGE_SIZE))


def _page(name: str, pages: int) -> int:
    """The page that was asked for; anything that is no page of the list means the nearest one."""
    wished = request.args.get(name, default=1, type=int)
    return min(max(wished, 1), pages)
