"""`peer-mentor admin-link`, `keys`, `selftest`: what administrators do without a page."""

import json
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from lti_tool import audit, settings
from lti_tool.db import engine, models
from lti_tool.db.engine import db
from lti_tool.lti import keys as tool_keys
from lti_tool.rooms.admin import selftest as trying
from lti_tool.rooms.admin import service

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.command("admin-link")
@JSON
@with_appcontext
def admin_link(as_json: bool) -> None:
    """Print a one-time address into the administration; it works for 15 minutes."""
    engine.begin_write(db.session)
    made = service.make_link(db.session, settings.current().public_url)
    engine.commit(db.session)
    answer = {"url": made.url, "expires": made.link.expires_at.isoformat(timespec="seconds")}
    click.echo(json.dumps(answer, indent=2) if as_json else made.url)


keys = AppGroup("keys", help="The tool's signing keys.")


@keys.command("list")
@JSON
def keys_list(as_json: bool) -> None:
    """List the published keys, the signing one first."""
    rows = [
        {
            "kid": key.kid,
            "created": key.created_at.isoformat(),
            "signs_from": key.signs_from.isoformat(),
            "retired": key.retired_at is not None,
        }
        for key in tool_keys.published(db.session)
    ]
    _print(rows, as_json)


@keys.command("rotate")
@click.option("--now", is_flag=True, help="Sign with it at once, although platforms may not know it yet.")
@JSON
def keys_rotate(now: bool, as_json: bool) -> None:
    """Publish a new key. It signs a day later, when platforms have learned it."""
    engine.begin_write(db.session)
    key = service.rotate_key(db.session, audit.COMMAND_LINE, at_once=now)
    engine.commit(db.session)
    _print([{"kid": key.kid, "signs_from": key.signs_from.isoformat()}], as_json)


@keys.command("retire")
@click.argument("kid")
def keys_retire(kid: str) -> None:
    """Let a key sign nothing more. It stays published for 14 days."""
    engine.begin_write(db.session)
    try:
        key = service.retire_key(db.session, audit.COMMAND_LINE, kid)
    except tool_keys.LastKey:
        raise click.ClickException(
            "This is the only key that signs now. Run: peer-mentor keys rotate (and wait a day, or add --now)"
        ) from None
    if key is None:
        raise click.ClickException(f"There is no key {kid}. See: peer-mentor keys list")
    engine.commit(db.session)
    click.echo(f"{kid} signs nothing more and stays published for 14 days.")


@click.command("selftest")
@click.option("--platform", "platform_id", type=int, help="Only this platform, by its number.")
@JSON
@with_appcontext
def selftest(platform_id: int | None, as_json: bool) -> None:
    """Try what each platform and the record store have to do; fails when something does not work."""
    found = db.session.query(models.Platform).order_by(models.Platform.id)
    ids = [one.id for one in found if platform_id in {None, one.id} and one.disabled_at is None]
    db.session.rollback()
    if not ids:
        raise click.ClickException(
            "There is no such platform that is switched on. See: peer-mentor platform list"
        )
    rows = [
        {"platform": one, **trying.as_dict(result)} for one in ids for result in trying.results(one, _silent)
    ]
    _print(rows, as_json)
    if any(row["state"] == "failed" for row in rows):
        raise SystemExit(1)


def _silent(_done: float) -> None:
    """Nobody watches."""


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(f"{name}={value}" for name, value in row.items()))
    if not rows:
        click.echo("Nothing there yet.")
