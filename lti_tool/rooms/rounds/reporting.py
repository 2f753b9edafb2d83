"""The engine's progress, passed on to the job that a person watches."""

from lti_tool import jobs

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
    """A progress callable of the engine. Writes no more than once for each percent."""

    def __init__(self, job_id: int, start: float = 0.05, stop: float = 0.95) -> None:
        self._job_id, self._start, self._stop = job_id, start, stop
        self._last: tuple[int, str] | None = None

    def __call__(self, fraction: float, stage: str) -> None:
        overall = self._start + fraction * (self._stop - self._start)
        now = (round(overall * 100), STAGES.get(stage, "round.solving"))
        if now != self._last:
            self._last = now
            jobs.report(self._job_id, overall, now[1])
