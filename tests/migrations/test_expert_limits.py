"""Revision 0026 with rows from before it, up and down again."""

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
    schema.upgrade(empty, "0026")
    away = "INSERT INTO expert_absence (expert_id, starts_on, ends_on) VALUES (1, '2026-12-20', '2026-12-{}')"
    change(empty, away.format(31), "INSERT INTO expert_conflict (expert_id, person_id) VALUES (1, 1)")
    with pytest.raises(SQLAlchemyError, match="days_in_order"):
        change(empty, away.format(19))
    with pytest.raises(SQLAlchemyError):
        change(empty, "INSERT INTO expert_conflict (expert_id, person_id) VALUES (1, 1)")
    schema.downgrade(empty, "0022")
    assert row(empty, "SELECT name FROM cohort") == ("c",)
    lacks(empty, "SELECT id FROM expert_absence", "SELECT id FROM expert_conflict")
