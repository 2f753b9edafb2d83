"""Linear programs, stated in PuLP and solved by HiGHS: the only file that knows either.

Whatever differs between PuLP 3.3.2 (Python 3.11) and 4.x stands here. `pulp.HiGHS` solves in this process
through highspy. The dual simplex method is asked for by name because it ends at a vertex, where the network
models of this package have whole-number values and whole-number prices.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import pulp
from numpy.typing import NDArray

Sense = Literal["<=", ">=", "=="]
_start_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Solution:
    """An optimal vertex. values: (variables,). duals: (rows,), the change of the minimum for one more unit of
    a row's right-hand side: <= 0 for "<=" rows, >= 0 for ">=" rows, any sign for "==" rows."""

    values: NDArray[np.float64]
    duals: NDArray[np.float64]


class LinearProgram:
    """Minimise a cost over variables >= 0 without upper bounds, subject to rows; built once, solved once."""

    def __init__(self, name: str) -> None:
        self._problem = pulp.LpProblem(name, pulp.LpMinimize)
        self._variables: list[Any] = []
        self._costs: list[float] = []
        self._rows = 0

    def add_variables(self, costs: Iterable[float]) -> range:
        """Add one variable for each cost; returns their numbers."""
        first = len(self._variables)
        for cost in costs:
            self._variables.append(self._problem.add_variable(f"x_{len(self._variables)}", 0))
            self._costs.append(float(cost))
        return range(first, len(self._variables))

    def add_row(
        self, variables: Sequence[int], sense: Sense, bound: int, coefficients: Sequence[float] | None = None
    ) -> int:
        """Add a row over distinct variables (coefficients default to 1); returns its number."""
        factors = coefficients if coefficients is not None else [1.0] * len(variables)
        terms = [(self._variables[v], float(factor)) for v, factor in zip(variables, factors, strict=True)]
        self._problem += _compare(_expression(terms), sense, int(bound))
        self._rows += 1
        return self._rows - 1

    def solve(self, time_limit: float | None = None) -> Solution | None:
        """The optimum, or None when there is none or it was not reached within `time_limit` seconds."""
        start_quietly()
        self._problem += _expression(list(zip(self._variables, self._costs, strict=True)))
        outcome = self._problem.solve(pulp.HiGHS(msg=False, timeLimit=time_limit, solver="simplex"))
        if not _is_optimal(self._problem, outcome):
            return None
        values = np.array([variable.varValue for variable in self._variables], dtype=np.float64)
        duals = np.array([row.pi for row in self._problem.constraints()], dtype=np.float64)
        return Solution(values, duals)


class NetworkProgram:
    """A growing linear program over a network, given as arrays: minimise cost @ x over 0 <= x, each column
    with at most two entries of +1 or -1, rows within bounds. Solved by the primal simplex method from the
    basis that the caller knows to be good; later solves go on from where the last one ended.

    PuLP's own model would hold a Python object for each column; here `_ArrayHiGHS`, a `pulp.HiGHS`, feeds
    HiGHS the arrays themselves.
    """

    def __init__(self, lower: NDArray[np.int64], upper: NDArray[np.int64]) -> None:
        start_quietly()
        self._solver = _ArrayHiGHS(msg=False, solver="simplex", presolve="off", simplex_strategy=4)
        self._problem = pulp.LpProblem("network", pulp.LpMinimize)
        self._solver.createAndConfigureSolver(self._problem)
        self._solver.add_rows(self._problem, lower.astype(np.float64), upper.astype(np.float64))

    def add_columns(
        self, costs: NDArray[np.int64], rows: NDArray[np.int64], signs: NDArray[np.int64]
    ) -> None:
        """Add columns; rows and signs are (columns, 2), a sign of 0 is no entry."""
        self._solver.add_columns(self._problem, costs, rows, signs)

    def change_cost(self, column: int, cost: int) -> None:
        self._problem.solverModel.changeColCost(column, float(cost))

    def start_from(self, columns: NDArray[np.bool_], rows: NDArray[np.bool_]) -> None:
        """Begin at the basis of the marked columns and rows; as many as there are rows."""
        self._solver.set_basis(self._problem, columns, rows)

    def solve(self, time_limit: float | None = None) -> Solution | None:
        """The optimum, or None when there is none or it was not reached within `time_limit` seconds."""
        return self._solver.solve_arrays(self._problem, time_limit)


class _ArrayHiGHS(pulp.HiGHS):  # type: ignore[misc]
    """`pulp.HiGHS` whose model is made of arrays instead of PuLP's expressions."""

    def add_rows(self, problem: Any, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        none = np.zeros(0, dtype=np.int32)
        starts = np.zeros(len(lower), dtype=np.int32)
        problem.solverModel.addRows(len(lower), lower, upper, 0, starts, none, none.astype(np.float64))

    def add_columns(
        self, problem: Any, costs: NDArray[np.int64], rows: NDArray[np.int64], signs: NDArray[np.int64]
    ) -> None:
        used = signs != 0
        starts = np.concatenate([[0], np.cumsum(used.sum(axis=1))[:-1]]).astype(np.int32)
        zero = np.zeros(len(costs))
        most = np.full(len(costs), np.inf)
        entries, values = rows[used].astype(np.int32), signs[used].astype(np.float64)
        cost = costs.astype(np.float64)
        problem.solverModel.addCols(len(cost), cost, zero, most, len(entries), starts, entries, values)

    def set_basis(self, problem: Any, columns: NDArray[np.bool_], rows: NDArray[np.bool_]) -> None:
        import highspy

        kinds = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic)
        basis = highspy.HighsBasis()
        basis.col_status = [kinds[marked] for marked in columns.tolist()]
        basis.row_status = [kinds[marked] for marked in rows.tolist()]
        basis.valid = True
        problem.solverModel.setBasis(basis)

    def solve_arrays(self, problem: Any, time_limit: float | None) -> Solution | None:
        import highspy

        model = problem.solverModel
        if time_limit is not None:  # the clock of HiGHS runs on from one solve to the next
            model.setOptionValue("time_limit", model.getRunTime() + time_limit)
        self.callSolver(problem)
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = model.getSolution()
        return Solution(np.array(solution.col_value), np.array(solution.row_dual))


def _expression(terms: list[tuple[Any, float]]) -> Any:
    build = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)  # from_list: PuLP 4
    return build(terms)


def _compare(expression: Any, sense: Sense, bound: int) -> Any:
    if sense == "<=":
        return expression <= bound
    return expression >= bound if sense == ">=" else expression == bound


def _is_optimal(problem: Any, outcome: Any) -> bool:
    if isinstance(outcome, int):  # PuLP 3: a time limit also answers 1, only sol_status tells them apart
        return bool(problem.sol_status == pulp.LpSolutionOptimal)
    return bool(outcome.has_solution and outcome.status.name == "Optimal")


def start_quietly() -> None:
    with _start_lock:
        _print_banner_into_nothing()


@cache
def _print_banner_into_nothing() -> None:
    """The first HiGHS object of a process prints a banner to file descriptor 1 whatever its options say,
    which would stand in front of a command's JSON; so the first one is made while that descriptor leads
    nowhere."""
    import highspy

    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output to keep clean
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
