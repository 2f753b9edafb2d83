"""What the instructor's pages show, put into words and figures."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.db import clock, models
from lti_tool.rooms.cohorts import counts, experts, landing, needs, queries, words
from lti_tool.rooms.cohorts.counts import Counts
from lti_tool.web import audience
from lti_tool.web.times import zone

DEFAULT_LENGTH = timedelta(days=90)


def defaults(today: date) -> dict[str, Any]:
    """What the form for a new cohort starts with."""
    return {"starts_on": today, "ends_on": today + DEFAULT_LENGTH}


def of(session: Session, cohort: models.Cohort) -> dict[str, Any]:
    """Everything that the page of one cohort shows."""
    numbers = counts.count(session, [cohort.id])[cohort.id]
    situation = needs.Situation(
        cohort=cohort,
        counts=numbers,
        lacking=experts.topics_without_expert(session, cohort),
        proposal=_proposal(session, cohort),
        waiting_since=_waiting_since(session, cohort, numbers),
        held=queries.has_held_roster(session, cohort.course_id),
        group_gone=audience.is_gone(session, cohort),
        reading=jobs.under_way(session, cohort.course_id, "roster"),
    )
    learners = queries.headcount(session, cohort)
    topics = queries.demand(session, cohort)
    return {
        "cohort": cohort,
        "counts": numbers,
        "dates": dates(cohort),
        "learners": learners,
        "steps": needs.next_steps(situation),
        "reading": situation.reading,
        "roster_size": queries.roster_size(session, cohort.course_id),
        "figures": _figures(situation, learners),
        "topics": topics,
        "rules": words.rules(cohort),
    }


def cards(found: list[queries.CohortCard]) -> list[dict[str, Any]]:
    """One card for each cohort of the list."""
    return [
        {
            "cohort": card.cohort,
            "state": STATES[card.state],
            "state_text": state_text(card.cohort, card.state),
            "initials": initials(card.cohort.name),
            "dates": dates(card.cohort),
            "topics": [topic.name for topic in card.cohort.topics],
            "attention": needs.attention(card.counts),
            "people": _people(card.counts),
            "reviews": card.reviews,
            "url": url_for("cohorts.show", course_id=card.cohort.course_id, cohort_id=card.cohort.id),
            "queue_url": url_for(
                "checkpoints.queue", course_id=card.cohort.course_id, cohort_id=card.cohort.id
            ),
        }
        for card in found
    ]


def choices(found: list[landing.Choice]) -> list[dict[str, Any]]:
    """The cohorts that a learner can choose from."""
    today = clock.today(zone())
    return [
        {
            "cohort": cohort,
            "initials": initials(cohort.name),
            "dates": dates(cohort),
            "topics": [topic.name for topic in cohort.topics],
            "state": STATES[queries.state_of(cohort, today)],
            "state_text": state_text(cohort, queries.state_of(cohort, today)),
            "button": _("Join") if participant is None else _("Go on"),
            "url": landing.next_page(cohort, participant),
        }
        for cohort, participant in found
    ]


STATES = {"coming": "wait", "running": "ok", "ended": "off"}
"""Kinds of the status badge."""


def state_text(cohort: models.Cohort, state: str) -> str:
    today = clock.today(zone())
    if state == "coming":
        return str(_("Begins in %(time)s", time=_days((cohort.starts_on - today).days)))
    if state == "ended":
        return str(_("Ended"))
    weeks = -(-((cohort.ends_on - cohort.starts_on).days + 1) // 7)
    return str(_("Week %(week)s of %(weeks)s", week=(today - cohort.starts_on).days // 7 + 1, weeks=weeks))


def dates(cohort: models.Cohort) -> str:
    first, last = (format_date(moment, "d MMMM y") for moment in (cohort.starts_on, cohort.ends_on))
    return str(_("%(first)s to %(last)s", first=first, last=last))


def initials(name: str) -> str:
    """Two letters of a name, for the ring of a card."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [word[0] for word in words]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters[:1]).upper()


def _days(number: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", number))


def _people(numbers: Counts) -> str:
    parts = [ngettext("%(num)s person", "%(num)s people", numbers.joined)]
    if numbers.mentorships or numbers.sessions_held:
        parts.append(ngettext("%(num)s pair", "%(num)s pairs", numbers.mentorships))
        parts.append(ngettext("%(num)s session held", "%(num)s sessions held", numbers.sessions_held))
    return " · ".join(parts)


def _waiting_since(session: Session, cohort: models.Cohort, numbers: Counts) -> datetime | None:
    since = queries.waiting_since(session, cohort)
    return since if numbers.mentorships else None


def _proposal(session: Session, cohort: models.Cohort) -> models.Round | None:
    latest = queries.latest_round(session, cohort)
    if latest is None or latest.published_at is not None or latest.job.state != "done":
        return None
    return latest if queries.has_scenario(session, latest) else None


def _figures(here: needs.Situation, learners: int) -> list[dict[str, Any]]:
    """The arguments of the figure tiles."""
    numbers = here.counts
    tiles = [
        _tile(
            _("%(joined)s of %(learners)s", joined=numbers.joined, learners=max(learners, numbers.joined)),
            _("people have joined"),
            _("Of the learners on the course list"),
            here.url("cohorts.people"),
            _("Show the people"),
        ),
        _tile(
            str(numbers.places),
            ngettext("place with a mentor", "places with mentors", numbers.places),
            _places(here),
            here.url("cohorts.people", role="mentor"),
            _("Show the mentors"),
        ),
        _tile(
            str(numbers.sessions_held),
            ngettext("session confirmed by both", "sessions confirmed by both", numbers.sessions_held),
            _meetings(numbers),
            here.url("reports.engagement"),
            _("Show the report"),
        ),
    ]
    if here.cohort.checkpoints != "none":
        tiles.append(
            _tile(
                _("%(signed)s of %(owed)s", signed=numbers.checkpoints_signed, owed=numbers.checkpoints),
                _("expert checkpoints signed"),
                None,
                here.url("cohorts.experts"),
                _("Show the experts"),
            )
        )
    return tiles


def _places(here: needs.Situation) -> str:
    number = here.counts.mentees
    wanted = ngettext("%(num)s person wants to learn", "%(num)s people want to learn", number)
    if here.cohort.mentors != "chosen":
        return str(wanted)
    return f"{wanted} · {_('mentors count once you have said yes')}"


def _meetings(numbers: Counts) -> str:
    pairs = ngettext("In %(num)s pair that goes on", "In %(num)s pairs that go on", numbers.mentorships)
    if not numbers.sessions_booked:
        return str(pairs)
    booked = ngettext("%(num)s more session booked", "%(num)s more sessions booked", numbers.sessions_booked)
    return f"{pairs} · {booked}"


def _tile(value: str, label: str, formula: str | None, url: str, rows_label: str) -> dict[str, Any]:
    return {"value": value, "label": label, "formula": formula, "url": url, "rows_label": rows_label}
