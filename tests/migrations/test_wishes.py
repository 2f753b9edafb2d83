"""Revision 0028 with rows from before it, up and down again."""

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
    schema.upgrade(empty, "0028")
    assert row(empty, "SELECT goals FROM participant") == (None,)
    wish = "INSERT INTO wish (participant_id, member_id, kind, position) VALUES (1, 1, 'like', 0)"
    change(empty, wish)
    with pytest.raises(SQLAlchemyError):
        change(empty, wish)
    schema.downgrade(empty, "0026")
    assert row(empty, "SELECT name FROM cohort") == ("c",)
    lacks(empty, "SELECT id FROM wish", "SELECT goals FROM participant")
