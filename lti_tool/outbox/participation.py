"""Points for taking part: reckoned anew from what happened, kept, and written down to be sent."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.outbox import comments, score_messages, scores, taking_part
from lti_tool.outbox.reckoning import Column, PartTerms, Reckoning, Terms, reckon

AT_ONCE = 200
"""People who are reckoned in one transaction."""


def terms_of(rule: models.GradeRule) -> Terms:
    """A cohort's rule as it stands."""
    order = {kind: position for position, kind in enumerate(taking_part.PARTS)}
    parts = [
        PartTerms(one.kind, one.weight, one.needed, one.most, one.period, one.makeup)
        for one in rule.parts
        if one.kind in order
    ]
    parts.sort(key=lambda part: order[part.kind])
    return Terms(rule.maximum, tuple(parts), rule.places, rule.apart)


def graded(participant: models.Participant) -> bool:
    """Whether this person gets points: experts, those who teach, a teacher's student view and people who
    were excused do not."""
    member = participant.member
    learns = participant.role != "expert" and member.role == "learner" and not member.is_test
    return learns and participant.excused_at is None


def current(session: Session, participant: models.Participant) -> Reckoning:
    """What this person's points are now, from what took place."""
    terms = terms_of(session.get_one(models.GradeRule, participant.cohort_id))
    taken = taking_part.of_people(session, [participant.id], _kinds(terms))
    return reckon(terms, taken.get(participant.id, {}))


def update(session: Session, participant: models.Participant) -> None:
    """Reckon anew and, where the points changed, record them and the score to be sent.

    Nothing is recorded while the cohort's rule is off, and no zero before anything took place.
    """
    rule = session.get_one(models.GradeRule, participant.cohort_id)
    if rule.enabled and graded(participant):
        settle(session, participant.cohort, [participant])


def settle(
    session: Session, cohort: models.Cohort, people: Sequence[models.Participant], *, again: bool = False
) -> None:
    """The same for several people of one cohort, read in a number of queries that does not depend on theirs.

    Args:
        again: send the points also where they did not change.
    """
    # Two sessions may be confirmed at the same moment: who comes second waits and sees the first.
    rule = scores.locked_rule(session, cohort.id)
    if not rule.enabled:
        return
    terms, learners = terms_of(rule), [one for one in people if graded(one)]
    ids = [one.id for one in learners]
    taken = taking_part.of_people(session, ids, _kinds(terms))
    kept = _grades(session, ids)
    sendable = scores.offered(session, cohort)
    recorded = scores.recorded(session, cohort.course_id, ids) if sendable else frozenset()
    for learner in learners:
        for column in reckon(terms, taken.get(learner.id, {})).columns():
            grade = kept.get((learner.id, column.part))
            known = scores.key(learner.id, column.part) in recorded
            if _is_news(grade, column) or (sendable and grade is not None and (again or not known)):
                _keep(session, learner, grade, column, send=sendable)


def prepared(session: Session, participant: models.Participant) -> None:
    """Write down when enough was known for the first time to match somebody; it may count."""
    if participant.prepared_at is None and participant.complete and participant.role != "expert":
        participant.prepared_at = clock.now()
        session.flush()
        update(session, participant)


def excuse(session: Session, participant: models.Participant) -> None:
    """Grade this person no more: what waits is not sent, and the gradebook hears that there is no score."""
    _lock(session, participant)
    if participant.excused_at is not None:
        return
    participant.excused_at = clock.now()
    session.flush()
    for grade in _grades(session, [participant.id]).values():
        grade.withdrawn = True
        grade.lms_points = grade.lms_maximum = None
        if scores.may_have_arrived(session, participant, grade.part):
            grade.reckoned_at = score_messages.later(grade.reckoned_at)
            score_messages.take_back(session, participant, grade)
        else:
            score_messages.withhold(session, participant, grade.part)
    session.flush()


def grade_again(session: Session, participant: models.Participant) -> None:
    """Undo `excuse`."""
    _lock(session, participant)
    if participant.excused_at is None:
        return
    participant.excused_at = None
    session.flush()
    update(session, participant)


def _lock(session: Session, participant: models.Participant) -> None:
    """The person as they are now, and nobody reckons meanwhile; in the order in which their own pages do."""
    own = select(models.Participant.id).where(models.Participant.id == participant.id)
    session.execute(own.with_for_update(key_share=True))
    session.refresh(participant, ["excused_at"])
    scores.lock(session, [participant.id])


def _kinds(terms: Terms) -> Collection[str]:
    return {part.kind for part in terms.counting}


def _grades(session: Session, ids: Collection[int]) -> dict[tuple[int, str], models.Grade]:
    query = select(models.Grade).where(models.Grade.participant_id.in_(ids))
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {(row.participant_id, row.part): row for row in rows}


def _is_news(grade: models.Grade | None, column: Column) -> bool:
    if grade is None:
        return column.points > 0
    return grade.withdrawn or (grade.points, grade.maximum) != (column.points, column.maximum)


def _keep(
    session: Session,
    participant: models.Participant,
    grade: models.Grade | None,
    column: Column,
    *,
    send: bool,
) -> None:
    if grade is None:
        grade = models.Grade(participant_id=participant.id, part=column.part)
        grade.reckoned_at = score_messages.later(None)
        session.add(grade)
    else:
        grade.reckoned_at = score_messages.later(grade.reckoned_at)
    grade.points, grade.maximum, grade.withdrawn = column.points, column.maximum, False
    session.flush()
    if send:
        score_messages.record(session, participant, grade, comments.of(column))
