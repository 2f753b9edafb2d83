"""One folder a concern. Rooms share the database and events, and do not import each other."""

from flask import Flask

from lti_tool.rooms.admin import selftest_routes  # noqa: F401 - adds its pages to the blueprint
from lti_tool.rooms.admin.routes import bp as admin
from lti_tool.rooms.checkpoints.routes import bp as checkpoints
from lti_tool.rooms.cohorts import expert_routes  # noqa: F401 - adds pages
from lti_tool.rooms.cohorts.routes import bp as cohorts
from lti_tool.rooms.commitments.routes import bp as commitments
from lti_tool.rooms.grading.routes import bp as grading
from lti_tool.rooms.ledger.routes import bp as ledger
from lti_tool.rooms.mentorships.routes import bp as mentorships
from lti_tool.rooms.placing.routes import bp as placing
from lti_tool.rooms.profiles import wishes_routes  # noqa: F401 - adds pages
from lti_tool.rooms.profiles.routes import bp as profiles
from lti_tool.rooms.reports.routes import bp as reports
from lti_tool.rooms.roster.routes import bp as roster
from lti_tool.rooms.rounds import (  # noqa: F401 - add pages
    adjust_routes,
    compare_routes,
    pair_rule_routes,
    proof_routes,
    question_routes,
    rules_routes,
)
from lti_tool.rooms.rounds.routes import bp as rounds
from lti_tool.rooms.sessions.routes import bp as sessions
from lti_tool.rooms.statements.routes import bp as statements
from lti_tool.rooms.stores.routes import bp as stores

BLUEPRINTS = (
    admin,
    cohorts,
    profiles,
    roster,
    rounds,
    mentorships,
    commitments,
    sessions,
    checkpoints,
    reports,
    grading,
    placing,
    ledger,
    stores,
    statements,
)


def register(app: Flask) -> None:
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
