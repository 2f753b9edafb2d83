"""Reading what was decided about people, for a round that begins."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

import matching
from lti_tool.db import models
from lti_tool.db.models import Mentorship, MentorshipPerson
from lti_tool.rooms.rounds import pair_rules, wishes
from lti_tool.rooms.rounds.kept import Applied, apply
from lti_tool.rooms.rounds.snapshot import Candidates


def read(session: Session, cohort: models.Cohort, asked: Candidates, rules: matching.Rules) -> Applied:
    """What holds between the people of a round, and what follows from the pairs that run already."""
    decided = [pair_rules.kept_of(one) for one in pair_rules.active(session, cohort)]
    if not decided:
        return Applied(rules, ())
    mentees = frozenset(one.id for one in asked.mentees)
    mentors = frozenset(one.id for one in asked.mentors)
    running = {one: other for one, other in _running(session, cohort).items() if one not in mentees}
    # Those that run already, in an adjustment, are not among the excluded: they may go on.
    refused = wishes.refused(session, cohort) & rules.excluded
    return apply(decided, rules, mentees, mentors, running, refused)


def _running(session: Session, cohort: models.Cohort) -> dict[int, int]:
    """The mentor of each learner in a running pair."""
    mentee, mentor = aliased(MentorshipPerson), aliased(MentorshipPerson)
    query = (
        select(mentee.participant_id, mentor.participant_id)
        .select_from(Mentorship)
        .join(mentee, (mentee.mentorship_id == Mentorship.id) & (mentee.role == "mentee"))
        .join(mentor, (mentor.mentorship_id == Mentorship.id) & (mentor.role == "mentor"))
        .where(Mentorship.cohort_id == cohort.id, Mentorship.ended_at.is_(None))
    )
    return {row[0]: row[1] for row in session.execute(query)}
