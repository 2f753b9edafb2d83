"""The IRIs that statements are made of: others' where they exist, this project's profile for the rest.

Read in ADL's authored profiles (https://profiles.adlnet.gov) and the TinCan registry.
"""

from dataclasses import dataclass

PROFILE = "https://w3id.org/xapi/peer-mentor"
PROFILE_VERSION = f"{PROFILE}/v1.0"

_ACTIVITY_STREAMS = "http://activitystrea.ms/schema/1.0"
_ADL = "http://adlnet.gov/expapi"
_TINCAN = "http://id.tincanapi.com"


@dataclass(frozen=True)
class Term:
    """A verb, activity type or extension: its IRI, an English label, and what it means here."""

    iri: str
    label: str
    definition: str


JOIN = Term(f"{_ACTIVITY_STREAMS}/join", "joined", "Became a participant of a mentoring cohort.")
LEAVE = Term(f"{_ACTIVITY_STREAMS}/leave", "left", "Ended taking part in a mentoring cohort.")
ASSIGN = Term(f"{_ACTIVITY_STREAMS}/assign", "assigned", "Brought a mentor and a mentee together.")
SCHEDULE = Term(f"{_ACTIVITY_STREAMS}/schedule", "scheduled", "Booked a session for a planned time.")
CANCEL = Term(f"{_ACTIVITY_STREAMS}/cancel", "cancelled", "Called a booked session off.")
ATTENDED = Term(
    f"{_ADL}/verbs/attended", "attended", "Took part in a session, as all of its people confirmed."
)
COMPLETED = Term(f"{_ADL}/verbs/completed", "completed", "Held a session that was planned.")
PASSED = Term(f"{_ADL}/verbs/passed", "passed", "An expert found the reviewed practice sound.")
FAILED = Term(f"{_ADL}/verbs/failed", "failed", "An expert found that the practice needs another look.")
REQUESTED = Term(
    "https://w3id.org/xapi/adb/verbs/requested", "requested", "Asked somebody to be their mentor."
)
ACCEPT = Term(f"{_ACTIVITY_STREAMS}/accept", "accepted", "Said yes to being somebody's mentor.")
DENY = Term(f"{_ACTIVITY_STREAMS}/deny", "declined", "Said no to being somebody's mentor.")
REVIEWED = Term(f"{_TINCAN}/verb/reviewed", "reviewed", "Rated a session.")
MISSED = Term(
    f"{PROFILE}/verbs/missed",
    "missed",
    "Was not there at a booked session, or did not keep a commitment by its day.",
)
COMMITTED = Term(f"{PROFILE}/verbs/committed", "committed", "Promised a partner to do something.")
KEPT = Term(f"{PROFILE}/verbs/kept", "kept", "Kept a commitment, as the partner confirmed.")

GROUP = Term(f"{_ACTIVITY_STREAMS}/group", "Cohort", "A peer-mentoring programme in a course.")
COURSE = Term(f"{_ADL}/activities/course", "Course", "The course in the learning platform.")
TUTOR_SESSION = Term(f"{_TINCAN}/activitytype/tutor-session", "Session", "A meeting for learning together.")
ASSESSMENT = Term(f"{_ADL}/activities/assessment", "Checkpoint", "An expert's review that a mentorship owes.")
REVIEW = Term(f"{_ACTIVITY_STREAMS}/review", "Feedback", "What somebody says of a session.")
LESSON = Term(f"{_ADL}/activities/lesson", "Training", "The training for peer mentors.")
COMMITMENT = Term(
    f"{PROFILE}/activity-types/commitment",
    "Commitment",
    "What somebody promised a partner to do; what it says stays with the two.",
)
GOAL = Term(f"{_TINCAN}/activitytype/goal", "Goal", "What somebody wants to reach.")
PROFILE_TYPE = Term(f"{_ADL}/activities/profile", "Profile", "An xAPI profile.")
MENTORSHIP = Term(
    f"{PROFILE}/activity-types/mentorship",
    "Mentorship",
    "People who were brought together to learn from one another on one topic, for a time.",
)

TARGET = Term(f"{_TINCAN}/extension/target", "Target", "The mentor whom the assignment gave to the mentee.")
MENTEE = Term(f"{PROFILE}/extensions/mentee", "Mentee", "The account of the person whom the mentor supports.")
ROLE = Term(
    f"{PROFILE}/extensions/role",
    "Role",
    "What the actor is in the programme: mentee, mentor, both, peer, expert.",
)
PLANNED_START = Term(
    f"{PROFILE}/extensions/planned-start", "Planned start", "When the session was to begin (RFC 3339, UTC)."
)
PLANNED_DURATION = Term(
    f"{PROFILE}/extensions/planned-duration",
    "Planned duration",
    "How long it was to last (ISO 8601 duration).",
)
FORMAT = Term(
    f"{PROFILE}/extensions/format",
    "Format",
    "Format of the session: mentoring, pairing, circle, knowledge_share, community.",
)
DUE = Term(f"{PROFILE}/extensions/due", "Due", "The day by which a commitment is to be kept (ISO 8601 date).")
LTI_CONTEXT = Term(
    f"{PROFILE}/extensions/lti-context",
    "LTI context",
    "The issuer, deployment and context id under which the learning platform knows the course.",
)

MENTOR = Term(f"{PROFILE}/activity-types/mentor", "Mentor", "The person who mentors in a mentorship.")
MENTORED = Term(f"{PROFILE}/activity-types/mentee", "Mentee", "A person whom the mentor supports.")
PAIR = Term(f"{PROFILE}/activity-types/pair", "Pair", "The people of one mentorship, together.")
