"""Revisions 0002, 0009 and 0010 with rows from before them, up and down again in one go."""

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import schema
from tests.migrations.test_grades import OLDER_ROWS, THEN
from tests.migrations.test_schema import empty

__all__ = ["empty"]

REGISTERED = [
    "UPDATE platform SET product = 'moodle', keeps_names = FALSE",
    f"""INSERT INTO invite (id, digest, name, created_at, expires_at, platform_id)
        VALUES (1, 'd', 'n', {THEN}, {THEN}, 1)""",
    f"""INSERT INTO audit_entry (id, at, actor, action, platform_id, data)
        VALUES (1, {THEN}, 'invite 1', 'invite.used', 1, '{{}}')""",
]
DELIVERED = f"""INSERT INTO delivery (id, kind, route, key, version, participant_id, body, state, attempts,
    due_at, created_at) VALUES (1, 'score', 'ags:1', 'k', 1, 1, '{{}}', 'delivered', 1, {THEN}, {THEN})"""
CHECKED = f"""UPDATE delivery SET checked_at = {THEN}"""
HANDLED = [
    f"""INSERT INTO notice_handler (id, deployment_id, kind, service_url, attempts, due_at)
        VALUES (1, 1, 'LtiContextCopyNotice', 'https://lms.example/handlers', 0, {THEN})""",
    "UPDATE platform SET messages = '{}'",
    "UPDATE cohort SET only_group = 'group:a', only_group_name = 'Lab A'",
]


def test_rows_live_through_these_revisions_in_both_directions(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    change(empty, *OLDER_ROWS)
    schema.upgrade(empty, "0002")
    assert row(empty, "SELECT name, product, keeps_names, granted_scopes FROM platform") == (
        "p",
        None,
        True,
        None,
    )
    change(empty, *REGISTERED)
    schema.upgrade(empty, "0007")
    change(empty, DELIVERED)
    schema.upgrade(empty, "0009")
    assert row(empty, "SELECT state, checked_at, participant_id FROM delivery") == ("delivered", None, 1)
    change(empty, CHECKED)
    schema.upgrade(empty, "0010")
    assert row(empty, "SELECT keeps_names, messages, deep_linked_at FROM platform") == (False, None, None)
    assert row(empty, "SELECT name, only_group, only_group_name FROM cohort") == ("c", None, None)
    change(empty, *HANDLED)
    with pytest.raises(SQLAlchemyError):
        change(empty, HANDLED[0].replace("VALUES (1,", "VALUES (2,"))  # one for each kind and deployment
    going_down(empty)


def going_down(empty: Engine) -> None:
    schema.downgrade(empty, "0013")
    assert row(empty, "SELECT name, kind FROM cohort") == ("c", "peer")
    assert row(empty, "SELECT product, keeps_names FROM platform") == ("moodle", False)
    lacks(
        empty,
        "SELECT only_group FROM cohort",
        "SELECT messages FROM platform",
        "SELECT * FROM notice_handler",
    )
    schema.downgrade(empty, "0007")
    assert row(empty, "SELECT state, body FROM delivery") == ("delivered", "{}")
    lacks(empty, "SELECT checked_at FROM delivery", "SELECT * FROM ledger_entry")
    schema.downgrade(empty, "0001")
    assert row(empty, "SELECT name, issuer, client_id FROM platform") == ("p", "i", "c")
    assert row(empty, "SELECT platform_id, deployment_id FROM deployment") == (1, "1")
    lacks(empty, "SELECT keeps_names FROM platform", "SELECT * FROM invite", "SELECT * FROM audit_entry")


def change(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            # Otherwise a colon in JSON would be taken for a parameter.
            connection.exec_driver_sql(statement)


def row(engine: Engine, query: str) -> tuple[Any, ...]:
    """The one row there is; SQLite's 0 and 1 are equal to False and True."""
    with engine.connect() as connection:
        return tuple(connection.execute(text(query)).one())


def lacks(engine: Engine, *queries: str) -> None:
    for query in queries:
        with engine.connect() as connection, pytest.raises(SQLAlchemyError):
            connection.execute(text(query))
