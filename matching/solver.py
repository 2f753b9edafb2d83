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
        _start_quietly()
        self._problem += _expression(list(zip(self._variables, self._costs, strict=True)))
        outcome = self._problem.solve(pulp.HiGHS(msg=False, timeLimit=time_limit, solver="simplex"))
        if not _is_optimal(self._problem, outcome):
            return None
        values = np.array([variable.varValue for variable in self._variables], dtype=np.float64)
        duals = np.array([row.pi for row in self._problem.constraints()], dtype=np.float64)
        return Solution(values, duals)


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


def _start_quietly() -> None:
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
