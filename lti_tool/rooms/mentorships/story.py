"""The timeline of a mentorship: matched, each session, the expert's checkpoint, the end."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.rooms.mentorships import view
from lti_tool.rooms.mentorships.queries import Involvement
from lti_tool.web import review_reasons
from lti_tool.web.times import day

Entry = dict[str, Any]


def timeline(one: Involvement, participant: models.Participant) -> list[Entry]:
    """Entries for the timeline part, in the order of time."""
    others = view.partners(one.mentorship, participant)
    began = {
        "when": day(one.mentorship.started_at),
        "title": _("You and %(name)s were matched", name=view.names(others)),
        "detail": one.mentorship.topic.name,
    }
    dated = [
        (meeting.starts_at, _session(number, meeting, participant, others))
        for number, meeting in enumerate(one.sessions, start=1)
    ]
    dated += [_checkpoint(checkpoint) for checkpoint in one.checkpoints]
    dated.sort(key=lambda pair: pair[0])
    return [began, *(entry for _moment, entry in dated), _end(one.mentorship)]


def _session(
    number: int, meeting: models.Session, participant: models.Participant, others: list[models.Participant]
) -> Entry:
    entry = {
        "when": view.when(meeting, participant, others),
        "title": _("Session %(number)s", number=number),
        "url": view.session_url(meeting),
        "state": "next",
    }
    if meeting.held_at is not None:
        return entry | {"state": "done", "detail": _("You both confirmed it.")}
    if meeting.starts_at > clock.now():
        return entry | {"detail": meeting.place}
    answers = {one.answer for one in meeting.attendances}
    if answers == {"not_met"}:
        return entry | {"state": "done", "detail": _("You did not meet.")}
    if answers == {"met", "not_met"}:
        return entry | {"state": "now", "detail": _("You two answered differently.")}
    own = next(one.answer for one in meeting.attendances if one.participant_id == participant.id)
    if own is None:
        return entry | {"state": "now", "detail": _("Say whether you met.")}
    return entry | {"state": "now", "detail": _("Waiting for %(name)s to confirm.", name=view.names(others))}


def _checkpoint(checkpoint: models.Checkpoint) -> tuple[datetime, Entry]:
    review = checkpoint.review
    expert = checkpoint.expert.display_name if checkpoint.expert else None
    if review is not None:
        title = _("Checkpoint signed by %(name)s", name=expert)
        verdict = _("Your practice is sound.") if review.outcome == "passed" else _("It needs another look.")
        detail = f"{verdict} {review.comment}" if review.comment else verdict
        return review.signed_at, {"when": day(review.signed_at), "title": title, "detail": detail}
    due = datetime.combine(checkpoint.due_on, datetime.max.time(), clock.now().tzinfo)
    title = (
        _("Checkpoint with %(name)s", name=expert)
        if expert
        else _("Checkpoint; your teacher finds an expert")
    )
    return due, {
        "when": _("By %(day)s", day=day(checkpoint.due_on)),
        "title": title,
        "detail": _what_for(checkpoint),
        "state": "next",
    }


def _what_for(checkpoint: models.Checkpoint) -> str:
    topic = checkpoint.topic.name
    what = _("An expert looks at how you practise %(topic)s.", topic=topic)
    why = review_reasons.for_the_pair(checkpoint.because, topic)
    return f"{what} {why}" if why else what


def _end(mentorship: models.Mentorship) -> Entry:
    if mentorship.ended_at is not None:
        return {"when": day(mentorship.ended_at), "title": _("Your mentorship ended")}
    return {"when": day(mentorship.cohort.ends_on), "title": _("The cohort ends"), "state": "next"}
