"""What an instructor wants placed, between the form and the service."""

from dataclasses import dataclass

PLAIN = "plain"


@dataclass(frozen=True)
class Choice:
    cohort_ids: tuple[int, ...]
    plain: bool
    """The link without a cohort and without a column."""
    title: str | None
    """In place of the cohort's name, when there is only one thing to place."""
    graded: bool
    target: str | None
    """iframe or window; None where the platform leaves no choice."""
