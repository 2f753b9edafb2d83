"""Revision 0024 with a cohort from before it, up and down again."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import schema
from tests.migrations.test_roster_groups import ROWS
from tests.migrations.test_schema import empty
from tests.migrations.test_with_rows import change, lacks, row

__all__ = ["empty"]


def test_rows_live_through_it_in_both_directions(empty: Engine) -> None:
    schema.upgrade(empty, "0005")
    change(empty, *ROWS)
    schema.upgrade(empty, "0024")
    assert row(empty, "SELECT name, review_untrained, audit_percent FROM cohort") == ("Spring", False, 0)
    change(empty, "UPDATE cohort SET review_untrained = true, audit_percent = 10")
    with pytest.raises(SQLAlchemyError, match="audit_percent_range"):
        change(empty, "UPDATE cohort SET audit_percent = 101")
    schema.downgrade(empty, "0020")
    assert row(empty, "SELECT name, checkpoints FROM cohort") == ("Spring", "none")
    lacks(empty, "SELECT audit_percent FROM cohort", "SELECT because FROM checkpoint")
