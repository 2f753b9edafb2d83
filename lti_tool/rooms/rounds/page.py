"""The page of a round's result, which several routes answer with."""

from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from lti_tool.db import models
from lti_tool.db.engine import db
from lti_tool.rooms.rounds import (
    adjust_page,
    checking,
    proof_words,
    publishing,
    queries,
    rules_words,
    wording,
)
from lti_tool.rooms.rounds.proposal import view_of
from lti_tool.web.access import cohort, place
from lti_tool.web.errors import Problem, Way, not_found


def round_page(scenario: models.Scenario | None, refusal: str | None = None) -> str:
    """A result of the round, or why there is none."""
    if scenario is None:
        return render_template(
            "rounds/without_proposal.html", round=this_round(), refusal=refusal, wording=wording
        )
    if this_round().adjusts:
        return _adjusted(scenario, refusal)
    pages = queries.pages(scenario.summary["matched"])
    left_out_pages = queries.pages(scenario.summary["left_out"])
    page, left_out_page = page_number("page", pages), page_number("left_out", left_out_pages)
    found = queries.proposal(db.session, scenario, page, left_out_page)
    is_published = scenario.published_at is not None
    return render_template(
        "rounds/show.html",
        round=this_round(),
        scenario=scenario,
        numbers=scenario.summary,
        proposal=view_of(found, cohort(), this_round()),
        proof=proof_words.proof(scenario),
        may_unpublish=is_published and publishing.may_unpublish(db.session, this_round()),
        page=page,
        pages=pages,
        left_out_page=left_out_page,
        left_out_pages=left_out_pages,
        refusal=refusal,
        wording=wording,
        rules_words=rules_words,
    )


def _adjusted(scenario: models.Scenario, refusal: str | None) -> str:
    page = page_number("page", queries.pages(len(scenario.summary["changes"])))
    left_out_page = page_number("left_out", queries.pages(scenario.summary["left_out"]))
    return adjust_page.adjusted_page(db.session, scenario, page, left_out_page, refusal)


def page_number(name: str, pages: int) -> int:
    """The page that was asked for; anything that is no page of the list means the nearest one."""
    wished = request.args.get(name, default=1, type=int)
    return min(max(wished, 1), pages)


def ids() -> dict[str, Any]:
    """What the address of every page of this round begins with, for `url_for`."""
    here = place()
    return {"course_id": here.course.id, "cohort_id": cohort().id, "round_id": this_round().id}


def this_round() -> models.Round:
    """The round that the address names."""
    found: models.Round = place().found["round"]
    return found


def this_scenario() -> models.Scenario:
    """The result that the address names."""
    found: models.Scenario = place().found["scenario"]
    return found


def stored() -> checking.Stored:
    """What this result was made of. A round from before that was kept has no pages that need it, nor has one
    that adjusts running pairs: there is no certificate, and nobody was chosen for anew."""
    if this_round().adjusts:
        raise Problem(
            "no-questions",
            409,
            _("This cannot be asked of an adjustment"),
            _("It has no proof to check, and a question would need everybody to be matched anew."),
            _("Its page says what changes for whom, and why."),
            way=Way(url_for("rounds.show", **ids()), _("Back to the proposal")),
        )
    if "stored" not in g:
        made_of = checking.stored(this_scenario())
        if made_of is None:
            raise not_found()
        g.stored = made_of
    found: checking.Stored = g.stored
    return found
