"""Typed models, one noun a file. The words are those of docs/design.md."""

from lti_tool.db.models.admin_link import AdminLink
from lti_tool.db.models.audit import AuditEntry
from lti_tool.db.models.checkpoint import Checkpoint, Review
from lti_tool.db.models.cohort import Cohort, Topic
from lti_tool.db.models.commitment import Commitment
from lti_tool.db.models.copy import CohortCopy, CourseOrigin
from lti_tool.db.models.course import Course, ResourceLink
from lti_tool.db.models.deep_link import DeepLinkRequest
from lti_tool.db.models.delivery import Delivery
from lti_tool.db.models.delivery_route import DeliveryRoute
from lti_tool.db.models.event import Event, Statement
from lti_tool.db.models.expert_limit import ExpertAbsence, ExpertConflict
from lti_tool.db.models.grade import Grade, LineItem
from lti_tool.db.models.grade_rule import GradePart, GradeRule
from lti_tool.db.models.group import CourseGroup, GroupMember, HeldRoster
from lti_tool.db.models.invite import Invite
from lti_tool.db.models.job import Job
from lti_tool.db.models.ledger import LedgerEntry
from lti_tool.db.models.login import Login
from lti_tool.db.models.matching_rules import MatchingRules
from lti_tool.db.models.mentorship import Mentorship, MentorshipPerson
from lti_tool.db.models.notice import Notice, NoticeHandler
from lti_tool.db.models.pair_rule import PairRule
from lti_tool.db.models.participant import Interest, Participant
from lti_tool.db.models.periodic import PeriodicWork
from lti_tool.db.models.person import Member, Person
from lti_tool.db.models.platform import AccessToken, Deployment, Platform, PlatformKeySet
from lti_tool.db.models.question import Question
from lti_tool.db.models.record_store import RecordStore
from lti_tool.db.models.round import Round, Scenario, ScenarioLeftOut, ScenarioPair
from lti_tool.db.models.self_test import SelfTest
from lti_tool.db.models.session import Attendance, Session
from lti_tool.db.models.tool_key import ToolKey
from lti_tool.db.models.visit import Visit
from lti_tool.db.models.wish import Wish

__all__ = [
    "AccessToken",
    "AdminLink",
    "Attendance",
    "AuditEntry",
    "Checkpoint",
    "Cohort",
    "CohortCopy",
    "Commitment",
    "Course",
    "CourseGroup",
    "CourseOrigin",
    "DeepLinkRequest",
    "Delivery",
    "DeliveryRoute",
    "Deployment",
    "Event",
    "ExpertAbsence",
    "ExpertConflict",
    "Grade",
    "GradePart",
    "GradeRule",
    "GroupMember",
    "HeldRoster",
    "Interest",
    "Invite",
    "Job",
    "LedgerEntry",
    "LineItem",
    "Login",
    "MatchingRules",
    "Member",
    "Mentorship",
    "MentorshipPerson",
    "Notice",
    "NoticeHandler",
    "PairRule",
    "Participant",
    "PeriodicWork",
    "Person",
    "Platform",
    "PlatformKeySet",
    "Question",
    "RecordStore",
    "ResourceLink",
    "Review",
    "Round",
    "Scenario",
    "ScenarioLeftOut",
    "ScenarioPair",
    "SelfTest",
    "Session",
    "Statement",
    "ToolKey",
    "Topic",
    "Visit",
    "Wish",
]
