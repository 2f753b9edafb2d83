"""The published profile keeps the profile specification, and statements keep the profile."""

import copy
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given, settings

import xapi
from tests.unit.xapi import profile_rules, samples, template_rules

VERSION = "https://w3id.org/xapi/peer-mentor/v1.0"
VERSIONS: tuple[Literal["1.0.3", "2.0.0"], ...] = ("1.0.3", "2.0.0")
PROFILE: Any = xapi.profile()


def test_the_profile_is_valid() -> None:
    assert profile_rules.faults(PROFILE) == []


BREAKS: dict[str, Callable[[Any], object]] = {
    "another type": lambda one: one.update(type="Concept"),
    "an empty text": lambda one: one["prefLabel"].update(en=""),
    "an unknown property": lambda one: one["concepts"][0].update(name="x"),
    "two of one id": lambda one: one["templates"][0].update(id=one["concepts"][0]["id"]),
    "a concept of another version": lambda one: one["concepts"][0].update(inScheme="https://x.example/v1"),
    "a concept of no type": lambda one: one["concepts"][0].update(type="Thing"),
    "a verb with a schema": lambda one: one["concepts"][5].update(inlineSchema="{}"),
    "two schemas": lambda one: one["concepts"][-1].update(schema="https://x.example/schema"),
    "a schema that is none": lambda one: one["concepts"][-1].update(inlineSchema="3"),
    "a rule that asks for nothing": lambda one: one["templates"][0]["rules"][0].pop("presence"),
    "a filter expression": lambda one: one["templates"][0]["rules"][0].update(location="$..[?(@.id)]"),
    "a template without a label": lambda one: one["templates"][0].pop("prefLabel"),
    "a primary pattern without definition": lambda one: one["patterns"][1].pop("definition"),
    "a pattern of two kinds": lambda one: one["patterns"][1].update(optional=one["templates"][0]["id"]),
    "an unknown member": lambda one: one["patterns"][0]["alternates"].append("https://x.example/t"),
    "one alternate": lambda one: one["patterns"][0].update(alternates=[one["templates"][0]["id"]]),
    "a pattern within itself": lambda one: one["patterns"][0]["alternates"].append(one["patterns"][1]["id"]),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_profile_is_noticed(name: str) -> None:
    broken = copy.deepcopy(PROFILE)
    BREAKS[name](broken)
    assert profile_rules.faults(broken)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_statement_follows_exactly_one_template_and_each_template_is_used(
    version: Literal["1.0.3", "2.0.0"],
) -> None:
    used = []
    for event in samples.each_kind():
        made = xapi.statement(event, version)
        (template,) = template_rules.templates_of(made, PROFILE)
        assert template_rules.faults(template, made) == [], template["id"]
        used.append(template["id"])
    assert set(used) == {one["id"] for one in PROFILE["templates"]}


@settings(max_examples=50)
@given(samples.events())
def test_any_statement_follows_its_template(event: xapi.AnyEvent) -> None:
    for version in VERSIONS:
        made = xapi.statement(event, version)
        (template,) = template_rules.templates_of(made, PROFILE)
        assert template_rules.faults(template, made) == []


SPOILS: dict[str, Callable[[Any], object]] = {
    "$.context.registration": lambda one: one["context"].pop("registration"),
    "$.context.contextActivities.parent[*].id": lambda one: one["context"]["contextActivities"].pop("parent"),
    "$.actor.mbox": lambda one: one["actor"].update(mbox="mailto:ana@lms.example"),
    "$.actor.account.name": lambda one: one["actor"].pop("account"),
    "$.result.completion": lambda one: one["result"].update(completion=False),
    "$.context.contextActivities.category[*].id": lambda one: one["context"]["contextActivities"]["category"][
        0
    ].update(id="https://w3id.org/xapi/cmi5/v1.0"),
}


@pytest.mark.parametrize("location", SPOILS)
def test_a_statement_that_breaks_a_rule_is_noticed(location: str) -> None:
    kept = next(one for one in samples.each_kind() if one.kind == "commitment.settled")
    made = xapi.statement(kept)
    SPOILS[location](made)
    (template,) = template_rules.templates_of(made, PROFILE)
    assert template_rules.faults(template, made) == [location]


def test_what_shares_a_registration_follows_a_primary_pattern() -> None:
    by_registration: dict[str, list[Any]] = {}
    for event in samples.each_kind():
        made: Any = xapi.statement(event)
        by_registration.setdefault(made["context"]["registration"], []).append(made)
    followed = {
        pattern.rpartition("/")[2]
        for statements in by_registration.values()
        for pattern in template_rules.primary_patterns(statements, PROFILE)
    }
    assert followed == {"participation", "mentorship", "open-session"}
    everything = [one for statements in by_registration.values() for one in statements]
    assert template_rules.primary_patterns(everything, PROFILE) == []


def test_every_term_of_our_own_that_statements_use_is_defined() -> None:
    defined = {one["id"] for one in PROFILE["concepts"]}
    used: set[str] = set()
    for event in samples.each_kind():
        for version in VERSIONS:
            used |= set(_own_terms(xapi.statement(event, version)))
    assert used == defined


def _own_terms(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [term for pair in value.items() for one in pair for term in _own_terms(one)]
    if isinstance(value, list):
        return [term for one in value for term in _own_terms(one)]
    own = isinstance(value, str) and value.startswith("https://w3id.org/xapi/peer-mentor/")
    return [value] if own and value != VERSION else []


def test_extensions_stand_only_where_the_profile_allows_them() -> None:
    kinds = {one["id"]: one["type"] for one in PROFILE["concepts"] if one["type"].endswith("Extension")}
    for event in samples.each_kind():
        made: Any = xapi.statement(event)
        in_context = made["context"].get("extensions", {}).keys() & kinds.keys()
        assert {kinds[iri] for iri in in_context} <= {"ContextExtension"}
        activities = [made["object"], *made["context"]["contextActivities"]["grouping"]]
        in_activities = [iri for one in activities for iri in one["definition"].get("extensions", {})]
        assert {kinds[iri] for iri in in_activities} <= {"ActivityExtension"}
