"""The schema in the migrations is the schema in the models, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import engine, schema
from lti_tool.db.base import Base
from tests.cast import make_cast


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db"
    else:
        url = request.getfixturevalue("postgresql_databases").empty()
    made = create_engine(engine.normalised_url(url))
    engine.prepare(made)
    yield made
    made.dispose()


def test_an_empty_database_becomes_what_the_models_say(empty: Engine) -> None:
    assert not schema.is_current(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)
    assert schema.differences(empty) == []
    assert set(Base.metadata.tables) <= set(inspect(empty).get_table_names())


def test_a_difference_between_models_and_database_is_found(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE cohort ADD COLUMN surprise INTEGER"))
    assert schema.differences(empty)


def test_an_upgrade_of_a_database_in_use_keeps_its_rows(empty: Engine) -> None:
    schema.upgrade(empty)
    with Session(empty) as session:
        cohort_id = make_cast(session).cohort.id
        session.commit()
    schema.upgrade(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT id FROM cohort")).scalars().all() == [cohort_id]


def test_the_first_tables_can_be_taken_back(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}


def test_a_database_refuses_what_a_named_constraint_forbids(empty: Engine) -> None:
    schema.upgrade(empty)
    with Session(empty) as session:
        cohort = make_cast(session).cohort
        cohort.ends_on = cohort.starts_on
        with pytest.raises(IntegrityError, match="dates_in_order"):
            session.flush()
