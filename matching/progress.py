"""How a long run says where it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

#: Called with the share that is done (0.0 to 1.0) and the key of the stage that begins:
#: "scores", "matched", "changes", "worst", "total", "spread", "gaming", "reviews", "checking" or "done"; and
#: again with the same ones while it goes on. May raise `Cancelled`.
Progress = Callable[[float, str], None]


class Cancelled(Exception):
    """Raised by a progress callable to stop a run; it passes through `assign` and `plan` unchanged."""


def silent(_fraction: float, _stage: str) -> None:
    """The progress callable of a caller that asked for none."""


class Steps:
    """The stages of one run, and a beat between them, so that a long one can be stopped in its midst."""

    def __init__(self, report: Progress) -> None:
        self._report = report
        self._at = 0.0, "matched"

    def reach(self, fraction: float, stage: str) -> None:
        """A stage begins."""
        self._at = fraction, stage
        self._report(*self._at)

    def beat(self) -> None:
        """It still goes on."""
        self._report(*self._at)


def part(progress: Progress, start: float, end: float) -> Progress:
    """Map a sub-run's 0.0..1.0 onto start..end of `progress`; its "done" is not the end of the whole run."""

    def inner(fraction: float, stage: str) -> None:
        if stage != "done":
            progress(start + (end - start) * fraction, stage)

    return inner
