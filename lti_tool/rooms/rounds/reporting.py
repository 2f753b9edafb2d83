"""The engine's progress, passed on to the job that a person watches."""

from time import monotonic

from lti_tool import jobs

BEAT = 2.0
"""Seconds after which something is written although no percent was gained."""
STAGES = {
    "scores": "round.scoring",
    "matched": "round.solving",
    "worst": "round.solving",
    "total": "round.solving",
    "spread": "round.solving",
    "reviews": "round.reviews",
    "checking": "round.checking",
    "done": "round.saving",
}


class Reporter:
    """A progress callable of the engine. Writes once for each percent, and now and then in between: so the
    work shows that it lives, and hears that somebody stopped it."""

    def __init__(self, job_id: int, start: float = 0.05, stop: float = 0.95) -> None:
        self._job_id, self._start, self._stop = job_id, start, stop
        self._last: tuple[int, str] | None = None
        self._wrote = float("-inf")

    def __call__(self, fraction: float, stage: str) -> None:
        overall = self._start + fraction * (self._stop - self._start)
        now = (round(overall * 100), STAGES.get(stage, "round.solving"))
        moment = monotonic()
        if now != self._last or moment - self._wrote >= BEAT:
            self._last, self._wrote = now, moment
            jobs.report(self._job_id, overall, now[1])
