"""A checkpoint as the expert's pages show it."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.db import clock, models
from lti_tool.rooms.checkpoints.queries import Owed
from lti_tool.web import people, review_reasons
from lti_tool.web.times import day, zone

SOON = 7
"""Days before the due date from which on a review is called due soon."""


@dataclass(frozen=True)
class PairNames:
    mentee: str
    mentor: str

    @property
    def together(self) -> str:
        return str(_("%(mentee)s and %(mentor)s", mentee=self.mentee, mentor=self.mentor))


@dataclass(frozen=True)
class Card:
    id: int
    pair: PairNames
    initials: str
    tone: int
    topic: str
    sessions: str
    due: str
    why: str | None
    badge: tuple[str, str]


def pair_of(checkpoint: models.Checkpoint) -> PairNames:
    mentorship = checkpoint.mentorship
    return PairNames(mentorship.person("mentee").display_name, mentorship.person("mentor").display_name)


def why_of(checkpoint: models.Checkpoint) -> str | None:
    """Why the pair owes it; None where that was not kept."""
    mentor = checkpoint.mentorship.person("mentor").display_name
    return review_reasons.for_teachers(checkpoint.because, checkpoint.topic.name, mentor)


def card_of(owed: Owed) -> Card:
    checkpoint = owed.checkpoint
    mentee = checkpoint.mentorship.person("mentee")
    return Card(
        id=checkpoint.id,
        pair=pair_of(checkpoint),
        initials=people.initials(mentee.display_name),
        tone=people.tone(mentee.id),
        topic=checkpoint.topic.name,
        sessions=_sessions(owed.sessions_held),
        due=_when(checkpoint),
        why=why_of(checkpoint),
        badge=badge_of(checkpoint),
    )


def badge_of(checkpoint: models.Checkpoint) -> tuple[str, str]:
    """A badge: its kind and its words."""
    if checkpoint.review is not None:
        sound = checkpoint.review.outcome == "passed"
        return ("ok", _("The practice is sound")) if sound else ("warn", _("Needs another look"))
    days = (checkpoint.due_on - clock.today(zone())).days
    if days < 0:
        return "bad", ngettext("%(num)s day late", "%(num)s days late", -days)
    if days == 0:
        return "warn", _("Due today")
    words = ngettext("Due in %(num)s day", "Due in %(num)s days", days)
    return ("warn" if days <= SOON else "wait"), words


def _sessions(held: int) -> str:
    if not held:
        return str(_("They have not met yet"))
    return str(ngettext("They met %(num)s time", "They met %(num)s times", held))


def _when(checkpoint: models.Checkpoint) -> str:
    if checkpoint.review is not None:
        return str(_("Signed on %(day)s", day=day(checkpoint.review.signed_at)))
    return str(_("Due by %(day)s", day=day(checkpoint.due_on)))
