"""The one way in which rooms tell that something happened.

Each function writes the event, its statements and what has to be sent into the caller's transaction; a repeat
changes nothing; none commits.
"""

from uuid import UUID

from sqlalchemy.orm import Session

import xapi
from lti_tool.db import clock, models
from lti_tool.outbox import facts, mail, participation
from lti_tool.outbox.recording import record, times_recorded


def cohort_joined(session: Session, participant: models.Participant) -> None:
    """Somebody joined, or came back after leaving."""
    number = times_recorded(session, "cohort.left", participant.id)
    moment = participant.joined_at if number == 0 else clock.now()

    def make(event_id: UUID) -> xapi.CohortJoined:
        return xapi.CohortJoined(
            id=event_id,
            occurred_at=moment,
            programme=facts.programme(participant.cohort),
            language=facts.language(participant),
            actor=facts.account(participant.member),
            role=xapi.role(participant.role),
            participation=facts.participation(participant),
        )

    record(session, participant.cohort, f"cohort.joined:{participant.id}:{number}", make)


def cohort_left(session: Session, participant: models.Participant) -> None:
    """Somebody left. Their points stay as they are."""
    number = max(0, times_recorded(session, "cohort.joined", participant.id) - 1)

    def make(event_id: UUID) -> xapi.CohortLeft:
        return xapi.CohortLeft(
            id=event_id,
            occurred_at=participant.left_at or clock.now(),
            programme=facts.programme(participant.cohort),
            language=facts.language(participant),
            actor=facts.account(participant.member),
            role=xapi.role(participant.role),
            participation=facts.participation(participant),
        )

    record(session, participant.cohort, f"cohort.left:{participant.id}:{number}", make)


def mentor_assigned(session: Session, mentorship: models.Mentorship, by: models.Member) -> None:
    """``by`` published this pair."""

    def make(event_id: UUID) -> xapi.MentorAssigned:
        people = mentorship.people
        return xapi.MentorAssigned(
            id=event_id,
            occurred_at=mentorship.started_at,
            programme=facts.programme(mentorship.cohort),
            actor=facts.account(by),
            pairing=facts.pairing(mentorship),
            mentor=facts.account(mentorship.person("mentor").member),
            mentees=tuple(facts.account(one.participant.member) for one in people if one.role == "mentee"),
        )

    subject = f"mentor.assigned:{mentorship.id}"
    if record(session, mentorship.cohort, subject, make, mentorship_id=mentorship.id):
        mail.match_published(session, mentorship)


def session_scheduled(
    session: Session, meeting: models.Session, by: models.Participant | models.Member
) -> None:
    """``by`` booked the session, or (also a teacher) brought it back after it was cancelled."""
    number = times_recorded(session, "session.cancelled", meeting.id)
    moment = meeting.booked_at if number == 0 else clock.now()

    def make(event_id: UUID) -> xapi.SessionScheduled:
        return xapi.SessionScheduled(
            id=event_id,
            occurred_at=moment,
            programme=facts.programme(meeting.cohort),
            meeting=facts.meeting(meeting),
            pairing=facts.mentorship_of(meeting),
            **facts.acting(meeting, by),
        )

    subject = f"session.scheduled:{meeting.id}:{number}"
    if record(session, meeting.cohort, subject, make, mentorship_id=meeting.mentorship_id):
        meeting.sequence += number and 1
        mail.session_changed(session, meeting)


def session_cancelled(
    session: Session, meeting: models.Session, by: models.Participant | models.Member
) -> None:
    """``by`` called the session off: one of its people, or a teacher who ended the mentorship."""
    number = max(0, times_recorded(session, "session.scheduled", meeting.id) - 1)

    def make(event_id: UUID) -> xapi.SessionCancelled:
        return xapi.SessionCancelled(
            id=event_id,
            occurred_at=meeting.cancelled_at or clock.now(),
            programme=facts.programme(meeting.cohort),
            meeting=facts.meeting(meeting),
            pairing=facts.mentorship_of(meeting),
            **facts.acting(meeting, by),
        )

    subject = f"session.cancelled:{meeting.id}:{number}"
    if record(session, meeting.cohort, subject, make, mentorship_id=meeting.mentorship_id):
        meeting.sequence += 1
        mail.session_changed(session, meeting)


def session_attended(session: Session, meeting: models.Session, participant: models.Participant) -> None:
    """All confirmed that this person was there; it counts for their points."""

    def make(event_id: UUID) -> xapi.SessionAttended:
        return xapi.SessionAttended(
            id=event_id,
            occurred_at=meeting.starts_at,
            programme=facts.programme(meeting.cohort),
            language=facts.language(participant),
            meeting=facts.meeting(meeting),
            pairing=facts.mentorship_of(meeting),
            actor=facts.account(participant.member),
            role=facts.role_in(meeting, participant),
            mentor=facts.mentor_for(meeting, participant),
        )

    subject = f"session.attended:{meeting.id}:{participant.id}"
    record(session, meeting.cohort, subject, make, mentorship_id=meeting.mentorship_id)
    participation.update(session, participant)


def session_completed(session: Session, meeting: models.Session) -> None:
    """All of its people confirmed that the session took place; it counts for everybody who was there."""

    def make(event_id: UUID) -> xapi.SessionCompleted:
        return xapi.SessionCompleted(
            id=event_id,
            # A session may be confirmed before its planned end; a statement never lies in the future.
            occurred_at=min(meeting.ends_at, meeting.held_at or clock.now()),
            programme=facts.programme(meeting.cohort),
            meeting=facts.meeting(meeting),
            pairing=facts.mentorship_of(meeting),
        )

    subject = f"session.completed:{meeting.id}"
    record(session, meeting.cohort, subject, make, mentorship_id=meeting.mentorship_id)
    for attendance in meeting.attendances:
        participation.update(session, attendance.participant)


def commitment_made(session: Session, commitment: models.Commitment) -> None:
    """Somebody promised something to their partner. What it is stays with the two."""

    def make(event_id: UUID) -> xapi.CommitmentMade:
        return xapi.CommitmentMade(id=event_id, occurred_at=commitment.made_at, **facts.promise(commitment))

    mentorship = commitment.mentorship
    subject = f"commitment.made:{commitment.id}"
    record(session, mentorship.cohort, subject, make, mentorship_id=mentorship.id)


def commitment_settled(session: Session, commitment: models.Commitment) -> None:
    """The partner said whether it was kept. One that was kept may count for points.

    Raises:
        ValueError: nobody has said so yet.
    """
    settled_at, kept = commitment.settled_at, commitment.kept
    if settled_at is None or kept is None:
        raise ValueError("a commitment is settled by the partner's word")

    def make(event_id: UUID) -> xapi.CommitmentSettled:
        return xapi.CommitmentSettled(
            id=event_id, occurred_at=settled_at, kept=kept, **facts.promise(commitment)
        )

    mentorship = commitment.mentorship
    subject = f"commitment.settled:{commitment.id}"
    record(session, mentorship.cohort, subject, make, mentorship_id=mentorship.id)
    participation.update(session, commitment.participant)


def training_completed(session: Session, participant: models.Participant) -> None:
    """An instructor noted that somebody finished the training for peer mentors; it may count for points.

    Noted again after it was taken back, it is told no second time.
    """

    def make(event_id: UUID) -> xapi.TrainingCompleted:
        return xapi.TrainingCompleted(
            id=event_id,
            occurred_at=participant.trained_at or clock.now(),
            programme=facts.programme(participant.cohort),
            language=facts.language(participant),
            actor=facts.account(participant.member),
            role=xapi.role(participant.role),
            participation=facts.participation(participant),
        )

    record(session, participant.cohort, f"training.completed:{participant.id}", make)
    participation.update(session, participant)


def checkpoint_signed(session: Session, checkpoint: models.Checkpoint) -> None:
    """An expert signed the review. That it took place may count for points; its outcome never does.

    Raises:
        ValueError: the checkpoint has no review yet.
    """
    review = checkpoint.review
    if review is None:
        raise ValueError("a checkpoint is signed by its review")
    mentorship = checkpoint.mentorship

    def make(event_id: UUID) -> xapi.CheckpointSigned:
        expert = session.get_one(models.Participant, review.expert_id)
        return xapi.CheckpointSigned(
            id=event_id,
            occurred_at=review.signed_at,
            programme=facts.programme(mentorship.cohort),
            checkpoint_id=checkpoint.id,
            pairing=facts.pairing(mentorship),
            expert=facts.account(expert.member),
            passed=review.outcome == "passed",
        )

    subject = f"checkpoint.signed:{checkpoint.id}"
    record(session, mentorship.cohort, subject, make, mentorship_id=mentorship.id)
    participation.settle(session, mentorship.cohort, [one.participant for one in mentorship.people])
