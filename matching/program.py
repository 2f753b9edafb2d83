"""Linear and whole-number programs given as arrays, which grow by rows (cuts) and columns (generation).

PuLP's own model would hold a Python object for each variable and cannot go on from where it stopped; here a
`pulp.HiGHS` is fed the arrays themselves, as in `solver.NetworkProgram`. Nothing here differs between PuLP 3
and 4: what does stands in `solver`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray

from matching.solver import start_quietly

Reals = NDArray[np.float64]
INFINITY = float("inf")
#: A whole-number program gives its best after so many nodes: the same on every machine, unlike a time limit.
MOST_NODES = 2_000
#: Seconds between two looks at whether a solve is still wanted.
WATCH_EVERY = 0.2


@dataclass(frozen=True, eq=False)
class Optimum:
    """values: (columns,). duals: (rows,), the change of the minimum for one more unit of a row's bounds;
    empty where columns are whole. value: cost @ values. bound: no solution costs less. is_optimal: they are
    equal up to the solver's tolerance; False when time or nodes ran out."""

    values: Reals
    duals: Reals
    value: float
    bound: float
    is_optimal: bool


@dataclass(frozen=True, eq=False)
class Lines:
    """Sparse rows or columns: line k has the entries from starts[k] up to the next line's start."""

    starts: NDArray[np.int32]
    places: NDArray[np.int32]
    factors: Reals

    @staticmethod
    def of(lines: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Lines:
        """From (places, factors) of each line."""
        lengths = [len(places) for places, _ in lines]
        places = [place for own, _ in lines for place in own]
        factors = [factor for _, own in lines for factor in own]
        return Lines(_starts(lengths), np.array(places, dtype=np.int32), np.array(factors, dtype=np.float64))

    @staticmethod
    def sorted_by(line: ArrayLike, place: ArrayLike, factor: ArrayLike, count: int) -> Lines:
        """From entries in any order; each belongs to a line 0..count - 1."""
        line, place, factor = np.asarray(line), np.asarray(place), np.asarray(factor)
        order = np.argsort(line, kind="stable")
        lengths = np.bincount(line, minlength=count)
        return Lines(_starts(lengths), place[order].astype(np.int32), factor[order].astype(np.float64))


def _starts(lengths: ArrayLike) -> NDArray[np.int32]:
    ends = np.cumsum(np.asarray(lengths, dtype=np.int64))
    return np.concatenate([[0], ends])[: len(ends)].astype(np.int32)


class _Watch:
    """Lets somebody stop HiGHS, which asks from within its loops and must not see an exception."""

    def __init__(self, model: Any, watch: Callable[[], None] | None) -> None:
        self._model, self._watch = model, watch
        self._raised: BaseException | None = None
        self._asked_at = time.monotonic()
        if watch is not None:
            for event in self._events():
                event.subscribe(self._ask)

    def _events(self) -> tuple[Any, Any]:
        return self._model.cbSimplexInterrupt, self._model.cbMipInterrupt

    def _ask(self, event: Any) -> None:
        now = time.monotonic()
        if self._watch is None or self._raised is not None or now < self._asked_at + WATCH_EVERY:
            return
        self._asked_at = now
        try:
            self._watch()
        except BaseException as raised:
            self._raised = raised
            event.interrupt()

    def end(self) -> None:
        """Raises what the watch raised."""
        if self._watch is not None:
            for event in self._events():
                event.unsubscribe(self._ask)
        if self._raised is not None:
            raise self._raised


class ArrayProgram:
    """Minimise cost @ x over 0 <= x <= most, rows within bounds. Solves go on from the last basis."""

    def __init__(self) -> None:
        start_quietly()
        solver = pulp.HiGHS(msg=False)
        self._problem = pulp.LpProblem("arrays", pulp.LpMinimize)
        solver.createAndConfigureSolver(self._problem)
        self._solver, self._model = solver, self._problem.solverModel
        self._has_whole = False
        self._set(mip_rel_gap=0.0, mip_abs_gap=1e-4, primal_feasibility_tolerance=1e-9)
        self._set(mip_max_nodes=MOST_NODES)
        self._set(dual_feasibility_tolerance=1e-9, solver="simplex")

    def _set(self, **options: float | str) -> None:
        for name, value in options.items():
            self._model.setOptionValue(name, value)

    @property
    def columns(self) -> int:
        return int(self._model.getNumCol())

    @property
    def rows(self) -> int:
        return int(self._model.getNumRow())

    def add_columns(
        self, costs: ArrayLike, most: ArrayLike = INFINITY, lines: Lines | None = None, whole: bool = False
    ) -> range:
        """Add columns; lines: their entries in the rows that are there. Returns their numbers."""
        cost = np.asarray(costs, dtype=np.float64)
        first, count = self.columns, len(cost)
        high = np.broadcast_to(np.asarray(most, dtype=np.float64), count).copy()
        lines = lines or Lines.sorted_by(np.zeros(0, dtype=int), [], [], count)
        sizes = (len(lines.places), lines.starts, lines.places, lines.factors)
        if count:
            self._model.addCols(count, cost, np.zeros(count), high, *sizes)
        if whole and count:
            kinds = np.full(count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
            self._model.changeColsIntegrality(count, np.arange(first, first + count, dtype=np.int32), kinds)
            self._has_whole = True
            self._set(solver="choose")  # HiGHS forgets that columns are whole when told to use simplex
        return range(first, first + count)

    def add_rows(self, lower: ArrayLike, upper: ArrayLike, lines: Lines) -> range:
        """Add rows over the columns that are there; -inf and inf are no bound. Returns their numbers."""
        first, count = self.rows, len(lines.starts)
        bounds = [np.broadcast_to(np.asarray(one, dtype=np.float64), count).copy() for one in (lower, upper)]
        if count:
            self._model.addRows(count, *bounds, len(lines.places), lines.starts, lines.places, lines.factors)
        return range(first, first + count)

    def start_at(self, values: Reals) -> None:
        """Give a whole-number program a solution to begin with, (columns,)."""
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._model.setSolution(solution)

    def solve(
        self,
        time_limit: float | None = None,
        target: float = -INFINITY,
        watch: Callable[[], None] | None = None,
    ) -> Optimum | None:
        """The optimum; the best found when `time_limit` (seconds) ran out first; None without any. target: a
        whole-number program stops at a solution that costs no more. watch: called now and then; what it
        raises ends the solve and is raised here."""
        self._set(objective_target=target)
        if time_limit is not None:  # HiGHS' clock runs on from one solve to the next
            self._set(time_limit=self._model.getRunTime() + max(0.01, time_limit))
        watching = _Watch(self._model, watch)
        self._solver.callSolver(self._problem)
        watching.end()
        return self._optimum()

    def _optimum(self) -> Optimum | None:
        is_optimal = self._model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        info, solution = self._model.getInfo(), self._model.getSolution()
        if not is_optimal and not (self._has_whole and info.primal_solution_status == 2):
            return None
        value = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if self._has_whole else value
        duals = np.zeros(0) if self._has_whole else np.array(solution.row_dual)
        return Optimum(np.array(solution.col_value), duals, value, bound, is_optimal)
