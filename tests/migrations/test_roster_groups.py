"""What was there before the migration of roster differences and groups outlives it, and its undoing."""

import pytest
from sqlalchemy import Engine, text

from lti_tool.db import schema
from tests.migrations.test_schema import empty

__all__ = ["empty"]

ROWS = (
    "INSERT INTO platform (id, name, issuer, client_id, auth_url, token_url, jwks_url, created_at, "
    "keeps_names) VALUES (1, 'LMS', 'https://lms.example', 'c', 'a', 't', 'j', '2026-01-01 00:00:00', true)",
    "INSERT INTO deployment (id, platform_id, deployment_id) VALUES (1, 1, '1')",
    "INSERT INTO course (id, deployment_id, context_id, scopes) VALUES (1, 1, 'course-1', '[]')",
    "INSERT INTO person (id, platform_id, sub) VALUES (1, 1, 'tess')",
    "INSERT INTO member (id, course_id, person_id, pseudonym, role, role_from_launch, is_test, active) "
    "VALUES (1, 1, 1, 'Quiet Heron', 'instructor', true, false, true)",
    "INSERT INTO cohort (id, course_id, name, kind, starts_on, ends_on, mentors, checkpoints, created_by_id, "
    "created_at) VALUES (1, 1, 'Spring', 'peer', '2026-01-01', '2026-03-01', 'anyone', 'none', 1, "
    "'2026-01-01 00:00:00')",
    "INSERT INTO job (id, course_id, kind, state, percent, message, created_at, touched_at) "
    "VALUES (1, 1, 'roster', 'done', 100, '', '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
)


def test_rows_live_through_it_in_both_directions(empty: Engine) -> None:
    schema.upgrade(empty, "0005")
    with empty.begin() as connection:
        for row in ROWS:
            connection.execute(text(row))
    schema.upgrade(empty, "0006")
    with empty.begin() as connection:
        cohort = connection.execute(text("SELECT name, group_rule, group_set FROM cohort")).one()
        assert tuple(cohort) == ("Spring", "any", None)
        assert connection.execute(text("SELECT active, missing_since FROM member")).one()[1] is None
        assert tuple(connection.execute(text("SELECT kind, cohort_id, result FROM job")).one()) == (
            "roster",
            None,
            None,
        )
    schema.downgrade(empty, "0005")
    with empty.begin() as connection:
        assert connection.execute(text("SELECT name FROM cohort")).scalar_one() == "Spring"
        with pytest.raises(Exception, match="group_rule"):
            connection.execute(text("SELECT group_rule FROM cohort"))
