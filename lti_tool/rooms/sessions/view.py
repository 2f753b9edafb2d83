"""A session as one of its people sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from lti_tool.db import clock, models
from lti_tool.rooms.sessions.forms import OTHER
from lti_tool.rooms.sessions.service import own_attendance
from lti_tool.web import pair_times, roster_words


@dataclass(frozen=True)
class State:
    """How the session stands, as a badge and, where it needs more, a sentence."""

    key: str
    """booked, cancelled, held, unanswered, waiting, not_met or differ."""
    badge: str
    words: str
    explanation: str | None = None


def state_of(meeting: models.Session, participant: models.Participant) -> State:
    others = names(other_people(meeting, participant))
    if meeting.cancelled_at is not None:
        return State("cancelled", "off", _("Cancelled"))
    if meeting.held_at is not None:
        return State("held", "ok", _("Confirmed"), _("You both confirmed that you met. It counts."))
    if meeting.starts_at > clock.now():
        return State("booked", "info", _("Booked"), _missing(meeting, participant))
    own = own_attendance(meeting, participant).answer
    theirs = {one.answer for one in meeting.attendances if one.participant_id != participant.id}
    if own is None:
        said = _theirs(theirs, others)
        return State("unanswered", "wait", _("Not confirmed yet"), said)
    if None in theirs:
        return State("waiting", "wait", _("Waiting for %(name)s", name=others))
    if own == "not_met" and theirs == {"not_met"}:
        return State("not_met", "off", _("You did not meet"))
    return State("differ", "warn", _("Two answers"), _differing(own, others))


def _missing(meeting: models.Session, participant: models.Participant) -> str | None:
    missing = [one for one in other_people(meeting, participant) if one.is_missing]
    return roster_words.may_not_come(names(missing)) if missing else None


def _theirs(answers: set[str | None], others: str) -> str | None:
    """What the others have said already, before I have."""
    if answers == {"met"}:
        return str(_("%(name)s said that you met.", name=others))
    if answers == {"not_met"}:
        return str(_("%(name)s said that you did not meet.", name=others))
    return None


def _differing(own: str, others: str) -> str:
    mine = _("you met") if own == "met" else _("you did not meet")
    theirs = _("you did not meet") if own == "met" else _("you met")
    return str(
        _(
            "You two answered differently: you said %(mine)s, %(name)s said %(theirs)s. "
            "Talk about it; either of you can change the answer.",
            mine=mine,
            theirs=theirs,
            name=others,
        )
    )


def other_people(meeting: models.Session, participant: models.Participant) -> list[models.Participant]:
    return [one.participant for one in meeting.attendances if one.participant_id != participant.id]


def partners(mentorship: models.Mentorship, participant: models.Participant) -> list[models.Participant]:
    return [one.participant for one in mentorship.others(participant.id)]


def names(people: Sequence[models.Participant]) -> str:
    return format_list([one.display_name for one in people], "standard", get_locale() or Locale("en"))


def clocks(people: Sequence[models.Participant]) -> list[pair_times.Clock]:
    return [pair_times.Clock(one.display_name, one.timezone) for one in people]


def when(meeting: models.Session, participant: models.Participant) -> str:
    return pair_times.for_all(
        meeting.starts_at, participant.timezone, clocks(other_people(meeting, participant))
    )


def slot_choices(
    found: Sequence[datetime], participant: models.Participant, others: Sequence[models.Participant]
) -> list[tuple[str, str]]:
    """The proposed times in words, and last of all the way to another one."""
    clocks_of_others = clocks(others)
    listed = [
        (moment.isoformat(), pair_times.for_all(moment, participant.timezone, clocks_of_others))
        for moment in found
    ]
    return [*listed, (OTHER, _("Another time, which I give below"))] if listed else []


def is_link(place: str | None) -> bool:
    return bool(place) and str(place).startswith(("https://", "http://")) and " " not in str(place)
