"""`peer-mentor report`: the engagement report of every cohort, for whoever reads figures by a program."""

import json
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool.db import clock, models
from lti_tool.db.engine import db
from lti_tool.rooms.reports import engagement

PAGE = 100


@click.command("report")
@click.option("--cohort", "cohort_id", type=click.IntRange(1, 2**31 - 1), default=None, help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@with_appcontext
def report(cohort_id: int | None, as_json: bool) -> None:
    """Mentorship Engagement Rate and Peer Learning Frequency of each cohort. No person is named."""
    rows = []
    last = 0
    while True:
        query = select(models.Cohort).options(joinedload(models.Cohort.course))
        query = query.where(models.Cohort.id > last).order_by(models.Cohort.id).limit(PAGE)
        if cohort_id is not None:
            query = query.where(models.Cohort.id == cohort_id)
        some = db.session.scalars(query).all()
        rows += [_row(one) for one in some]
        if len(some) < PAGE:
            break
        last = some[-1].id
    if cohort_id is not None and not rows:
        raise click.ClickException(f"There is no cohort {cohort_id}.")
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(f"{name}={value}" for name, value in row.items()))
    if not rows:
        click.echo("Nothing there yet.")


def _row(cohort: models.Cohort) -> dict[str, Any]:
    measured = engagement.engagement(db.session, cohort, clock.today())
    held = engagement.sessions_by_month(db.session, cohort, measured.months)
    return {
        "cohort": cohort.id,
        "name": cohort.name,
        "course": cohort.course.display_title,
        "headcount": measured.headcount,
        "engaged": measured.engaged,
        "engagement_rate_percent": _rounded(measured.rate),
        "people": measured.people,
        "attended": measured.attended,
        "sessions_held": sum(held),
        "learning_frequency": _rounded(measured.frequency),
        "learning_frequency_of_all": _rounded(measured.frequency_of_all),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
