from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.mentorships import queries, story, view
from lti_tool.web import access, overlap, pair_times, reasons, roster_words
from lti_tool.web.profile_steps import missing_step

bp = Blueprint("mentorships", __name__, url_prefix="/courses/<int:course_id>/cohorts/<int:cohort_id>")

DAYS_SHOWN = timedelta(days=7)
MOST_STRETCHES = 6
MENDED_BY_TOPICS = frozenset({"no_shared_topic", "no_shared_language"})
"""Reasons for being left out that the page of topics and languages can change."""


@bp.get("/home")
def home(course_id: int, cohort_id: int) -> Response | str:
    participant = access.participant()
    elsewhere = _belongs_elsewhere(participant)
    if elsewhere is not None:
        return redirect(url_for(elsewhere, course_id=course_id, cohort_id=cohort_id), 303)
    cohort = access.cohort()
    found = queries.involvements(db.session, participant)
    topics = queries.topic_names(db.session, cohort)
    has_ended = _has_ended(cohort, participant)
    learns_already = any(view.own_role(one.mentorship, participant) != "mentor" for one in found)
    left_out = None if learns_already else queries.left_out(db.session, participant)
    return render_template(
        "mentorships/home.html",
        participant=participant,
        cohort_has_ended=has_ended,
        needs=view.needs(found, participant, may_book=not has_ended),
        cards=[view.card(one, participant, topics) for one in found],
        waits=participant.learns and not learns_already,
        waiting=queries.waiting(db.session, cohort),
        left_out=next(iter(reasons.sentences([left_out], topics)), "") if left_out else None,
        advice=reasons.suggestion(left_out) if left_out else None,
        lacks="topics" if left_out and left_out.get("kind") in MENDED_BY_TOPICS else "times",
        earlier=[
            (view.names(view.partners(one, participant)), one.topic.name, view.url(one, "mentorships.show"))
            for one in queries.earlier(db.session, participant)
        ],
        here={"course_id": course_id, "cohort_id": cohort_id},
    )


@bp.get("/mentorships/<int:mentorship_id>")
def show(course_id: int, cohort_id: int, mentorship_id: int) -> str:
    mentorship: models.Mentorship = access.place().found["mentorship"]
    participant = access.participant()
    one = queries.involvement(db.session, mentorship)
    others = view.partners(mentorship, participant)
    is_over = mentorship.ended_at is not None or _has_ended(access.cohort(), participant)
    topics = queries.topic_names(db.session, access.cohort())
    needs = view.needs([one], participant, may_book=not is_over)[:1]
    book_url = view.url(mentorship, "sessions.book")
    return render_template(
        "mentorships/show.html",
        mentorship=mentorship,
        card=view.card(one, participant, topics),
        others_left=[person.display_name for person in others if person.left_at is not None],
        others_missing=[
            roster_words.may_not_come(person.display_name)
            for person in others
            if person.is_missing and person.left_at is None
        ],
        regrouped=queries.ended_by_adjustment(db.session, mentorship),
        needs=needs,
        book_url=book_url,
        books_above=any(item["url"] == book_url for item in needs),
        is_over=is_over,
        reasons=view.why_you_two(mentorship, participant, topics),
        shared=[] if is_over else _shared_times(participant, others),
        entries=story.timeline(one, participant),
    )


def _belongs_elsewhere(participant: models.Participant) -> str | None:
    if participant.left_at is not None:
        return "profiles.consent"
    if participant.role == "expert":
        return "checkpoints.queue"
    return missing_step(participant)


def _has_ended(cohort: models.Cohort, participant: models.Participant) -> bool:
    return cohort.ends_on < clock.today(participant.timezone)


def _shared_times(participant: models.Participant, others: list[models.Participant]) -> list[str]:
    """When everybody is free in the coming week, by everybody's clock."""
    now = clock.now()
    weeks = [overlap.FreeWeek(one.week, one.timezone) for one in [participant, *others]]
    found = overlap.stretches(weeks, now, now + DAYS_SHOWN)[:MOST_STRETCHES]
    clocks = view.clocks(others)
    return [pair_times.span_for_all(one.start, one.end, participant.timezone, clocks) for one in found]
