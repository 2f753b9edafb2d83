"""`peer-mentor person`: what is known of somebody, and its erasure."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from flask.cli import AppGroup

from lti_tool import audit
from lti_tool.db import engine, models
from lti_tool.db.engine import db
from lti_tool.rooms.privacy import queries, service

person = AppGroup("person", help="What is known of one person.")

ISSUER = click.option("--issuer", required=True, help="The issuer of the person's learning platform.")
SUB = click.option(
    "--sub", required=True, help="The person's id there (sub), as statements and logs name it."
)


@person.command("export")
@ISSUER
@SUB
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="A file.")
def export(issuer: str, sub: str, out: Any) -> None:
    """Write all that is known of somebody as JSON."""
    found = [queries.everything(db.session, one) for one in _find(issuer, sub)]
    out.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


@person.command("erase")
@ISSUER
@SUB
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def erase(issuer: str, sub: str, yes: bool, as_json: bool) -> None:
    """Forget somebody for good, also in what is still to be sent.

    What a record store or gradebook took stays there; its owner has to be asked. A course list that still
    names the person brings them back as somebody new.
    """
    people = _find(issuer, sub)
    if not yes:
        click.confirm("Nothing brings it back. Erase this person?", abort=True)
    ids = [one.id for one in people]
    engine.rollback(db.session)
    engine.begin_write(db.session)
    gone = [
        asdict(service.erase(db.session, db.session.get_one(models.Person, one), audit.COMMAND_LINE))
        for one in ids
    ]
    engine.commit(db.session)
    total = {name: sum(one[name] for one in gone) for name in gone[0]}
    if as_json:
        click.echo(json.dumps(total, indent=2))
        return
    click.echo(
        f"Erased: {total['statements']} statements, {total['undelivered']} messages not delivered yet."
    )
    if total["in_stores"]:
        click.echo(f"{total['in_stores']} statements stand in record stores. Ask their owners to erase them.")


def _find(issuer: str, sub: str) -> Sequence[models.Person]:
    found = queries.find(db.session, issuer, sub)
    if not found:
        raise click.ClickException("Nobody is known by this id at this issuer.")
    return found
