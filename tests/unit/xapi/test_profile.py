"""The published profile says what the statements really look like."""

from typing import Any

import xapi
from tests.unit.xapi import samples

VERSION = "https://w3id.org/xapi/peer-mentor/v1.0"


def document() -> Any:
    return xapi.profile()


def test_every_statement_follows_one_template_of_the_profile() -> None:
    templates = {(one["verb"], one["objectActivityType"]) for one in document()["templates"]}
    told = set()
    for event in samples.each_kind():
        made: Any = xapi.statement(event)
        told.add((made["verb"]["id"], made["object"]["definition"]["type"]))
    assert told == templates


def test_every_term_of_our_own_that_statements_use_is_defined() -> None:
    defined = {one["id"] for one in document()["concepts"]}
    used: set[str] = set()
    for event in samples.each_kind():
        for version in ("1.0.3", "2.0.0"):
            used |= set(_own_terms(xapi.statement(event, version)))
    assert used == defined


def _own_terms(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [term for pair in value.items() for one in pair for term in _own_terms(one)]
    if isinstance(value, list):
        return [term for one in value for term in _own_terms(one)]
    own = isinstance(value, str) and value.startswith("https://w3id.org/xapi/peer-mentor/")
    return [value] if own and value != VERSION else []


def test_everything_in_it_belongs_to_its_version() -> None:
    made = document()
    assert [one["id"] for one in made["versions"]] == [VERSION]
    assert {one["inScheme"] for one in made["concepts"] + made["templates"]} == {VERSION}
    ids = [one["id"] for one in made["concepts"] + made["templates"]]
    assert len(ids) == len(set(ids))
