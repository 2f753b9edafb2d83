"""Whether a store's statement is the one that was sent, apart from what stores add to it."""

from datetime import UTC, datetime
from typing import Any

_ADDED_BY_STORES = frozenset({"authority", "stored", "version"})


def same(sent: Any, stored: Any) -> bool:
    """Compare two statements given as JSON objects."""
    return bool(_normalised(sent) == _normalised(stored))


def _normalised(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    kept = {name: value for name, value in statement.items() if name not in _ADDED_BY_STORES}
    if "timestamp" in kept:
        kept["timestamp"] = _moment(kept["timestamp"])
    return kept


def _moment(timestamp: Any) -> Any:
    """The instant, however it is written (Z or +00:00, more or fewer digits)."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except (TypeError, ValueError):
        return timestamp
    return moment if moment.tzinfo is None else moment.astimezone(UTC)
