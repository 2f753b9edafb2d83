"""No case of the catalogue is forgotten: each refusal and each acceptance has a test of its name.

Tests are named after cases as ``case_35_...`` (several numbers, where one test shows several cases), in their
own name or in the id of a parameter; what must be let in is named ``accepted_...``.
"""

import re
from pathlib import Path

import pytest

CASES = range(1, 66)
"""1-12 certification suite; 13-40 JWT and OpenID Connect; 41-53 messages; 54-60 login; 61-65 services."""
MISSING: dict[int, str] = {}
"""Cases without a test, and why; empty is the aim."""
ACCEPTED = (
    "several_roles",
    "a_short_role",
    "an_unknown_role",
    "empty_roles",
    "email_only",
    "names_only",
    "no_personal_data",
    "a_student_with_only_a_resource_link",
    "no_context",
)
_NAME = re.compile(r"""(?:def test_|id=")(case(?:_\d\d)+|accepted)_(\w+)""")


@pytest.fixture(scope="module")
def names() -> list[tuple[str, str]]:
    """("case_31_36", "the_same_token...") for each test that is named after a case."""
    files = sorted(Path(__file__).parent.parent.rglob("test_*.py"))
    return [found for file in files for found in _NAME.findall(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", CASES)
def test_a_test_is_named_after_the_case(names: list[tuple[str, str]], case: int) -> None:
    named = any(f"{case:02}" in kind.split("_") for kind, _rest in names)
    assert named or case in MISSING


def test_cases_that_have_a_test_are_not_listed_as_missing(names: list[tuple[str, str]]) -> None:
    there = {int(number) for kind, _rest in names for number in kind.split("_")[1:]}
    assert there <= set(CASES)
    assert set(MISSING).isdisjoint(there)


@pytest.mark.parametrize("what", ACCEPTED)
def test_a_test_is_named_after_what_must_be_accepted(names: list[tuple[str, str]], what: str) -> None:
    assert any(kind == "accepted" and rest.startswith(what) for kind, rest in names)
