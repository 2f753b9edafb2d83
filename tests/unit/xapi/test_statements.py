import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import xapi
from tests import lrs
from tests.unit.xapi import samples

PERSONAL = {"mbox", "mbox_sha1sum", "openid", "email"}


def of(kind: str) -> dict[str, Any]:
    """The statement of the first sample of this kind."""
    return xapi.statement(next(one for one in samples.each_kind() if one.kind == kind))


def walk(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, path)


@given(samples.events())
def test_the_same_event_always_gives_the_same_statement(event: xapi.AnyEvent) -> None:
    restored = xapi.read_event(json.loads(json.dumps(event.model_dump(mode="json"))))
    assert xapi.statement(restored) == xapi.statement(event)


@given(samples.events(), samples.events())
def test_different_events_give_different_ids(one: xapi.AnyEvent, other: xapi.AnyEvent) -> None:
    ids = {str(xapi.statement(each)["id"]) for each in (one, other)}
    assert len(ids) == len({one.id, other.id})
    assert all(uuid.UUID(each).version == 5 for each in ids)


@given(samples.events())
def test_people_are_accounts_without_names_or_mailboxes(event: xapi.AnyEvent) -> None:
    for version in ("1.0.3", "2.0.0"):
        for path, value in walk(xapi.statement(event, version)):
            assert not PERSONAL & set(path)
            if isinstance(value, dict) and value.get("objectType") in {"Agent", "Group"}:
                assert set(value) == {"objectType", "account"}
                assert set(value["account"]) == {"homePage", "name"}


@given(samples.events())
def test_every_statement_says_where_it_belongs(event: xapi.AnyEvent) -> None:
    made: dict[str, Any] = xapi.statement(event)
    context = made["context"]
    assert uuid.UUID(context["registration"])
    assert context["contextActivities"]["parent"]
    assert [one["id"] for one in context["contextActivities"]["grouping"]] == [
        "https://mentor.example/xapi/cohorts/2",
        "https://mentor.example/xapi/courses/1",
    ]
    assert [one["id"] for one in context["contextActivities"]["category"]] == [
        "https://w3id.org/xapi/peer-mentor/v1.0"
    ]
    assert made["object"]["objectType"] == "Activity"
    assert made["timestamp"].endswith("Z")
    assert abs(datetime.fromisoformat(made["timestamp"]) - event.occurred_at).total_seconds() < 0.001


def test_an_assignment_names_mentor_and_mentee_by_their_accounts() -> None:
    extensions = of("mentor.assigned")["context"]["extensions"]
    assert extensions["http://id.tincanapi.com/extension/target"]["account"]["name"] == "learner-02"
    mentees = extensions["https://w3id.org/xapi/peer-mentor/extensions/mentee"]
    assert [one["account"]["name"] for one in mentees] == ["learner-01"]


def test_attendance_holds_the_duration_and_who_mentored() -> None:
    made = of("session.attended")
    assert made["verb"]["id"] == "http://adlnet.gov/expapi/verbs/attended"
    assert made["result"] == {"duration": "PT45M"}
    assert made["context"]["instructor"]["account"]["name"] == "learner-02"


def test_a_held_session_is_told_of_the_pair_together() -> None:
    made = of("session.completed")
    assert made["actor"]["objectType"] == "Group"
    assert made["actor"]["account"]["name"] == made["context"]["registration"]
    assert made["result"]["completion"] is True


def test_a_commitment_tells_its_day_and_whether_it_was_kept_but_not_what_it_says() -> None:
    due = "https://w3id.org/xapi/peer-mentor/extensions/due"
    assert of("commitment.made")["context"]["extensions"][due] == "2026-11-24"
    settled = [xapi.statement(one) for one in samples.each_kind() if one.kind == "commitment.settled"]
    assert [one["verb"]["id"].rpartition("/")[2] for one in settled] == ["kept", "missed"]  # type: ignore[index]
    assert [one["result"] for one in settled] == [{"completion": True}, {"completion": False}]


def test_feedback_is_a_score_between_its_lowest_and_its_highest() -> None:
    assert of("feedback.given")["result"] == {"score": {"scaled": 0.75, "raw": 4, "min": 1, "max": 5}}


def test_who_was_not_there_attended_nothing() -> None:
    made = of("session.missed")
    assert made["verb"]["id"] == "https://w3id.org/xapi/peer-mentor/verbs/missed"
    assert "result" not in made


def test_a_checkpoint_tells_the_outcome_and_the_expert() -> None:
    passed, failed = (
        xapi.statement(one) for one in samples.each_kind() if isinstance(one, xapi.CheckpointSigned)
    )
    assert passed["verb"]["id"].endswith("/passed")  # type: ignore[index]
    assert failed["verb"]["id"].endswith("/failed")  # type: ignore[index]
    assert [one["result"]["success"] for one in (passed, failed)] == [True, False]  # type: ignore[index]
    assert passed["context"]["instructor"]["account"]["name"] == "expert-1"  # type: ignore[index]


def test_a_booking_holds_when_it_was_planned_for() -> None:
    extensions = of("session.scheduled")["context"]["extensions"]
    profile = "https://w3id.org/xapi/peer-mentor/extensions"
    assert extensions[f"{profile}/planned-start"] == "2026-11-26T10:30:00.000Z"
    assert extensions[f"{profile}/planned-duration"] == "PT45M"


def test_statements_of_one_mentorship_share_its_registration() -> None:
    registrations = {
        xapi.statement(one)["context"]["registration"]  # type: ignore[index]
        for one in samples.each_kind()
        if getattr(one, "pairing", None) is not None
    }
    assert registrations == {str(samples.PAIRING.registration)}


def test_version_2_names_people_in_context_agents_and_groups() -> None:
    event = next(one for one in samples.each_kind() if one.kind == "mentor.assigned")
    context: dict[str, Any] = xapi.statement(event, "2.0.0")["context"]  # type: ignore[assignment]
    assert "extensions" not in context
    assert [one["agent"]["account"]["name"] for one in context["contextAgents"]] == [
        "learner-02",
        "learner-01",
    ]
    assert context["contextGroups"][0]["group"] == context["team"]


def test_version_2_tells_people_only_in_its_own_shape() -> None:
    """IEEE 9274.1.1, 4.2.2.4: objectType, agent or group, and at least one relevant type, an IRI each."""
    for event in samples.each_kind():
        old, new = (xapi.statement(event, version)["context"] for version in ("1.0.3", "2.0.0"))
        assert not {"contextAgents", "contextGroups"} & set(old)  # type: ignore[call-overload]
        for name, part in (("contextAgents", "agent"), ("contextGroups", "group")):
            for one in new.get(name, []):  # type: ignore[attr-defined]
                assert set(one) == {"objectType", part, "relevantTypes"}
                assert one["objectType"] == name.removesuffix("s")
                assert all(iri.startswith("https://") for iri in one["relevantTypes"])
                assert one["relevantTypes"]


def test_version_2_changes_nothing_but_the_context() -> None:
    for event in samples.each_kind():
        one, two = xapi.statement(event), xapi.statement(event, "2.0.0")
        assert one | {"context": None} == two | {"context": None}


def test_an_event_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        xapi.read_event({"kind": "something.else"})


@pytest.mark.node
def test_learning_lockers_validator_finds_nothing_wrong(node: str, npm_packages: Path) -> None:
    made = [xapi.statement(one) for one in samples.each_kind()]
    broken: dict[str, Any] = made[0] | {"actor": {"objectType": "Agent"}}
    assert lrs.faults(node, npm_packages, made) == [[] for _ in made]
    assert lrs.faults(node, npm_packages, [broken]) != [[]]
