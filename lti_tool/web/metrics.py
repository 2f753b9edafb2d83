"""Figures for Prometheus (text format 0.0.4): how many, how old; never who, nor which course.

Two groups of rows are counted for each reading, so it costs what the two counts cost.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import periodic
from lti_tool.db import clock, models
from lti_tool.outbox import breaker, ledger, status

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")

Sample = tuple[Mapping[str, str], float]


def lines(session: Session) -> list[str]:
    return [*_deliveries(session), *_ledger(session), *_jobs(session), *_worker(session)]


def _deliveries(session: Session) -> list[str]:
    kinds = status.by_kind(session)
    most = status.overdue_after().total_seconds()
    return [
        *_gauge(
            "deliveries",
            "Scores and statements by state.",
            (
                ({"kind": kind, "state": state}, count)
                for kind, totals in kinds.items()
                for state, count in totals.states.items()
            ),
        ),
        *_gauge(
            "delivery_oldest_pending_seconds",
            "Age of the oldest one that waits; 0 when none does.",
            (({"kind": kind}, totals.age.total_seconds()) for kind, totals in kinds.items()),
        ),
        *_gauge(
            "delivery_overdue",
            f"1 while the oldest has waited for more than {most:.0f} seconds.",
            (({"kind": kind}, float(totals.overdue)) for kind, totals in kinds.items()),
        ),
        *_gauge(
            "delivery_routes_paused",
            "Stores and gradebooks that are left alone for now, because they failed or let nobody in.",
            [({}, len(breaker.paused(session)))],
        ),
    ]


def _ledger(session: Session) -> list[str]:
    found = ledger.latest(session)
    return _gauge(
        "reconciled_deliveries",
        "What the newest day's reconciliation asked the other side for, and what was not as sent.",
        (
            ({"kind": kind, "route": route, "result": result}, number)
            for (kind, route), sums in sorted(found.items())
            for result, number in (
                ("checked", sums["checked"]),
                ("missing", sums["missing"]),
                ("different", sums["different"]),
            )
        ),
    )


def _jobs(session: Session) -> list[str]:
    query = select(models.Job.kind, models.Job.state, func.count()).group_by(
        models.Job.kind, models.Job.state
    )
    counts = {(kind, state): count for kind, state, count in session.execute(query)}
    kinds = sorted({kind for kind, _state in counts})
    samples = (
        ({"kind": kind, "state": state}, counts.get((kind, state), 0))
        for kind in kinds
        for state in JOB_STATES
    )
    return _gauge("jobs", "Long works by state.", samples)


def _worker(session: Session) -> list[str]:
    seen = periodic.worker_seen(session)
    return [
        *_gauge(
            "worker_seen_timestamp_seconds",
            "Last sign of life of any worker, in seconds since 1970; 0 when there was none yet.",
            [({}, seen.timestamp() if seen else 0)],
        ),
        *_gauge(
            "time_seconds", "The tool's own clock, in seconds since 1970.", [({}, clock.now().timestamp())]
        ),
    ]


def _gauge(name: str, description: str, samples: Iterable[Sample]) -> list[str]:
    """One family; label values here are words of our own and need no escaping."""
    full = f"peer_mentor_{name}"
    made = [f"# HELP {full} {description}", f"# TYPE {full} gauge"]
    for labels, value in samples:
        shown = ",".join(f'{label}="{text}"' for label, text in labels.items())
        made.append(f"{full}{{{shown}}} {value:.10g}" if shown else f"{full} {value:.10g}")
    return made
