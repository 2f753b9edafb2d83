"""Choices of select, radio and checkbox fields from pairs of value and label."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than it


def choices(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> Any:
    """What WTForms from 3.3 on takes as choices; plain tuples, as its stubs still ask for, go in 3.4.

    Args:
        group: heading of these options inside a select field.
    """
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]
