"""Which templates and patterns of a profile statements follow (xAPI Profiles 1.0, Communication 2)."""

import re
from typing import Any

_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[(\*)\]")


def templates_of(statement: Any, profile: Any) -> list[Any]:
    """The templates whose determining properties this statement has."""
    return [one for one in profile["templates"] if _is_determined(one, statement)]


def faults(template: Any, statement: Any) -> list[str]:
    """The locations at which a statement breaks a rule of the template."""
    return [rule["location"] for rule in template["rules"] if not _keeps(rule, statement)]


def primary_patterns(statements: list[Any], profile: Any) -> list[str]:
    """The primary patterns that these statements follow, all of them and in this order."""
    letters = {one["id"]: chr(0x4E00 + number) for number, one in enumerate(profile["templates"])}
    known = {one["id"]: one for one in profile["patterns"]}
    told = "".join(letters[templates_of(one, profile)[0]["id"]] for one in statements)
    return [
        one["id"]
        for one in profile["patterns"]
        if one.get("primary") and re.fullmatch(_expression(one["id"], known, letters), told)
    ]


def _expression(key: str, known: dict[str, Any], letters: dict[str, str]) -> str:
    """A pattern as a regular expression in which each template is one letter."""
    if key in letters:
        return letters[key]
    one = known[key]
    if "alternates" in one:
        return f"(?:{'|'.join(_expression(each, known, letters) for each in one['alternates'])})"
    if "sequence" in one:
        return "".join(_expression(each, known, letters) for each in one["sequence"])
    signs = {"optional": "?", "oneOrMore": "+", "zeroOrMore": "*"}
    kind = next(kind for kind in signs if kind in one)
    return f"(?:{_expression(one[kind], known, letters)}){signs[kind]}"


def _is_determined(template: Any, statement: Any) -> bool:
    if (template["verb"], template["objectActivityType"]) != (
        statement["verb"]["id"],
        statement["object"]["definition"]["type"],
    ):
        return False
    places = {"contextGroupingActivityType": "grouping", "contextCategoryActivityType": "category"}
    for name, place in places.items():
        found = values(statement, f"$.context.contextActivities.{place}[*].definition.type")
        if not set(template[name]) <= set(found):
            return False
    return True


def _keeps(rule: Any, statement: Any) -> bool:
    found = values(statement, rule["location"])
    if rule.get("presence") == "excluded":
        return not found
    if rule.get("presence") == "included" and not found:
        return False
    if "any" in rule and not any(one in rule["any"] for one in found):
        return False
    return not ("all" in rule and any(one not in rule["all"] for one in found))


def values(statement: Any, location: str) -> list[Any]:
    """What a JSONPath of the kind that profiles use finds."""
    found = [statement]
    assert location.startswith("$")
    steps = list(_STEP.finditer(location, 1))
    assert "".join(step[0] for step in steps) == location[1:], location
    for step in steps:
        name = step[1] or step[2]
        if step[3]:
            found = [inner for one in found if isinstance(one, list) for inner in one]
        else:
            found = [one[name] for one in found if isinstance(one, dict) and name in one]
    return found
