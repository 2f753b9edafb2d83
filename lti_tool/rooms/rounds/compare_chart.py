"""How well the learners of each proposal fit their mentors: stacked bars side by side, and their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lti_tool.db.models import Scenario, ScenarioPair
from lti_tool.rooms.rounds.wording import FITS
from lti_tool.web import charts


@dataclass(frozen=True)
class Spread:
    """legend: how well somebody fits, in words, and the last: nobody. rows: for each proposal its name and
    how many learners there are of each kind."""

    drawing: Markup
    legend: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def spread(session: Session, scenarios: Sequence[Scenario]) -> Spread | None:
    """One query. None where there are no learners."""
    counts = _counts(session, scenarios)
    if not any(sum(row) for row in counts):
        return None
    legend = (*(str(words) for _least, words in FITS), str(_("No mentor")))
    return Spread(
        drawing=charts.stacks(
            [format_decimal(one.number) for one in scenarios],
            dict(zip(legend, zip(*counts, strict=True), strict=True)),
        ),
        legend=legend,
        rows=tuple(
            (str(_("Proposal %(number)s", number=one.number)), *map(format_decimal, row))
            for one, row in zip(scenarios, counts, strict=True)
        ),
    )


def _counts(session: Session, scenarios: Sequence[Scenario]) -> list[list[int]]:
    """For each proposal its learners by how well they fit, best first, and those without anybody."""
    kind = case(*((ScenarioPair.score >= least, place) for place, (least, _words) in enumerate(FITS)))
    query = (
        select(ScenarioPair.scenario_id, kind, func.count())
        .where(ScenarioPair.scenario_id.in_([one.id for one in scenarios]))
        .group_by(ScenarioPair.scenario_id, kind)
    )
    found = {(scenario, place): count for scenario, place, count in session.execute(query)}
    by_fit = [[found.get((one.id, place), 0) for place in range(len(FITS))] for one in scenarios]
    return [
        [*row, max(0, one.summary["mentees"] - sum(row))] for one, row in zip(scenarios, by_fit, strict=True)
    ]
