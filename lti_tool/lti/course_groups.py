"""Groups and sections as a platform tells of them.

Three ways: the Course Groups Service (LTI Course Groups Service 1.0), Canvas' and Moodle's custom values
``group_ids`` and ``section_ids`` ("1,2"), which come with a launch, and the same values in a roster read for
a resource link.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.lti import services, tokens
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.launch import is_identifier, text
from lti_tool.lti.roster_source import RosterSource

Keys = tuple[str, ...]

MOST_GROUPS = 5_000
MOST_PAGES = 500
MOST_OF_ONE_PERSON = 100


@dataclass(frozen=True)
class ListedGroup:
    key: str
    name: str | None
    set_key: str | None
    set_name: str | None


def listed(source: RosterSource) -> list[ListedGroup] | None:
    """All groups of the course with their sets; None where the platform has no such service.

    Call it outside any transaction.

    Raises:
        ServiceError: see there.
    """
    if source.groups_url is None:
        return None
    sets = {key: text(row.get("name"), 255) for key, row in _rows(source, source.group_sets_url, "sets")}
    groups = [_group(key, row, sets) for key, row in _rows(source, source.groups_url, "groups")]
    return list({group.key: group for group in groups}.values())


def custom_keys(custom: Mapping[str, Any], kind: str) -> Keys | None:
    """The ids in ``group_ids`` or ``section_ids``; None where the platform did not fill the value in."""
    value = custom.get(f"{kind}_ids")
    # A variable that a platform does not know comes as it was written (LTI 1.3 core, appendix B).
    if not isinstance(value, str | int) or isinstance(value, bool) or str(value).startswith("$"):
        return None
    return _keys(part.strip() for part in str(value).split(","))


def enrolled(value: Any) -> Keys | None:
    """The ids in a member's ``group_enrollments`` (section 3.3)."""
    if not isinstance(value, list):
        return None
    return _keys(key for row in value if (key := _key(row, "group_id")))


def _rows(source: RosterSource, url: str | None, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries that have an id, of all pages."""
    if url is None:
        return
    pages = services.pages(
        lambda at: tokens.call(
            source.platform, [lti.SCOPE_GROUP_READ], "GET", at, headers={"Accept": lti.MEDIA_GROUPS}
        ),
        url,
        name,
    )
    count = 0
    for page in services.bounded(pages, MOST_PAGES):
        for row in page:
            key = _key(row, "id")
            if key is None:
                continue
            count += 1
            if count > MOST_GROUPS:
                raise ServiceError("refused", f"the course has more than {MOST_GROUPS} groups")
            yield key, row


def _group(key: str, row: dict[str, Any], sets: Mapping[str, str | None]) -> ListedGroup:
    set_key = _key(row, "set_id")
    return ListedGroup(key, text(row.get("name"), 255), set_key, sets.get(set_key) if set_key else None)


def _key(row: Any, name: str) -> str | None:
    value = row.get(name) if isinstance(row, dict) else None
    key = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return key if is_identifier(key) else None


def _keys(found: Iterator[str]) -> Keys:
    return tuple(dict.fromkeys(key for key in found if is_identifier(key)))[:MOST_OF_ONE_PERSON]
