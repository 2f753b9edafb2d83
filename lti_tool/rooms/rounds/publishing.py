"""Making a proposal real, and taking that back while nobody has met."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.models import Checkpoint, Mentorship, Round, Scenario, ScenarioPair
from lti_tool.outbox import events
from lti_tool.rooms.rounds import adjust_publishing, ending, expert_limits, wishes
from lti_tool.rooms.rounds.queries import pairs_of
from lti_tool.rooms.rounds.service import lock
from lti_tool.rooms.rounds.starting import (
    checkpoint_of,
    earlier_rows,
    obstacle_to,
    open_places,
    started,
    with_checkpoint,
)


class CannotPublish(Exception):
    """There is nothing (any more) to publish, or to take back; says why in a sentence."""


@dataclass(frozen=True)
class Skipped:
    """A proposed pair that could not start, because something changed since the round."""

    pair: ScenarioPair
    why: str
    """gone, paired or full."""


@dataclass
class Published:
    mentorships: list[Mentorship] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    ended: list[Mentorship] = field(default_factory=list)
    """Running pairs that an adjustment ended."""


def publish(session: Session, scenario: Scenario, by: models.Member) -> Published | None:
    """Turn the pairs of a round's result into mentorships. None when it was published before.

    A pair is skipped when one of the two left, the learner found a mentor or the mentor is full meanwhile.
    After it was taken back, publishing again revives the same mentorships.

    Raises:
        CannotPublish: another result of the round is published, or none of its pairs can start.
    """
    matching_round = scenario.round
    lock(session, matching_round.cohort)
    if not _mark_published(session, matching_round):
        session.refresh(scenario)
        if scenario.published_at is None:
            raise CannotPublish(_("Another proposal of this round is published. Take its pairs back first."))
        return None
    scenario.published_at = matching_round.published_at
    if matching_round.adjusts:
        published = _publish_changes(session, matching_round, scenario, by)
    else:
        published = _publish_pairs(session, matching_round, scenario)
    if not published.mentorships and not published.ended:
        raise CannotPublish(_("None of these pairs can start any more. Start a new round."))
    session.flush()
    for mentorship in published.mentorships:
        events.mentor_assigned(session, mentorship, by)
    return published


def unpublish(session: Session, matching_round: Round, by: models.Member) -> bool:
    """End the round's mentorships and make it a proposal again. False when it is one already. Of an
    adjustment, what it ended goes on.

    Raises:
        CannotPublish: a pair booked a session or an expert signed a review: not to be undone behind them.
    """
    lock(session, matching_round.cohort)
    session.refresh(matching_round)
    if matching_round.published_at is None:
        return False
    # Whoever books or signs at this moment has the mentorship's row, or waits for it and finds it ended.
    mine = select(Mentorship.id).where(Mentorship.round_id == matching_round.id).order_by(Mentorship.id)
    session.execute(mine.with_for_update(key_share=True))
    if not may_unpublish(session, matching_round):
        raise CannotPublish(_("A pair of this round has booked a session already, so it stays published."))
    session.execute(
        update(Mentorship)
        .where(Mentorship.round_id == matching_round.id, Mentorship.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    if matching_round.adjusts:
        ending.reopen(session, matching_round, by)
    matching_round.published_at = None
    session.execute(update(Scenario).where(Scenario.round_id == matching_round.id).values(published_at=None))
    session.flush()
    return True


def may_unpublish(session: Session, matching_round: Round) -> bool:
    """Whether nothing has happened yet in any mentorship of the round."""
    met = exists().where(
        models.Session.mentorship_id == Mentorship.id, Mentorship.round_id == matching_round.id
    )
    reviewed = exists().where(
        models.Review.checkpoint_id == Checkpoint.id,
        Checkpoint.mentorship_id == Mentorship.id,
        Mentorship.round_id == matching_round.id,
    )
    return not session.scalar(select(met | reviewed))


def _mark_published(session: Session, matching_round: Round) -> bool:
    marked = session.execute(
        update(Round)
        .where(Round.id == matching_round.id, Round.published_at.is_(None))
        .values(published_at=clock.now())
    )
    session.refresh(matching_round)
    return bool(marked.rowcount)  # type: ignore[attr-defined]


def _publish_changes(
    session: Session, matching_round: Round, scenario: Scenario, by: models.Member
) -> Published:
    carried = adjust_publishing.carry_out(session, matching_round, scenario, by)
    skipped = [Skipped(pair, why) for pair, why in carried.skipped]
    return Published(carried.mentorships, skipped, carried.ended)


def _publish_pairs(session: Session, matching_round: Round, scenario: Scenario) -> Published:
    published = Published()
    known = earlier_rows(session, matching_round)
    owing = with_checkpoint(session, matching_round)
    barred = expert_limits.barred(session, matching_round.cohort)
    paired, load = open_places(session, matching_round.cohort_id)
    refused = wishes.refused(session, matching_round.cohort)
    for pair in session.scalars(pairs_of(scenario)):
        why = obstacle_to(pair, paired, load, refused)
        if why is not None:
            published.skipped.append(Skipped(pair, why))
            continue
        paired.add(pair.mentee_id)
        load[pair.mentor_id] += 1
        mentorship = started(session, matching_round, pair, known)
        published.mentorships.append(mentorship)
        if pair.owes_checkpoint and mentorship.id not in owing:
            session.add(checkpoint_of(matching_round.cohort, pair, mentorship, barred))
    return published
