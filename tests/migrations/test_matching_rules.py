"""Revision 0029 with rows from before it, up and down again."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import schema
from tests.migrations.test_grades import OLDER_ROWS
from tests.migrations.test_schema import empty
from tests.migrations.test_with_rows import change, lacks, row

__all__ = ["empty"]


def test_rows_live_through_it_in_both_directions(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    change(empty, *OLDER_ROWS)
    schema.upgrade(empty, "0029")
    rules = (
        'INSERT INTO matching_rules (cohort_id, version, "values", changed_by_id, changed_at)'
        " VALUES (1, 1, '{}', 1, '2026-11-28 08:00:00')"
    )
    change(empty, rules)
    with pytest.raises(SQLAlchemyError):
        change(empty, rules)
    schema.downgrade(empty, "0028")
    assert row(empty, "SELECT name FROM cohort") == ("c",)
    lacks(empty, "SELECT id FROM matching_rules", "SELECT rules_version FROM round")
