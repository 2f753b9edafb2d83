"""What counts how much when a cohort is matched: the versions of its rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

import matching
from lti_tool.db import clock
from lti_tool.db.models import Cohort, MatchingRules, Member

NAMES = ("topics", "times", "languages", "goals", "preferences", "reciprocity", "min_shared_slots")
MOST_SHOWN = 20

Values = Mapping[str, int]


def defaults() -> dict[str, int]:
    """What holds before anybody changed anything."""
    plain = matching.Rules()
    return {name: getattr(plain, name) for name in NAMES}


def newest(session: Session, cohort: Cohort) -> MatchingRules | None:
    rows = versions(session, cohort, 1)
    return rows[0] if rows else None


def version(session: Session, cohort: Cohort) -> int:
    """The number of the version that holds; 0: the defaults."""
    row = newest(session, cohort)
    return row.version if row is not None else 0


def versions(session: Session, cohort: Cohort, most: int = MOST_SHOWN + 1) -> Sequence[MatchingRules]:
    """The newest first."""
    query = (
        select(MatchingRules)
        .where(MatchingRules.cohort_id == cohort.id)
        .options(joinedload(MatchingRules.changed_by))
        .order_by(MatchingRules.version.desc())
        .limit(most)
    )
    return session.scalars(query).all()


def values_of(row: MatchingRules | None) -> dict[str, int]:
    """All of a version's values; None is the defaults, and so is what an older one does not know."""
    stored: Mapping[str, Any] = row.values if row is not None else {}
    return defaults() | {name: int(stored[name]) for name in NAMES if name in stored}


def change(session: Session, cohort: Cohort, by: Member, values: Values) -> MatchingRules | None:
    """A new version; None where nothing is different from the newest. Needs a writing transaction."""
    # One at a time. Without the key, so that whoever only refers to the cohort need not wait.
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update(key_share=True))
    if values_of(newest(session, cohort)) == dict(values):
        return None
    number = session.scalar(
        select(func.max(MatchingRules.version)).where(MatchingRules.cohort_id == cohort.id)
    )
    row = MatchingRules(
        cohort_id=cohort.id,
        version=(number or 0) + 1,
        values=dict(values),
        changed_by=by,
        changed_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row
