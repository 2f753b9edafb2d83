"""What a record store's HTTP answer means for what was sent."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import requests

LONGEST_ANSWER = 2000
"""Characters of an answer that are kept: enough for a store's reason, not for a page of HTML."""

LONGEST_WAIT = 24 * 3600.0
"""Seconds; no store is believed that asks for more."""

_REFUSED = frozenset({400, 409, 413, 422})
_BUSY = frozenset({408, 425, 429})

Meaning = Literal["taken", "refused", "busy", "closed"]
"""Stored; not these statements; not now; not from this sender or not at this address."""


@dataclass(frozen=True)
class Answer:
    """One answer, or with status None that there was none."""

    status: int | None
    text: str
    meaning: Meaning
    retry_after: float | None = None
    """Seconds that the store asked to wait."""

    @property
    def waits(self) -> bool:
        """Whether sending has to stop for now."""
        return self.meaning in {"busy", "closed"}


def read(response: requests.Response) -> Answer:
    return Answer(
        response.status_code,
        response.text[:LONGEST_ANSWER],
        _meaning(response.status_code),
        _seconds(response.headers.get("Retry-After")),
    )


def silence(error: requests.RequestException) -> Answer:
    """No answer came: perhaps the statements were stored all the same, so they are sent again."""
    return Answer(None, f"{type(error).__name__}: {error}"[:LONGEST_ANSWER], "busy")


def _meaning(status: int) -> Meaning:
    if 200 <= status < 300:
        return "taken"
    if status in _REFUSED:
        return "refused"
    return "busy" if status in _BUSY or status >= 500 else "closed"


def _seconds(retry_after: str | None) -> float | None:
    """RFC 9110 section 10.2.3: a number of seconds or a date."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return min(float(retry_after), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)
