"""Against Learning Locker's statements service: what was recorded is read back, each once."""

import json
from collections import deque
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import routes_lrs
from tests.cast import Cast
from tests.integration.outbox import story
from tests.integration.outbox.conftest import Deliver
from tests.integration.outbox.loopback import LATE, Step, dropping_proxy, faulty_proxy
from tests.integration.outbox.test_delivery_to_store import HOUR
from tests.integration.outbox.test_faults import STORE_FAULTS, tell_more
from tests.lrs import RecordStore
from xapi.comparison import same

pytestmark = pytest.mark.node


@pytest.fixture
def drops() -> int:
    """How many of the store's answers get lost on the way back."""
    return 0


@pytest.fixture
def lrs_endpoint(record_store: RecordStore, drops: int) -> Iterator[str]:
    base = record_store.endpoint.removesuffix("/xAPI")
    with dropping_proxy(base, drops) as proxy:
        yield f"{proxy}/xAPI"


def assert_each_is_stored_once(session: Session, store: RecordStore) -> None:
    recorded = {str(one.id): json.loads(one.body) for one in session.scalars(select(models.Statement))}
    for statement_id, statement in recorded.items():
        assert same(statement, store.get(statement_id)), statement_id
    registrations = {one["context"]["registration"] for one in recorded.values()}
    found = [one["id"] for registration in registrations for one in store.having(registration)]
    # The store lives through several tests; their participants have the same numbers.
    assert sorted(one for one in found if one in recorded) == sorted(recorded)


def test_every_kind_of_statement_arrives_once(
    session: Session, cast: Cast, record_store: RecordStore, deliver: Deliver
) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    assert deliver()["delivered"] == 10
    assert_each_is_stored_once(session, record_store)


@pytest.mark.parametrize("drops", [1, 2])
def test_a_connection_lost_midway_still_leaves_each_statement_once(
    session: Session, cast: Cast, record_store: RecordStore, deliver: Deliver, drops: int
) -> None:
    story.without_gradebook(session, cast)
    story.tell_everything(session, cast)
    for hours in range(drops):
        assert deliver(after=hours * HOUR)["retry"] == 10
    assert deliver(after=drops * HOUR)["delivered"] == 10
    assert_each_is_stored_once(session, record_store)


class TestFaults:
    """What `test_faults` does to a scripted store, with the real one behind the faults."""

    @pytest.fixture
    def script(self) -> deque[Step]:
        return deque()

    @pytest.fixture
    def lrs_endpoint(self, record_store: RecordStore, script: deque[Step]) -> Iterator[str]:
        with faulty_proxy(record_store.endpoint.removesuffix("/xAPI"), script) as proxy:
            yield f"{proxy}/xAPI"

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_every_fault_one_after_the_other(
        self,
        session: Session,
        cast: Cast,
        record_store: RecordStore,
        deliver: Deliver,
        script: deque[Step],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        faults = {name: step for name, step in STORE_FAULTS.items() if name != "200-without-storing"}
        for number, (name, step) in enumerate(faults.items()):
            tell_more(session, cast, times=2)
            monkeypatch.setattr(routes_lrs, "TIMEOUT", (LATE, LATE / 5 if step.late else 10))
            script.extend([step, step])
            for hour in range(6):
                deliver(after=(6 * number + hour) * HOUR)
            assert set(story.states(session)) == {"delivered"}, name
            assert_each_is_stored_once(session, record_store)
