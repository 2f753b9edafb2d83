from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.cohort import Cohort, Topic
from lti_tool.db.models.job import Job
from lti_tool.db.models.participant import Participant


class Round(Base):
    """One run of matching in a cohort."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    number: Mapped[int]
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`matching.Rules` as it was when the round began: what the result was made with."""
    rules_version: Mapped[int | None]
    """Of the cohort's `MatchingRules`; 0: the defaults. None in rounds from before there were any."""
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    """Everybody as the round found them, by id and without names; see rooms/rounds/snapshot.py."""
    adjusts: Mapped[bool] = mapped_column(default=False)
    """Whether it changes running pairs as little as possible instead of choosing only for those who wait."""
    most_changes: Mapped[int | None]
    """Of such a round: running pairs that it may disturb at most; None: as few as can be."""
    started_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    started_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    job: Mapped[Job] = relationship(lazy="joined")
    scenarios: Mapped[list[Scenario]] = relationship(back_populates="round", order_by="Scenario.id")


class Scenario(Base):
    """An unpublished result of a round. Nobody but the instructors sees it."""

    __tablename__ = "scenario"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    """1 is what the cohort's rules gave; the others were asked for to compare."""
    setup: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The recipe that it was made with; see rooms/rounds/recipe.py. None: the round's rules."""
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Counts and objective values: matched, worst, total, bound, proved, ..."""
    certificate: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """The optimality proof, for `matching.verify`."""
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    """When the proof was last checked against the people, apart from the solver."""
    check_reason: Mapped[str | None] = mapped_column(String(20))
    """What that found: `matching.Verification.reason`."""
    published_at: Mapped[datetime | None]
    """Set for the one result that was published with its round."""

    round: Mapped[Round] = relationship(back_populates="scenarios")
    pairs: Mapped[list[ScenarioPair]] = relationship(back_populates="scenario", order_by="ScenarioPair.id")
    left_out: Mapped[list[ScenarioLeftOut]] = relationship(order_by="ScenarioLeftOut.id")


class ScenarioPair(Base):
    """A proposed pair with its score and reasons, and the expert review it would owe."""

    __tablename__ = "scenario_pair"
    __table_args__ = (UniqueConstraint("scenario_id", "mentee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    score: Mapped[int]
    """0 to 10,000."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`matching.Reason` as {kind, params}; put into words where it is shown."""
    owes_checkpoint: Mapped[bool]
    owes_because: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why it owes that review: {kind, params}; see web/review_reasons.py."""
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    checkpoint_week: Mapped[int | None]
    """Week of the cohort (0 = the first) in which the expert has the time."""

    scenario: Mapped[Scenario] = relationship(back_populates="pairs")
    mentee: Mapped[Participant] = relationship(foreign_keys=mentee_id)
    mentor: Mapped[Participant] = relationship(foreign_keys=mentor_id)
    expert: Mapped[Participant | None] = relationship(foreign_keys=expert_id)
    topic: Mapped[Topic] = relationship()


class ScenarioLeftOut(Base):
    """Somebody the round could not place, and why."""

    __tablename__ = "scenario_left_out"
    __table_args__ = (UniqueConstraint("scenario_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)

    participant: Mapped[Participant] = relationship()
