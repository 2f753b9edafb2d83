"""A mentorship in the words of one of its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.lists import format_list
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.rooms.mentorships import why
from lti_tool.rooms.mentorships.queries import Involvement
from lti_tool.web import pair_times, people
from lti_tool.web.times import moment


@dataclass(frozen=True)
class Card:
    """What a person card shows of a mentorship."""

    name: str
    initials: str
    tone: int
    topic: str
    meta: str
    reason: str
    next_session: str | None
    url: str


def card(one: Involvement, participant: models.Participant, topics: Mapping[int, str]) -> Card:
    others = partners(one.mentorship, participant)
    coming = next_session(one)
    said = why_you_two(one.mentorship, participant, topics)
    return Card(
        name=names(others),
        initials=people.initials(others[0].display_name),
        tone=people.tone(others[0].id),
        topic=one.mentorship.topic.name,
        meta=relation(one.mentorship, participant),
        reason=" ".join(said[:1]),
        next_session=when(coming, participant, others) if coming else None,
        url=url(one.mentorship, "mentorships.show"),
    )


def relation(mentorship: models.Mentorship, participant: models.Participant) -> str:
    """What the other person is to me."""
    words = {"mentee": _("Your mentor"), "mentor": _("Learns with you"), "peer": _("Your peer")}
    return str(words[own_role(mentorship, participant)])


def own_role(mentorship: models.Mentorship, participant: models.Participant) -> str:
    """mentee, mentor or peer."""
    return next(one.role for one in mentorship.people if one.participant_id == participant.id)


def why_you_two(
    mentorship: models.Mentorship, participant: models.Participant, topics: Mapping[int, str]
) -> list[str]:
    """The reasons of the matching, said to this person; the most telling first."""
    role, others = own_role(mentorship, participant), partners(mentorship, participant)
    return why.sentences(mentorship.reasons, topics, role, names(others))


def partners(mentorship: models.Mentorship, participant: models.Participant) -> list[models.Participant]:
    return [one.participant for one in mentorship.others(participant.id)]


def names(others: Sequence[models.Participant]) -> str:
    return format_list([one.display_name for one in others], "standard", get_locale() or Locale("en"))


def clocks(others: Sequence[models.Participant]) -> list[pair_times.Clock]:
    return [pair_times.Clock(one.display_name, one.timezone) for one in others]


def when(
    meeting: models.Session, participant: models.Participant, others: Sequence[models.Participant]
) -> str:
    return pair_times.for_all(meeting.starts_at, participant.timezone, clocks(others))


def next_session(one: Involvement) -> models.Session | None:
    """The session that comes next or is going on."""
    now = clock.now()
    return next((meeting for meeting in one.sessions if meeting.ends_at > now), None)


def unanswered(one: Involvement, participant: models.Participant) -> list[models.Session]:
    """Sessions that have begun and wait for this person's word, the oldest first."""
    now = clock.now()
    return [
        meeting
        for meeting in one.sessions
        if meeting.starts_at <= now and meeting.held_at is None and _answer(meeting, participant) is None
    ]


def differing(one: Involvement) -> list[models.Session]:
    """Sessions of which the people say different things."""
    return [
        meeting
        for meeting in one.sessions
        if {attendance.answer for attendance in meeting.attendances} == {"met", "not_met"}
    ]


def needs(
    found: Sequence[Involvement], participant: models.Participant, *, may_book: bool
) -> list[dict[str, Any]]:
    """What to do now, the most pressing first; the page shows three."""
    items = [
        _item(
            _(
                "Did you and %(name)s meet on %(moment)s?",
                name=names(partners(one.mentorship, participant)),
                moment=moment(meeting.starts_at, participant.timezone),
            ),
            _("Say whether you met"),
            session_url(meeting),
        )
        for one in found
        for meeting in unanswered(one, participant)
    ]
    items += [_differing_item(one, meeting, participant) for one in found for meeting in differing(one)]
    if may_book:
        items += [_booking_item(one, participant) for one in found if next_session(one) is None]
    for item in items[:1]:
        item["primary"] = True
    return items[:3]


def _differing_item(
    one: Involvement, meeting: models.Session, participant: models.Participant
) -> dict[str, Any]:
    name = names(partners(one.mentorship, participant))
    sentence = _(
        "You and %(name)s answered differently about %(moment)s.",
        name=name,
        moment=moment(meeting.starts_at, participant.timezone),
    )
    return _item(sentence, _("Look at the answers"), session_url(meeting))


def _booking_item(one: Involvement, participant: models.Participant) -> dict[str, Any]:
    name = names(partners(one.mentorship, participant))
    if one.sessions:
        sentence = _("You and %(name)s have no next session yet.", name=name)
        return _item(sentence, _("Book the next session"), url(one.mentorship, "sessions.book"))
    sentence = _("You and %(name)s are matched: find a time for your first session.", name=name)
    return _item(sentence, _("Book the first session"), url(one.mentorship, "sessions.book"))


def _item(sentence: str, button: str, target: str) -> dict[str, Any]:
    return {"sentence": sentence, "button": button, "url": target, "primary": False}


def _answer(meeting: models.Session, participant: models.Participant) -> str | None:
    return next(one.answer for one in meeting.attendances if one.participant_id == participant.id)


def url(mentorship: models.Mentorship, endpoint: str) -> str:
    return url_for(
        endpoint,
        course_id=mentorship.cohort.course_id,
        cohort_id=mentorship.cohort_id,
        mentorship_id=mentorship.id,
    )


def session_url(meeting: models.Session) -> str:
    return url_for(
        "sessions.show",
        course_id=meeting.cohort.course_id,
        cohort_id=meeting.cohort_id,
        session_id=meeting.id,
    )
