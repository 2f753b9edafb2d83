"""What an instructor said of the experts of a cohort, as a round reads it."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db.models import Cohort, ExpertAbsence, ExpertConflict, Participant


def barred(session: Session, cohort: Cohort) -> defaultdict[int, frozenset[int]]:
    """By expert: participants whose mentorships they must not review."""
    query = select(ExpertConflict.expert_id, ExpertConflict.person_id)
    rows = session.execute(
        query.join(Participant, Participant.id == ExpertConflict.expert_id).where(
            Participant.cohort_id == cohort.id
        )
    )
    found: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    for expert_id, person_id in rows:
        found[expert_id] |= {person_id}
    return found


def absences(session: Session, cohort: Cohort) -> defaultdict[int, list[tuple[date, date]]]:
    """By expert: first and last days of absences."""
    query = select(ExpertAbsence.expert_id, ExpertAbsence.starts_on, ExpertAbsence.ends_on)
    rows = session.execute(
        query.join(Participant, Participant.id == ExpertAbsence.expert_id).where(
            Participant.cohort_id == cohort.id
        )
    )
    found: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for expert_id, first, last in rows:
        found[expert_id].append((first, last))
    return found
