"""The page of an adjustment's result: what changes for whom, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.db.models import Mentorship, MentorshipPerson, Participant, Scenario
from lti_tool.rooms.rounds import adjust_words, publishing, queries, wording
from lti_tool.rooms.rounds.proposal import PairCard, ProposalView, view_of
from lti_tool.rooms.rounds.queries import PAGE_SIZE
from lti_tool.web import people
from lti_tool.web.times import day


@dataclass(frozen=True)
class ChangeCard:
    """What becomes of one learner."""

    name: str
    initials: str
    tone: int
    headline: str
    badge: tuple[str, str]
    before: str | None
    """Who the mentor was, and why that ends or ended."""
    pair: PairCard | None
    """The new pair, with its reasons."""


MOST_COMERS = 3
BADGES = {"placed": "ok", "moved": "info", "lost": "warn", "dropped": "warn"}


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    found = session.scalars(select(Participant).where(Participant.id.in_(ids)))
    return {one.id: one.display_name for one in found}


def _past(session: Session, mentees: Sequence[int]) -> dict[int, Mentorship]:
    """The last mentorship of each learner who has none now."""
    latest = (
        select(func.max(MentorshipPerson.mentorship_id))
        .join(MentorshipPerson.mentorship)
        .where(
            MentorshipPerson.participant_id.in_(mentees),
            MentorshipPerson.role == "mentee",
            Mentorship.ended_at.is_not(None),
        )
        .group_by(MentorshipPerson.participant_id)
    )
    query = select(Mentorship).where(Mentorship.id.in_(latest)).options(joinedload(Mentorship.topic))
    return {one.person("mentee").id: one for one in session.scalars(query)}


def _card(
    row: Sequence[Any],
    names: Mapping[int, str],
    pair: PairCard | None,
    past: Mapping[int, Mentorship],
    comers: Sequence[int],
) -> ChangeCard:
    mentee, before, after, kind, why = row
    told = {"name": names[mentee], "before": names.get(before, ""), "after": names.get(after, "")}
    return ChangeCard(
        name=told["name"],
        initials=people.initials(told["name"]),
        tone=people.tone(mentee),
        headline=_headline(before, after, told),
        badge=(BADGES[kind], _badge(before, after)),
        before=adjust_words.why_it_ends(why, [names[one] for one in comers])
        if why
        else _was_with(past.get(mentee)),
        pair=pair,
    )


def _headline(before: int | None, after: int | None, told: Mapping[str, str]) -> str:
    if before is None:
        return str(_("%(name)s learns from %(after)s", **told))
    if after is None:
        return str(_("%(name)s loses %(before)s", **told))
    return str(_("%(name)s moves from %(before)s to %(after)s", **told))


def _badge(before: int | None, after: int | None) -> str:
    if before is None:
        return str(_("Gets a mentor"))
    return str(_("Changes mentor") if after is not None else _("Has no mentor then"))


def _was_with(past: Mentorship | None) -> str | None:
    """ "Was with Bo until 3 November"."""
    if past is None or past.ended_at is None:
        return None
    mentors = [one.participant.display_name for one in past.people if one.role != "mentee"]
    if not mentors:
        return None
    return str(_("Was with %(mentor)s until %(day)s.", mentor=mentors[0], day=day(past.ended_at.date())))


def _cards(
    session: Session, shown: Sequence[Any], view: ProposalView, comers: Mapping[int | None, list[int]]
) -> list[ChangeCard]:
    shown_ids = {one for row in shown for one in row[:3] if one is not None}
    names = _names(session, shown_ids | {one for row in shown for one in comers.get(row[1], ())})
    past = _past(session, [row[0] for row in shown if row[1] is None])
    pairs = {pair.mentee_id: pair for pair in view.pairs}
    return [_card(row, names, pairs.get(row[0]), past, comers.get(row[1], [])) for row in shown]


def _comers(changes: Sequence[Any]) -> dict[int | None, list[int]]:
    """By mentor: the first of the learners who come to them."""
    found: dict[int | None, list[int]] = {}
    for mentee, _before, after, *_rest in changes:
        if after is not None and len(found.setdefault(after, [])) < MOST_COMERS:
            found[after].append(mentee)
    return found


def adjusted_page(
    session: Session, scenario: Scenario, page: int, left_out_page: int, refusal: str | None
) -> str:
    """The result of an adjustment: one page of what changes. Constant queries."""
    numbers, matching_round = scenario.summary, scenario.round
    cohort = matching_round.cohort
    shown = numbers["changes"][(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    found = queries.proposal(session, scenario, 1, left_out_page, mentees=[row[0] for row in shown])
    view = view_of(found, cohort, matching_round)
    is_published = scenario.published_at is not None
    return render_template(
        "rounds/adjusted.html",
        round=matching_round,
        scenario=scenario,
        numbers=numbers,
        lead=adjust_words.summary(numbers),
        lines=adjust_words.lines(numbers),
        wording=wording,
        changes=_cards(session, shown, view, _comers(numbers["changes"])),
        page=page,
        pages=queries.pages(len(numbers["changes"])),
        proposal=view,
        left_out_page=left_out_page,
        left_out_pages=queries.pages(numbers["left_out"]),
        may_unpublish=is_published and publishing.may_unpublish(session, matching_round),
        refusal=refusal,
    )
