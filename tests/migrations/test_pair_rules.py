"""Revision 0022 with a round from before it, up and down again."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.db import models, schema
from tests.migrations.test_grades import OLDER_ROWS, THEN
from tests.migrations.test_schema import empty
from tests.migrations.test_with_rows import change, lacks, row

__all__ = ["empty"]

ROUND = [
    f"""INSERT INTO job (id, course_id, kind, state, percent, message, created_at, touched_at)
        VALUES (1, 1, 'round', 'done', 100, '', {THEN}, {THEN})""",
    f"""INSERT INTO round (id, cohort_id, number, job_id, rules, started_by_id, started_at)
        VALUES (1, 1, 1, 1, '{{}}', 1, {THEN})""",
]
RULE = f"""INSERT INTO pair_rule (id, cohort_id, kind, first_id, second_id, reason, set_by_id, set_at)
    VALUES (1, 1, 'apart', 1, 1, 'r', 1, {THEN})"""


def test_earlier_rounds_adjust_nothing_and_rules_go_with_the_revision(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    change(empty, *OLDER_ROWS)
    schema.upgrade(empty, "0020")
    change(empty, *ROUND)
    schema.upgrade(empty)
    with Session(empty) as session:
        found = session.query(models.Round).one()
        assert (found.adjusts, found.most_changes) == (False, None)
    change(empty, RULE, "UPDATE round SET adjusts = TRUE, most_changes = 3")
    schema.downgrade(empty, "0020")
    assert row(empty, "SELECT number, job_id FROM round") == (1, 1)
    lacks(empty, "SELECT * FROM pair_rule", "SELECT adjusts FROM round")
