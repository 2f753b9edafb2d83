"""The solver keeps to itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import matching
from matching.solver import LinearProgram

PACKAGE = Path(matching.__file__).parent


def test_solving_writes_nothing_to_standard_output() -> None:
    code = "import matching as m; m.assign(m.AssignmentProblem([[1, 2], [2, 1]], [1, 1])); print('answer')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "answer\n"


def test_the_engine_is_imported_without_the_web_the_database_or_the_tool() -> None:
    code = "import sys, matching; print([m for m in ('flask', 'sqlalchemy', 'lti_tool') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_only_one_file_knows_the_solver(path: Path) -> None:
    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert path.name in {"solver.py", "program.py"} or not imported & {"pulp", "highspy"}


def test_a_program_without_a_solution_gives_none() -> None:
    program = LinearProgram("impossible")
    columns = list(program.add_variables([1, 1]))
    program.add_row(columns, ">=", 3)
    program.add_row(columns, "<=", 2)
    assert program.solve() is None


def test_duals_have_the_signs_that_the_docstring_promises() -> None:
    program = LinearProgram("signs")
    columns = list(program.add_variables([-5, 3]))
    at_most = program.add_row(columns[:1], "<=", 2)
    at_least = program.add_row(columns[1:], ">=", 4)
    solution = program.solve()
    assert solution is not None
    assert solution.values.tolist() == [2, 4]
    assert (solution.duals[at_most], solution.duals[at_least]) == (-5, 3)
