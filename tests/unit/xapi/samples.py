"""One event of each kind, and a Hypothesis strategy for all of them."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

import xapi

ISSUER = "https://lms.example"
WHEN = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)

ANA = xapi.Account(home_page=ISSUER, name="learner-01")
BO = xapi.Account(home_page=ISSUER, name="learner-02")
TESS = xapi.Account(home_page=ISSUER, name="instructor-1")
EVA = xapi.Account(home_page=ISSUER, name="expert-1")

PROGRAMME = xapi.Programme(
    tool="https://mentor.example",
    issuer=ISSUER,
    deployment="1",
    context="course-1",
    course_id=1,
    course_title="Bio 101",
    cohort_id=2,
    cohort_name="Spring mentoring",
)
PAIRING = xapi.Pairing(
    id=3, registration=uuid.UUID("2a1f4bb2-32e1-4e8c-9d8c-6a43f3f7b0aa"), topic="Statistics"
)
MEETING = xapi.Meeting(id=4, format="mentoring", starts_at=WHEN + timedelta(days=2), minutes=45)
PARTICIPATION = uuid.UUID("7d7ba3b6-7b11-4d23-8f63-0b8ee7a4f6cd")

_THERE = {"occurred_at": WHEN, "programme": PROGRAMME}
_BY_ANA = {"actor": ANA, "role": "mentee"}
_SESSION = {"meeting": MEETING, "pairing": PAIRING}
_PROMISE = {**_BY_ANA, "pairing": PAIRING, "commitment_id": 7}


def each_kind() -> list[xapi.AnyEvent]:
    """An event of every kind with every outcome, and a session without a mentorship."""
    kinds: list[dict[str, object]] = [
        {"kind": "cohort.joined", **_BY_ANA, "participation": PARTICIPATION, "language": "es"},
        {"kind": "cohort.left", **_BY_ANA, "participation": PARTICIPATION},
        {"kind": "training.completed", **_BY_ANA, "participation": PARTICIPATION},
        {"kind": "mentor.requested", "actor": ANA, "pairing": PAIRING, "mentor": BO},
        {"kind": "mentor.answered", "actor": BO, "pairing": PAIRING, "mentees": (ANA,), "accepted": True},
        {"kind": "mentor.answered", "actor": BO, "pairing": PAIRING, "mentees": (ANA,), "accepted": False},
        {"kind": "mentor.assigned", "actor": TESS, "pairing": PAIRING, "mentor": BO, "mentees": (ANA,)},
        {"kind": "session.scheduled", **_BY_ANA, **_SESSION},
        {"kind": "session.cancelled", **_BY_ANA, **_SESSION},
        {"kind": "session.attended", **_BY_ANA, **_SESSION, "mentor": BO},
        {"kind": "session.attended", **_BY_ANA, "meeting": MEETING, "pairing": None},
        {"kind": "session.missed", **_BY_ANA, **_SESSION},
        {"kind": "session.completed", **_SESSION},
        {"kind": "feedback.given", **_BY_ANA, **_SESSION, "rating": 4, "lowest": 1, "highest": 5},
        {"kind": "commitment.made", **_PROMISE, "due_on": WHEN.date()},
        {"kind": "commitment.settled", **_PROMISE, "kept": True},
        {"kind": "commitment.settled", **_PROMISE, "kept": False, "due_on": WHEN.date()},
        {"kind": "checkpoint.signed", "checkpoint_id": 5, "pairing": PAIRING, "expert": EVA, "passed": True},
        {"kind": "checkpoint.signed", "checkpoint_id": 6, "pairing": PAIRING, "expert": EVA, "passed": False},
    ]
    return [
        xapi.read_event({"id": uuid.uuid5(PARTICIPATION, str(number)), **_THERE, **kind})
        for number, kind in enumerate(kinds)
    ]


texts = st.text(min_size=1, max_size=60)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


@st.composite
def events(draw: st.DrawFn) -> xapi.AnyEvent:
    """Events of every kind with anything that people may have typed."""
    sample = draw(st.sampled_from(each_kind()))
    programme = PROGRAMME.model_copy(
        update={
            "course_title": draw(st.text(max_size=60)),
            "cohort_name": draw(texts),
            "context": draw(texts),
        }
    )
    changed: dict[str, object] = {
        "id": draw(st.uuids(version=4)),
        "occurred_at": draw(moments),
        "programme": programme,
    }
    if getattr(sample, "actor", None) is not None:
        changed["actor"] = xapi.Account(home_page=ISSUER, name=draw(texts))
    return sample.model_copy(update=changed)
