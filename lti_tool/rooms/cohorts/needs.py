"""What needs the instructor now, in sentences: the first three are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.db import models
from lti_tool.rooms.cohorts.counts import Counts
from lti_tool.web.times import day, in_zone, zone

MOST = 3


@dataclass(frozen=True)
class Situation:
    """What the sentences are made from."""

    cohort: models.Cohort
    counts: Counts
    lacking: list[str]
    """Topics that owe reviews and have no expert."""
    proposal: models.Round | None = None
    """A finished round that waits to be published."""
    held: bool = False
    """A course list that looks wrong waits for a decision."""
    group_gone: bool = False
    """The group for which the cohort is exists no more in the LMS."""
    waiting_since: datetime | None = None
    """Since when somebody has been without a mentor beside pairs that run; None where none runs."""
    reading: models.Job | None = None
    """The reading of the course list that is under way."""

    def url(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, course_id=self.cohort.course_id, cohort_id=self.cohort.id, **values)


def next_steps(situation: Situation) -> list[dict[str, Any]]:
    """At most three items for the macro `next_steps`, the most pressing first."""
    found = [step for make in ORDER for step in make(situation)][:MOST]
    return [step | {"primary": position == 0} for position, step in enumerate(found)]


def attention(counts: Counts) -> str | None:
    """The most pressing of what a card of the list can say, in a few words."""
    if counts.refused_grades:
        return str(
            ngettext(
                "%(num)s grade did not reach the gradebook.",
                "%(num)s grades did not reach the gradebook.",
                counts.refused_grades,
            )
        )
    if counts.missing:
        return _no_longer_listed(counts.missing)
    if counts.awaiting_approval:
        return str(
            ngettext(
                "%(num)s person offers to mentor and waits for your yes.",
                "%(num)s people offer to mentor and wait for your yes.",
                counts.awaiting_approval,
            )
        )
    if counts.waiting:
        return _waiting(counts.waiting)
    return None


def _waiting(number: int) -> str:
    return str(ngettext("%(num)s person waits for a mentor.", "%(num)s people wait for a mentor.", number))


def _refused(here: Situation) -> Iterator[dict[str, Any]]:
    if here.counts.refused_grades:
        yield {
            "sentence": attention(here.counts),
            "button": _("See why"),
            "url": here.url("reports.gradebook"),
        }


def _held(here: Situation) -> Iterator[dict[str, Any]]:
    if here.held:
        yield {
            "sentence": _("The course list lacks more than half of the course, so nothing was changed yet."),
            "button": _("Look at the differences"),
            "url": url_for("roster.held", course_id=here.cohort.course_id),
        }


def _missing(here: Situation) -> Iterator[dict[str, Any]]:
    number = here.counts.missing
    if number:
        yield {
            "sentence": _no_longer_listed(number),
            "button": _("See who"),
            "url": here.url("roster.missing"),
        }


def _no_longer_listed(number: int) -> str:
    return str(
        ngettext(
            "%(num)s person is no longer on the course list.",
            "%(num)s people are no longer on the course list.",
            number,
        )
    )


def _group(here: Situation) -> Iterator[dict[str, Any]]:
    name = here.cohort.only_group_name or ""
    if here.group_gone:
        yield {
            "sentence": _(
                "The group “%(name)s” is no longer in the course, so nobody new can join.", name=name
            ),
            "button": _("Choose who it is for"),
            "url": here.url("cohorts.edit"),
        }
    elif here.counts.outside:
        yield {
            "sentence": ngettext(
                "%(num)s person of this cohort is not in “%(name)s”.",
                "%(num)s people of this cohort are not in “%(name)s”.",
                here.counts.outside,
                name=name,
            ),
            "button": _("See who"),
            "url": here.url("cohorts.people", state="outside"),
        }


def _proposal(here: Situation) -> Iterator[dict[str, Any]]:
    if here.proposal is not None:
        yield {
            "sentence": _("The proposal of round %(number)s is ready.", number=here.proposal.number),
            "button": _("Look at the changes") if here.proposal.adjusts else _("Look at the pairs"),
            "url": here.url("rounds.show", round_id=here.proposal.id),
        }


def _roster(here: Situation) -> Iterator[dict[str, Any]]:
    course = here.cohort.course
    if course.memberships_url and course.roster_read_at is None and here.reading is None:
        yield {
            "sentence": _("Read the course list, to see who has not joined yet."),
            "button": _("Read the course list"),
            "url": here.url("cohorts.read_roster"),
            "method": "post",
        }


def _experts(here: Situation) -> Iterator[dict[str, Any]]:
    if here.lacking:
        names = _list_of(here.lacking)
        yield {
            "sentence": ngettext(
                "Pairs on %(names)s need an expert, and nobody is named yet.",
                "Pairs on %(names)s need an expert, and nobody is named for these topics yet.",
                len(here.lacking),
                names=names,
            ),
            "button": _("Name an expert"),
            "url": here.url("cohorts.experts"),
        }


def _approvals(here: Situation) -> Iterator[dict[str, Any]]:
    number = here.counts.awaiting_approval
    if number:
        yield {
            "sentence": ngettext(
                "%(num)s person offers to mentor and waits for your yes.",
                "%(num)s people offer to mentor and wait for your yes.",
                number,
            ),
            "button": _("Choose mentors"),
            "url": here.url("cohorts.people", state="approval"),
        }


def _round(here: Situation) -> Iterator[dict[str, Any]]:
    if not here.counts.waiting or here.proposal is not None:
        return
    if here.waiting_since is not None:
        yield {
            "sentence": ngettext(
                "%(num)s person has been without a mentor since %(day)s.",
                "%(num)s people have been without a mentor, the first since %(day)s.",
                here.counts.waiting,
                day=day(in_zone(here.waiting_since, zone())),
            ),
            "button": _("Find one without disturbing others"),
            "url": here.url("rounds.adjust"),
        }
    else:
        yield {
            "sentence": _waiting(here.counts.waiting),
            "button": _("Start matching"),
            "url": here.url("rounds.index"),
        }


ORDER = (_refused, _held, _missing, _group, _proposal, _roster, _experts, _approvals, _round)


def _list_of(names: list[str]) -> str:
    shown = names[:3]
    if len(names) > len(shown):
        return str(_("%(names)s and %(more)s more", names=", ".join(shown), more=len(names) - len(shown)))
    if len(shown) == 1:
        return shown[0]
    return str(_("%(names)s and %(last)s", names=", ".join(shown[:-1]), last=shown[-1]))
