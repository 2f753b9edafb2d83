"""What xAPI Profiles 1.0 (Document Structure, sections 4 to 9) asks of a profile, as far as this one goes."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
MAPS = {"prefLabel", "definition", "scopeNote"}
DESCRIBED = {"id", "type", "inScheme", "prefLabel", "definition"}
MATCHES = {"broader", "broadMatch", "narrower", "narrowMatch", "related", "relatedMatch", "exactMatch"}
SCHEMAS = {"context", "schema", "inlineSchema"}
CONCEPTS = {
    "Verb": MATCHES,
    "ActivityType": MATCHES,
    "AttachmentUsageType": MATCHES,
    "ContextExtension": {"recommendedVerbs"} | SCHEMAS,
    "ResultExtension": {"recommendedVerbs"} | SCHEMAS,
    "ActivityExtension": {"recommendedActivityTypes"} | SCHEMAS,
}
LISTED_TYPES = {f"context{where}ActivityType" for where in ("Grouping", "Parent", "Other", "Category")}
TEMPLATE = {"verb", "objectActivityType", "attachmentUsageType", "rules"} | LISTED_TYPES
REFERENCES = {"objectStatementRefTemplate", "contextStatementRefTemplate"}
RULE = {"location", "selector", "presence", "any", "all", "none", "scopeNote"}
KINDS = {"alternates", "optional", "oneOrMore", "sequence", "zeroOrMore"}


def faults(document: Any) -> list[str]:
    """What is wrong with a profile, one line each."""
    found = [*_empty(document, "$"), *_head(document), *_ids(document)]
    for name, check in (("concepts", _concept), ("templates", _template), ("patterns", _pattern)):
        for one in document.get(name, []):
            found += [f"{one.get('id')}: {fault}" for fault in check(one, document)]
    return found


def _empty(value: Any, path: str) -> Iterator[str]:
    """4: no empty objects, nulls, empty strings or empty arrays."""
    if value is None or value in ("", [], {}):
        yield f"{path} is empty"
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _empty(one, f"{path}.{name}")


def _head(document: Any) -> Iterator[str]:
    wanted = {"id", "@context", "type", "conformsTo", "prefLabel", "definition", "versions", "author"}
    yield from _names(document, wanted, {"seeAlso", "concepts", "templates", "patterns"})
    for name, value in (("@context", CONTEXT), ("type", "Profile"), ("conformsTo", CONFORMS_TO)):
        if document.get(name) != value:
            yield f"{name} is not {value}"
    yield from _names(document.get("author", {}), {"type", "name"}, {"url"})
    if document.get("author", {}).get("type") not in {"Organization", "Person"}:
        yield "the author is neither organisation nor person"
    for position, one in enumerate(document.get("versions", [])):
        yield from _names(one, {"id", "generatedAtTime"}, {"wasRevisionOf"})
        if datetime.fromisoformat(one["generatedAtTime"]).tzinfo is None:
            yield f"{one['id']} was made at a time without a zone"
        if position < len(document["versions"]) - 1 and "wasRevisionOf" not in one:
            yield f"{one['id']} does not say what it revises"


def _ids(document: Any) -> Iterator[str]:
    parts = [
        one for name in ("versions", "concepts", "templates", "patterns") for one in document.get(name, [])
    ]
    counted = Counter([document.get("id"), *(one.get("id") for one in parts)])
    yield from (f"{iri} stands {times} times" for iri, times in counted.items() if times > 1)
    yield from (f"{iri} is no absolute IRI" for iri in counted if not _absolute(iri))


def _concept(one: Any, document: Any) -> Iterator[str]:
    yield from _described(one, document, CONCEPTS.get(one.get("type"), set()) | {"deprecated"})
    if one.get("type") not in CONCEPTS:
        yield "of no known type"
    if "related" in one and not one.get("deprecated"):
        yield "related, and not deprecated"
    if len(SCHEMAS & one.keys() - {"context"}) > 1:
        yield "more than one schema"
    if "inlineSchema" in one and not isinstance(json.loads(one["inlineSchema"]), dict):
        yield "its schema is no JSON Schema"


def _template(one: Any, document: Any) -> Iterator[str]:
    yield from _described(one, document, TEMPLATE | REFERENCES | {"deprecated"})
    if {"objectStatementRefTemplate", "objectActivityType"} <= one.keys():
        yield "its object is a statement and an activity"
    for name in (LISTED_TYPES | {"attachmentUsageType"}) & one.keys():
        if not isinstance(one[name], list):
            yield f"{name} is no array"
    for rule in one.get("rules", []):
        yield from _names(rule, {"location"}, RULE)
        if not {"presence", "any", "all", "none"} & rule.keys():
            yield f"the rule for {rule.get('location')} asks for nothing"
        if rule.get("presence", "included") not in {"included", "excluded", "recommended"}:
            yield f"no presence is called {rule['presence']}"
        if not rule["location"].startswith("$.") or "?(" in rule["location"] or "[(" in rule["location"]:
            yield f"{rule['location']} is no location"


def _pattern(one: Any, document: Any) -> Iterator[str]:
    described = {"prefLabel", "definition"}
    needed = described if one.get("primary") else set()
    yield from _names(one, {"id", "type"} | needed, {"primary", "inScheme", "deprecated"} | described | KINDS)
    yield from _texts(one)
    kinds = KINDS & one.keys()
    if len(kinds) != 1:
        yield f"it is {sorted(kinds)}"
        return
    known = {each["id"]: each for name in ("templates", "patterns") for each in document.get(name, [])}
    members = _members(one)
    yield from (f"{member} is not in this profile" for member in members if member not in known)
    if kinds & {"alternates", "sequence"} and len(members) < 2:
        yield "it has fewer than two members"
    inner = [known.get(member, {}) for member in members]
    if "alternates" in kinds and any({"optional", "zeroOrMore"} & each.keys() for each in inner):
        yield "something that may be missing is one of the alternates"
    if one["id"] in _below(one, known):
        yield "it stands within itself"


def _members(pattern: Any) -> list[str]:
    found: Any = next((pattern[kind] for kind in KINDS if kind in pattern), [])
    return list(found) if isinstance(found, list) else [found]


def _below(pattern: Any, known: dict[str, Any]) -> set[str]:
    seen: set[str] = set()
    waiting = _members(pattern)
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += _members(known.get(one, {}))
    return seen


def _described(one: Any, document: Any, others: set[str]) -> Iterator[str]:
    yield from _names(one, DESCRIBED, others)
    yield from _texts(one)
    if one.get("inScheme") not in {version["id"] for version in document["versions"]}:
        yield "in no version of this profile"


def _texts(one: Any) -> Iterator[str]:
    for name in MAPS & one.keys():
        if not isinstance(one[name], dict) or not all(isinstance(text, str) for text in one[name].values()):
            yield f"{name} is no language map"


def _names(one: Any, needed: set[str], others: set[str]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in sorted(needed - one.keys()))
    yield from (f"{name} is no property here" for name in sorted(one.keys() - needed - others))


def _absolute(iri: Any) -> bool:
    return isinstance(iri, str) and bool(urlsplit(iri).scheme) and bool(urlsplit(iri).netloc)
