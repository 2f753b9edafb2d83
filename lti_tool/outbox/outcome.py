"""What is sent, and what may become of it."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import SystemRandom
from typing import Literal

BASE = timedelta(seconds=5)
CAP = timedelta(hours=1)
PAUSE = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)
"""No store is believed that asks for more."""

BEGIN_WITHIN = 100.0
"""Seconds from the start of a batch in which a message of it may be begun: the slowest takes three minutes,
and the lease ends after five. What was not begun goes back, and costs no try."""

_chance = SystemRandom()


Kind = Literal["delivered", "retry", "paused", "refused", "outdated", "unwanted"]


@dataclass(frozen=True)
class Message:
    """A delivery as it was when claimed: what is needed to send it, free of any database session."""

    id: int
    key: str
    body: str
    participant_id: int | None


@dataclass(frozen=True)
class Outcome:
    """What the other side made of a message.

    ``retry``: not now. ``paused``: this route lets nobody in; costs no try. ``refused``: never, as it stands.
    ``outdated``: a score whose timestamp the platform calls too old. ``unwanted``: not sent, because nobody
    is to get it any more.
    """

    kind: Kind
    status: int | None = None
    answer: str = ""
    retry_after: float | None = None
    """Seconds that the other side asked to wait."""


def backoff(
    attempts: int, retry_after: float | None, chance: float | None = None, longest: timedelta = CAP
) -> timedelta:
    """How long to wait after a try that failed.

    Exponential with full jitter (M. Brooker, "Exponential Backoff And Jitter", 2015), capped at an hour;
    never less than the other side asked for, nor than a second.

    Args:
        attempts: tries so far, at least 1.
        chance: of 0 to 1; drawn anew by default. One draw for a batch keeps the batch together.
        longest: the cap.
    """
    drawn = _chance.random() if chance is None else chance
    most = min(longest, BASE * (1 << min(attempts, 16)))
    return max(timedelta(seconds=1), _asked(retry_after), most * drawn)


def pause(retry_after: float | None) -> timedelta:
    """How long to leave a route alone that lets nobody in: a little different each time."""
    return max(_asked(retry_after), PAUSE + timedelta(minutes=1) * _chance.random())


def _asked(retry_after: float | None) -> timedelta:
    return timedelta(seconds=min(retry_after or 0, LONGEST_WAIT.total_seconds()))


def plain(answer: str) -> str:
    """The answer as every database can keep it: PostgreSQL knows no NUL, and anybody may answer anything."""
    return answer.replace("\0", "")


def draw() -> float:
    return _chance.random()
