"""What the engine's progress becomes for the job that a person watches."""

import pytest

from lti_tool import jobs
from lti_tool.rooms.rounds import reporting


def test_each_percent_is_written_once_and_a_beat_when_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    written: list[tuple[int, float, str]] = []
    monkeypatch.setattr(reporting, "monotonic", lambda: now[0])
    monkeypatch.setattr(jobs, "report", lambda *facts: written.append(facts))
    report = reporting.Reporter(7, start=0.0, stop=1.0)
    report(0.1, "matched")
    report(0.101, "matched")
    report(0.2, "matched")
    assert [round(fraction, 2) for _id, fraction, _words in written] == [0.1, 0.2]
    now[0] = reporting.BEAT
    report(0.2, "matched")
    report(0.2, "matched")
    assert len(written) == 3
