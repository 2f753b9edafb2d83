"""Typed models, one noun a file. The words are those of docs/design.md."""

from lti_tool.db.models.audit import AuditEntry
from lti_tool.db.models.checkpoint import Checkpoint, Review
from lti_tool.db.models.cohort import Cohort, GradeRule, Topic
from lti_tool.db.models.course import Course, ResourceLink
from lti_tool.db.models.delivery import Delivery
from lti_tool.db.models.event import Event, Statement
from lti_tool.db.models.grade import Grade, LineItem
from lti_tool.db.models.invite import Invite
from lti_tool.db.models.job import Job
from lti_tool.db.models.ledger import LedgerEntry
from lti_tool.db.models.login import Login
from lti_tool.db.models.mentorship import Mentorship, MentorshipPerson
from lti_tool.db.models.participant import Interest, Participant
from lti_tool.db.models.periodic import PeriodicWork
from lti_tool.db.models.person import Member, Person
from lti_tool.db.models.platform import AccessToken, Deployment, Platform, PlatformKeySet
from lti_tool.db.models.round import Round, Scenario, ScenarioLeftOut, ScenarioPair
from lti_tool.db.models.session import Attendance, Session
from lti_tool.db.models.tool_key import ToolKey

__all__ = [
    "AccessToken",
    "Attendance",
    "AuditEntry",
    "Checkpoint",
    "Cohort",
    "Course",
    "Delivery",
    "Deployment",
    "Event",
    "Grade",
    "GradeRule",
    "Interest",
    "Invite",
    "Job",
    "LedgerEntry",
    "LineItem",
    "Login",
    "Member",
    "Mentorship",
    "MentorshipPerson",
    "Participant",
    "PeriodicWork",
    "Person",
    "Platform",
    "PlatformKeySet",
    "ResourceLink",
    "Review",
    "Round",
    "Scenario",
    "ScenarioLeftOut",
    "ScenarioPair",
    "Session",
    "Statement",
    "ToolKey",
    "Topic",
]
