"""Who may open what: one list for every endpoint, and the one place where it is enforced.

An address names its course, and inside it the cohort, the mentorship and so on. Each is loaded here as part
of the one before it, so that an id from another course, deployment or platform is simply not found.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request
from sqlalchemy import Select

from lti_tool.db import models
from lti_tool.db.engine import LARGEST_KEY, db
from lti_tool.web import administration
from lti_tool.web.errors import Problem, administrators_only, forbidden, not_found, not_launched
from lti_tool.web.identity import viewer_of
from lti_tool.web.objects import OBJECTS, Place, of_cohort, own_part_of

ACCESS: dict[str, frozenset[str]] = {
    # Anybody, without a launch.
    "public": frozenset(
        {
            "static",
            "bootstrap.static",
            "lti.login",
            "lti.launch",
            "lti.jwks",
            "lti.notices",
            "registration.show",
            "registration.register",
            "registration.canvas_key",
            "framed_login.check",
            "framed_login.in_tab",
            "xapi.profile",
            "health.healthz",
            "health.readyz",
            "health.metrics",
            "styleguide.index",
            "admin.enter",
        }
    ),
    # Whoever was launched into the course.
    "member": frozenset(
        {"cohorts.home", "profiles.consent", "profiles.timezone", "profiles.mail", "jobs.show", "jobs.status"}
    ),
    # Members who teach the course.
    "instructor": frozenset(
        {
            "cohorts.create",
            "cohorts.copy",
            "cohorts.decline_copy",
            "cohorts.edit",
            "cohorts.show",
            "cohorts.people",
            "cohorts.approve_mentor",
            "cohorts.trained",
            "cohorts.experts",
            "cohorts.remove_expert",
            "cohorts.give_out",
            "cohorts.expert",
            "cohorts.add_absence",
            "cohorts.remove_absence",
            "cohorts.bar",
            "cohorts.unbar",
            "cohorts.read_roster",
            "roster.missing",
            "roster.decide",
            "roster.undo",
            "roster.hand_over",
            "roster.hand_back",
            "roster.held",
            "roster.accept",
            "roster.discard",
            "rounds.index",
            "rounds.start",
            "rounds.adjust",
            "rounds.start_adjustment",
            "rounds.rules",
            "rounds.change_rules",
            "rounds.use_rules_again",
            "rounds.use_default_rules",
            "rounds.pair_rules",
            "rounds.add_pair_rule",
            "rounds.remove_pair_rule",
            "rounds.restore_pair_rule",
            "rounds.show",
            "rounds.scenario",
            "rounds.check",
            "rounds.compare",
            "rounds.another",
            "rounds.person",
            "rounds.why_not",
            "rounds.fewer_hours",
            "rounds.answer",
            "rounds.people_file",
            "rounds.proof_file",
            "rounds.publish",
            "rounds.unpublish",
            "reports.engagement",
            "reports.engagement_chart",
            "reports.gradebook",
            "reports.resend",
            "ledger.show",
            "ledger.resend",
            "ledger.try_now",
            "statements.index",
            "statements.export",
            "stores.index",
            "stores.add",
            "stores.edit",
            "stores.switch",
            "stores.test",
            "stores.backfill",
            "grading.rule",
            "grading.preview",
            "grading.apply",
            "grading.discard",
            "grading.excuse",
            "grading.grade_again",
            "grading.send_all",
            "grading.make_columns",
            "grading.read",
            "reports.person",
            "jobs.cancel",
        }
    ),
    # Members who joined the cohort.
    "participant": frozenset(
        {
            "profiles.topics",
            "profiles.times",
            "profiles.me",
            "profiles.leave",
            "profiles.wish_list",
            "profiles.name",
            "profiles.rejoin",
            "mentorships.home",
            "reports.mine",
        }
    ),
    # The people of this very mentorship.
    "pair": frozenset({"mentorships.show", "sessions.book", "commitments.index", "commitments.settle"}),
    # The people of this very session.
    "attendee": frozenset(
        {
            "sessions.show",
            "sessions.confirm",
            "sessions.unconfirm",
            "sessions.cancel",
            "sessions.restore",
            "sessions.calendar",
        }
    ),
    # Who teaches the course and was asked by the platform what to place in it.
    "placer": frozenset({"placing.choose", "placing.answer"}),
    # Experts of the cohort; the expert to whom this very checkpoint is assigned.
    "expert": frozenset({"checkpoints.queue"}),
    "reviewer": frozenset({"checkpoints.review"}),
    # Outside the courses: whoever runs the tool; and, of their own platform, administrators of an LMS.
    "operator": frozenset(
        {
            "admin.platforms",
            "admin.add",
            "admin.invite",
            "admin.withdraw_invite",
            "admin.keys",
            "admin.rotate_key",
            "admin.retire_key",
        }
    ),
    "administrator": frozenset(
        {
            "admin.home",
            "admin.platform",
            "admin.approve",
            "admin.withdraw",
            "admin.switch",
            "admin.names",
            "admin.try_notices",
            "admin.log",
            "admin.selftest",
            "admin.start_selftest",
            "admin.selftest_status",
            "admin.stop_selftest",
        }
    ),
}


ADMINISTRATION = frozenset({"operator", "administrator"})
"""Rules of pages outside the courses."""


def place() -> Place:
    """The place of the current request. Only pages inside a course have one."""
    here: Place = g.place
    return here


def cohort() -> models.Cohort:
    """The cohort that the current address names."""
    found = place().cohort
    assert found is not None
    return found


def participant() -> models.Participant:
    """The viewer's part in the current cohort; present on every page whose rule asks for it."""
    found = place().participant
    assert found is not None
    return found


def enforce() -> None:
    """Before every request: load what the address names and refuse who may not see it."""
    if request.endpoint is None:
        return  # no such address: Flask answers 404
    rule = rule_of(request.endpoint)
    if rule == "public":
        return
    if rule in ADMINISTRATION:
        _admit_administrator(rule, request.view_args or {})
        return
    g.place = _load(request.view_args or {})
    if not RULES[rule](g.place):
        raise forbidden()


def _admit_administrator(rule: str, arguments: Mapping[str, int]) -> None:
    found = administration.current()
    if found is None:
        raise administrators_only()
    if rule == "operator" and not found.runs_the_tool:
        raise forbidden()
    if any(isinstance(key, int) and key > LARGEST_KEY for key in arguments.values()):
        raise not_found()
    # Another platform's page is not there, as far as its neighbours can tell.
    if found.platform_id is not None and arguments.get("platform_id", found.platform_id) != found.platform_id:
        raise not_found()
    g.administrator = found


def rule_of(endpoint: str) -> str:
    """The name of the list in which the endpoint stands."""
    for rule, endpoints in ACCESS.items():
        if endpoint in endpoints:
            return rule
    raise LookupError(f"endpoint {endpoint} stands in no access list")


def _load(arguments: Mapping[str, int]) -> Place:
    if any(key > LARGEST_KEY for key in arguments.values()):
        raise not_found()
    viewer = viewer_of(arguments["course_id"])
    if viewer is None:
        raise not_launched()
    here = Place(viewer=viewer, course=viewer.member.course)
    if "cohort_id" in arguments:
        here.cohort = _one(of_cohort(here, arguments["cohort_id"]))
        own_part = own_part_of(here)
        if request.method == "POST":
            # A double click, or two tabs: the second request waits and finds what the first one wrote. Rows
            # that only refer to this one need not wait.
            own_part = own_part.with_for_update(of=models.Participant, key_share=True)
        here.participant = db.session.scalar(own_part)
    for name, query in OBJECTS.items():
        if name in arguments:
            here.found[name.removesuffix("_id")] = _one(query(here, arguments[name]))
    return here


def _one(query: Select[Any]) -> Any:
    found = db.session.scalar(query)
    if found is None:
        raise not_found()
    return found


def _takes_part(here: Place) -> bool:
    return here.participant is not None


def _is_in_pair(here: Place) -> bool:
    mentorship: models.Mentorship = here.found["mentorship"]
    return here.participant is not None and any(
        one.participant_id == here.participant.id for one in mentorship.people
    )


def _attends(here: Place) -> bool:
    session: models.Session = here.found["session"]
    return here.participant is not None and any(
        one.participant_id == here.participant.id for one in session.attendances
    )


def _was_asked(here: Place) -> bool:
    asked: models.DeepLinkRequest = here.found["deep_link"]
    return here.viewer.teaches and asked.member_id == here.viewer.member.id


def _is_expert(here: Place) -> bool:
    own = here.participant
    return own is not None and own.role == "expert" and own.left_at is None


def _reviews(here: Place) -> bool:
    checkpoint: models.Checkpoint = here.found["checkpoint"]
    return _is_expert(here) and checkpoint.expert == here.participant


RULES: dict[str, Callable[[Place], bool]] = {
    "member": lambda _here: True,
    "instructor": lambda here: here.viewer.teaches,
    "participant": _takes_part,
    "pair": _is_in_pair,
    "attendee": _attends,
    "placer": _was_asked,
    "expert": _is_expert,
    "reviewer": _reviews,
}

__all__ = ["ACCESS", "RULES", "Place", "Problem", "cohort", "enforce", "participant", "place", "rule_of"]
