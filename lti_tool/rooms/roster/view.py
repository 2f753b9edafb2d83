"""People whom the course list lacks, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.db import models
from lti_tool.rooms.roster.queries import HeldPage, MissingPerson
from lti_tool.rooms.roster.reviews import Owed, Successor
from lti_tool.web import people, times


@dataclass(frozen=True)
class Card:
    id: int
    name: str
    initials: str
    tone: int
    since: str
    mentorships: list[str]
    sessions: str | None
    reviews: list[str]
    """Those that an expert still owes."""
    successors: list[tuple[int, str]]
    """Participant ids of experts who can take them over, with their names."""


def card(one: MissingPerson) -> Card:
    who = one.participant
    return Card(
        id=who.id,
        name=who.display_name,
        initials=people.initials(who.display_name),
        tone=people.tone(who.id),
        since=_since(who.member),
        mentorships=[_mentorship(mentorship, who) for mentorship in one.mentorships],
        sessions=_sessions(one),
        reviews=[_review(checkpoint) for checkpoint in one.owed.checkpoints] if one.owed else [],
        successors=[(each.expert.id, _successor(each, one.owed)) for each in one.owed.successors]
        if one.owed
        else [],
    )


def handed_over(taken: Sequence[models.Checkpoint], to: models.Participant) -> str:
    return str(
        ngettext(
            "%(num)s review is handed over to %(name)s.",
            "%(num)s reviews are handed over to %(name)s.",
            len(taken),
            name=to.display_name,
        )
    )


def taken_out(out: Sequence[models.Participant]) -> str:
    if len(out) == 1:
        return str(_("%(name)s is taken out of the cohort.", name=out[0].display_name))
    return str(
        ngettext(
            "%(num)s person is taken out of the cohort.",
            "%(num)s people are taken out of the cohort.",
            len(out),
        )
    )


def kept(stay: Sequence[models.Participant]) -> str:
    if len(stay) == 1:
        return str(_("%(name)s stays in the cohort.", name=stay[0].display_name))
    return str(
        ngettext("%(num)s person stays in the cohort.", "%(num)s people stay in the cohort.", len(stay))
    )


def counts(held: HeldPage) -> list[str]:
    """What applying the held list would change."""
    return [
        ngettext(
            "%(num)s person would no longer be in the course.",
            "%(num)s people would no longer be in the course.",
            held.total,
        ),
        ngettext(
            "%(num)s of them takes part in a cohort, and would stay there until you decide.",
            "%(num)s of them take part in a cohort, and would stay there until you decide.",
            held.in_cohorts,
        ),
        ngettext("%(num)s person would be added.", "%(num)s people would be added.", held.roster.added),
    ]


def _since(member: models.Member) -> str:
    assert member.missing_since is not None
    when = times.day(member.missing_since)
    if member.missing_as == "inactive":
        return str(_("Suspended in the course, seen on %(day)s", day=when))
    return str(_("No longer listed, seen on %(day)s", day=when))


def _mentorship(mentorship: models.Mentorship, who: models.Participant) -> str:
    others = ", ".join(one.participant.display_name for one in mentorship.others(who.id))
    own = next(one.role for one in mentorship.people if one.participant_id == who.id)
    names = {"names": others, "topic": mentorship.topic.name}
    if own == "mentor":
        return str(_("Mentors %(names)s: %(topic)s", **names))
    if own == "mentee":
        return str(_("Learns from %(names)s: %(topic)s", **names))
    return str(_("With %(names)s: %(topic)s", **names))


def _review(checkpoint: models.Checkpoint) -> str:
    names = ", ".join(one.participant.display_name for one in checkpoint.mentorship.people)
    return str(
        _(
            "Review of %(names)s on %(topic)s, due %(day)s",
            names=names,
            topic=checkpoint.topic.name,
            day=times.day(checkpoint.due_on),
        )
    )


def _successor(one: Successor, owed: Owed) -> str:
    has = ngettext("owes %(num)s review now", "owes %(num)s reviews now", one.open)
    if one.takes == len(owed.checkpoints):
        return f"{one.expert.display_name} ({has})"
    part = _("takes %(part)s of %(all)s", part=one.takes, all=len(owed.checkpoints))
    return f"{one.expert.display_name} ({part}, {has})"


def _sessions(one: MissingPerson) -> str | None:
    said = []
    if one.held:
        said.append(ngettext("%(num)s session confirmed", "%(num)s sessions confirmed", one.held))
    if one.coming:
        said.append(ngettext("%(num)s session booked", "%(num)s sessions booked", one.coming))
    return ", ".join(said) or None
