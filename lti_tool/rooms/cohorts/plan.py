"""What an instructor wishes a cohort to be, between the form and the service."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TopicPlan:
    key: int | None
    """Row id of a topic that exists already."""
    name: str
    """Empty: no topic, or one to be removed."""
    risk: str


@dataclass(frozen=True)
class CohortPlan:
    """All fields mean what they mean in `models.Cohort` and `models.GradeRule`."""

    name: str
    topics: tuple[TopicPlan, ...]
    starts_on: date
    ends_on: date
    mentors: str
    checkpoints: str
    graded: bool
    maximum: int
    sessions_for_full: int
    review_untrained: bool = False
    audit_percent: int = 0
    group_rule: str = "any"
    group_set: str | None = None
    only_group: str | None = None
    only_group_name: str | None = None

    @property
    def kind(self) -> str:
        no_reviews = self.checkpoints == "none" and not (self.review_untrained or self.audit_percent)
        return "peer" if no_reviews else "hybrid"
