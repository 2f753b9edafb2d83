"""A mail in words, when it is sent: in the person's language, and at times of their own zone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, format_date, format_datetime
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import mail
from lti_tool.outbox.calendar_files import Appointment

LOCALES = frozenset({"en"})
"""Languages that there are words in; dates follow the same language as the words around them."""


@dataclass(frozen=True)
class Mail:
    """Ready to be sent, free of any database session."""

    address: str
    subject: str
    text: str
    appointment: Appointment | None = None


def of_delivery(session: Session, participant: models.Participant, body: str) -> Mail | None:
    """The mail in words; None when it is not to be sent any more."""
    facts: dict[str, Any] = json.loads(body)
    address = participant.member.person.email
    if not address or not mail.wanted(participant, facts["kind"]):
        return None
    if facts["kind"] == mail.SESSIONS:
        meeting = session.get(models.Session, facts["session"])
        facts["place"] = meeting.place if meeting is not None else None
    mentorship = session.get(models.Mentorship, facts["mentorship"]) if facts["mentorship"] else None
    with force_locale(_language(participant)):
        subject, lines = WORDS[facts["kind"]](participant, mentorship, facts)
        lines += ["", _("Open “Find a peer mentor” in your course to see more."), _choice()]
    text = "\n".join([_cohort(participant), "", *lines]) + "\n"
    return Mail(address, " ".join(subject.split()), text, _appointment(facts))


def _session(
    participant: models.Participant, mentorship: models.Mentorship | None, facts: dict[str, Any]
) -> tuple[str, list[str]]:
    when = _moment(facts["starts_at"], participant.timezone)
    who = _others(participant, mentorship)
    if facts["cancelled"]:
        return _("Called off: %(when)s with %(who)s", when=when, who=who), [
            _("The session with %(who)s on %(when)s was called off.", who=who, when=when)
        ]
    lines = [_("You meet %(who)s on %(when)s.", who=who, when=when)]
    lines += [_("It lasts %(minutes)s minutes.", minutes=facts["minutes"])]
    if facts["place"]:
        lines += [_("Where: %(place)s", place=facts["place"])]
    lines += [_("The attached file puts it into your calendar.")]
    return _("%(when)s with %(who)s", when=when, who=who), lines


def _match(
    participant: models.Participant, mentorship: models.Mentorship | None, facts: dict[str, Any]
) -> tuple[str, list[str]]:
    who = _others(participant, mentorship)
    if facts.get("what") == "ended":
        return _("You and %(who)s: a change", who=who), [
            _(
                "Your teacher had to bring people together anew, so you and %(who)s are no longer a pair.",
                who=who,
            ),
            _("It says nothing about either of you, and what you did together stays counted."),
            _("If there is somebody new for you, another mail says who."),
        ]
    if facts.get("what") == "goes_on":
        return _("You and %(who)s go on", who=who), [
            _("The change was taken back: you and %(who)s are a pair as before.", who=who)
        ]
    topic = mentorship.topic.name if mentorship is not None else ""
    return _("You and %(who)s", who=who), [
        _("You and %(who)s were brought together to learn about “%(topic)s”.", who=who, topic=topic),
        _("The next step is to choose a time that suits you both."),
    ]


def _review(
    participant: models.Participant, mentorship: models.Mentorship | None, facts: dict[str, Any]
) -> tuple[str, list[str]]:
    day = str(format_date(date.fromisoformat(facts["due_on"]), "EEEE d MMMM"))
    people = _others(participant, mentorship)
    topic = mentorship.topic.name if mentorship is not None else ""
    return _("A review is due on %(day)s", day=day), [
        _("%(people)s work on “%(topic)s” and wait for your review.", people=people, topic=topic),
        _("It is due on %(day)s.", day=day),
    ]


WORDS = {mail.SESSIONS: _session, mail.MATCHES: _match, mail.REVIEWS: _review}


def _others(participant: models.Participant, mentorship: models.Mentorship | None) -> str:
    people: Sequence[models.MentorshipPerson] = (
        mentorship.others(participant.id) if mentorship is not None else []
    )
    names = [one.participant.display_name for one in people]
    if len(names) > 1:
        return str(_("%(several)s and %(last)s", several=", ".join(names[:-1]), last=names[-1]))
    return names[0] if names else str(_("your cohort"))


def _cohort(participant: models.Participant) -> str:
    course = participant.cohort.course.display_title
    return f"{participant.cohort.name} ({course})" if course else participant.cohort.name


def _choice() -> str:
    return str(_("There you also choose which mails you get."))


def _moment(text: str, zone: str) -> str:
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return str(format_datetime(local, "EEEE d MMMM, HH:mm", rebase=False)) + f" ({zone.replace('_', ' ')})"


def _language(participant: models.Participant) -> str:
    wished = (participant.member.person.locale or "").replace("_", "-").split("-")[0].lower()
    return wished if wished in LOCALES else "en"


def _appointment(facts: dict[str, Any]) -> Appointment | None:
    if facts["kind"] != mail.SESSIONS:
        return None
    return Appointment(
        facts["session"],
        datetime.fromisoformat(facts["starts_at"]),
        facts["minutes"],
        facts["sequence"],
        facts["cancelled"],
        facts["place"],
    )
