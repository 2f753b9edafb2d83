"""Revision 0007 with rows from before it: parts of the rule, a column for each part."""

from decimal import Decimal

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from lti_tool.db import models, schema
from tests.migrations.test_schema import empty

__all__ = ["empty"]

THEN = "'2026-11-01 00:00:00'"
OLDER_ROWS = [
    f"""INSERT INTO platform (id, name, issuer, client_id, auth_url, token_url, jwks_url, created_at)
        VALUES (1, 'p', 'i', 'c', 'a', 't', 'j', {THEN})""",
    "INSERT INTO deployment (id, platform_id, deployment_id) VALUES (1, 1, '1')",
    "INSERT INTO course (id, deployment_id, context_id, scopes) VALUES (1, 1, 'x', '[]')",
    "INSERT INTO person (id, platform_id, sub) VALUES (1, 1, 's')",
    """INSERT INTO member (id, course_id, person_id, pseudonym, role, role_from_launch, is_test, active)
        VALUES (1, 1, 1, 'h', 'learner', TRUE, FALSE, TRUE)""",
    f"""INSERT INTO cohort (id, course_id, name, kind, starts_on, ends_on, mentors, checkpoints,
        created_by_id, created_at)
        VALUES (1, 1, 'c', 'peer', '2026-11-01', '2026-12-01', 'anyone', 'none', 1, {THEN})""",
    "INSERT INTO grade_rule (cohort_id, enabled, maximum, sessions_for_full) VALUES (1, TRUE, 50, 7)",
    "INSERT INTO line_item (cohort_id, url, label, maximum) VALUES (1, 'https://lms.example/1', 'c', 50)",
    f"""INSERT INTO participant (id, cohort_id, member_id, role, mentor_approved, capacity, timezone, week,
        languages, joined_at)
        VALUES (1, 1, 1, 'mentee', TRUE, 1, 'UTC', '{"0" * 83}1', '[]', {THEN})""",
    "INSERT INTO topic (id, cohort_id, name, risk, position) VALUES (1, 1, 't', 'low', 0)",
    "INSERT INTO interest (id, participant_id, topic_id, kind, level) VALUES (1, 1, 1, 'wants', 2)",
    f"INSERT INTO grade (id, participant_id, points, maximum, reckoned_at) VALUES (1, 1, 12.5, 50, {THEN})",
]


def test_grades_and_their_rule_keep_what_they_were(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    with empty.begin() as connection:
        for statement in OLDER_ROWS:
            connection.execute(text(statement))
    schema.upgrade(empty)
    with Session(empty) as session:
        rule = session.query(models.GradeRule).one()
        assert (rule.sessions_for_full, rule.maximum, rule.places, rule.apart) == (7, 50, 2, False)
        item = session.query(models.LineItem).one()
        assert (item.url, item.part, item.maximum) == ("https://lms.example/1", "", Decimal(50))
        grade = session.query(models.Grade).one()
        assert (grade.points, grade.maximum, grade.part) == (Decimal("12.5"), Decimal(50), "")
        participant = session.query(models.Participant).one()
        assert participant.prepared_at == participant.joined_at
    schema.downgrade(empty, "0006")
    with empty.connect() as connection:
        rules = connection.execute(text("SELECT maximum, sessions_for_full FROM grade_rule"))
        assert rules.all() == [(50, 7)]
        assert connection.execute(text("SELECT cohort_id, maximum FROM line_item")).all() == [(1, 50)]
        assert connection.execute(text("SELECT maximum FROM grade")).all() == [(50,)]
