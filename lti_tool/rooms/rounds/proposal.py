"""A proposal as its page shows it: rows in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lti_tool.db import models
from lti_tool.rooms.rounds import pair_rule_words, repair_words, review_gaps, reviews_chosen, wording
from lti_tool.rooms.rounds.queries import Proposal, kept_in
from lti_tool.rooms.rounds.weeks import due_on
from lti_tool.web import people, review_reasons
from lti_tool.web.reasons import sentence
from lti_tool.web.times import day

LOAD = "room"
"""The kind of reason that is about the mentor's load, shown apart from why the two fit."""


@dataclass(frozen=True)
class PairCard:
    mentee_id: int
    name: str
    initials: str
    tone: int
    topic: str
    fit: str
    reasons: str
    load: str | None
    """How full the mentor gets."""
    owes: str | None
    """Why it owes an expert's review."""
    badges: tuple[tuple[str, str], ...]
    """Kinds and words: the checkpoint that it owes, and what became of it."""
    kept: str | None
    """Why it is a pair whatever else, where an instructor decided that."""


@dataclass(frozen=True)
class LeftOutCard:
    mentee_id: int
    name: str
    initials: str
    tone: int
    why: str
    advice: str


@dataclass(frozen=True)
class ProposalView:
    pairs: tuple[PairCard, ...]
    left_out: tuple[LeftOutCard, ...]
    idle: tuple[str, ...]
    repair: str | None
    """What would place most of those left out."""
    gaps: tuple[str, ...]
    """By topic: reviews that no expert has the time for, and whom to ask."""
    reviews_way: str
    """Whether other pairs would leave fewer of them open."""
    rules: tuple[tuple[str, str], ...]
    """What was decided about people and held: sentence and reason; each rule once."""
    all_rules: int


def view_of(proposal: Proposal, cohort: models.Cohort, matching_round: models.Round) -> ProposalView:
    return ProposalView(
        pairs=tuple(_card(pair, proposal, cohort, matching_round) for pair in proposal.pairs),
        left_out=tuple(_line(one, proposal.topics) for one in proposal.left_out),
        idle=tuple(mentor.display_name for mentor in proposal.idle),
        repair=_repair(proposal),
        gaps=review_gaps.sentences(proposal.scenario.summary, proposal.topics, proposal.advisers),
        reviews_way=reviews_chosen.way(proposal.scenario.summary),
        rules=tuple({rule.id: _rule(rule) for _kept, rule in proposal.rules}.values()),
        all_rules=len({one.rule for one in kept_in(proposal.scenario)}),
    )


def _rule(rule: models.PairRule) -> tuple[str, str]:
    return pair_rule_words.sentence(rule), rule.reason or _("The reason was erased.")


def _card(
    pair: models.ScenarioPair, proposal: Proposal, cohort: models.Cohort, matching_round: models.Round
) -> PairCard:
    checkpoint = _checkpoint(pair, proposal, cohort) if pair.owes_checkpoint else None
    fate = _fate(pair, proposal) if matching_round.published_at is not None else None
    return PairCard(
        mentee_id=pair.mentee_id,
        name=wording.pair_name(pair),
        initials=people.initials(pair.mentee.display_name),
        tone=people.tone(pair.mentee_id),
        topic=pair.topic.name,
        fit=wording.fit(pair.score),
        reasons=" ".join(_sentences(pair, proposal, lambda kind: kind != LOAD)),
        load=next(iter(_sentences(pair, proposal, lambda kind: kind == LOAD)), None),
        owes=_owes(pair),
        badges=tuple(badge for badge in (fate, checkpoint) if badge is not None),
        kept=_kept(pair, proposal),
    )


def _owes(pair: models.ScenarioPair) -> str | None:
    return review_reasons.for_teachers(pair.owes_because, pair.topic.name, pair.mentor.display_name)


def _kept(pair: models.ScenarioPair, proposal: Proposal) -> str | None:
    rule = proposal.kept.get(pair.mentee_id)
    return pair_rule_words.kept_by_you(rule) if rule is not None else None


def _sentences(pair: models.ScenarioPair, proposal: Proposal, wanted: Callable[[str], bool]) -> list[str]:
    return [sentence(reason, proposal.topics) for reason in pair.reasons if wanted(reason["kind"])]


def _checkpoint(pair: models.ScenarioPair, proposal: Proposal, cohort: models.Cohort) -> tuple[str, str]:
    if pair.expert is None:
        missing: Mapping[str, Any] = proposal.scenario.summary["missing_reviews"].get(str(pair.mentee_id), {})
        return "warn", _("Checkpoint: %(why)s", why=sentence(missing, proposal.topics))
    due = due_on(cohort, pair.checkpoint_week, proposal.scenario.created_at.date())
    return "info", _("Checkpoint: %(expert)s, by %(day)s", expert=pair.expert.display_name, day=day(due))


def _fate(pair: models.ScenarioPair, proposal: Proposal) -> tuple[str, str] | None:
    """What became of a pair of a published round, where it is not simply there."""
    is_open = proposal.started.get(pair.mentee_id)
    if is_open is None:
        return "off", _("Not published")
    return None if is_open else ("off", _("Ended"))


def _repair(proposal: Proposal) -> str | None:
    """Scenarios of earlier versions hold none; a topic may have been taken away since."""
    repair = proposal.scenario.summary.get("repair")
    if not repair or repair["topic"] not in proposal.topics:
        return None
    made_on = proposal.scenario.created_at.date()
    return repair_words.sentence(repair, proposal.topics[repair["topic"]], made_on)


def _line(one: models.ScenarioLeftOut, topics: Mapping[int, str]) -> LeftOutCard:
    return LeftOutCard(
        mentee_id=one.participant_id,
        name=one.participant.display_name,
        initials=people.initials(one.participant.display_name),
        tone=people.tone(one.participant_id),
        why=sentence(one.reason, topics),
        advice=wording.advice(one.reason),
    )
