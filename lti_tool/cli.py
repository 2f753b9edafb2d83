"""`peer-mentor ...`: each command is thin and calls what the pages and the worker call."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from lti_tool import audit, cli_platform, serving, settings, worker
from lti_tool import demo as demonstration
from lti_tool.app import create_app
from lti_tool.cli_admin import admin_link, keys, selftest
from lti_tool.cli_match import match
from lti_tool.cli_person import person
from lti_tool.cli_report import report
from lti_tool.db import engine, models, schema
from lti_tool.db.engine import db
from lti_tool.lti import registration
from lti_tool.outbox import backfill, breaker, export, ledger, readback, replay, status, stores
from lti_tool.rooms.admin import service as administration
from lti_tool.web import logs

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def _create_app() -> Flask:
    try:
        return create_app(settings.load())
    except settings.SettingsError as error:
        raise click.ClickException(str(error)) from None


class PeerMentor(AppGroup):
    """The whole command line; the application is only built for commands that need it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("obj", ScriptInfo(create_app=_create_app))
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the surroundings lack is one line, not a trace of our code."""
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"The database cannot be used: {reason}. Is it there, and up to date? See: peer-mentor db"
            ) from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror or error}") from None


@click.group(cls=PeerMentor, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="peer-mentor", prog_name="peer-mentor")
def main() -> None:
    """Peer mentoring inside any LMS: an LTI 1.3 Advantage tool."""


@main.command("demo", with_appcontext=False)
@click.option("--reset", is_flag=True, help="Forget the earlier demo and start from new data.")
def demo(reset: bool) -> None:
    """Run the tool, its worker and a sandbox LMS with a course to click through."""
    demonstration.run(Path("var") / "demo", reset=reset)


@main.command("serve", with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer requests.")
def serve(host: str, port: int, workers: int) -> None:
    """Answer requests (gunicorn)."""
    logs.configure()
    serving.serve(_create_app(), host, port, workers)


@main.command("worker")
@click.option("--threads", default=2, show_default=True, help="Works done at the same time.")
def run_worker(threads: int) -> None:
    """Do the long works and send grades and statements."""
    logs.configure()
    worker.consume(current_app, threads)


@main.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
def db_upgrade() -> None:
    """Create or update the tables."""
    schema.upgrade(db.engine)
    click.echo("The database is up to date.")


@database.command("check")
@JSON
def db_check(as_json: bool) -> None:
    """Say whether the database stands at the newest migration."""
    current = schema.is_current(db.engine)
    _print({"current": current}, as_json)
    if not current:
        raise click.ClickException("The database is behind. Run: peer-mentor db upgrade")


@main.group("platform")
def platform() -> None:
    """The learning platforms that may launch the tool."""


@platform.command("add")
@click.option("--issuer", required=True, help="The platform's issuer (iss).")
@click.option("--client-id", required=True, help="The client id that the platform gave the tool.")
@click.option("--auth-url", required=True, help="Its OIDC authorisation endpoint.")
@click.option("--token-url", required=True, help="Its access-token endpoint.")
@click.option("--jwks-url", required=True, help="Where it publishes its keys.")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="A deployment to let in (repeatable).")
@click.option("--name", default=None, help="What to call the platform.")
def platform_add(deployment_ids: tuple[str, ...], **fields: str) -> None:
    """Register a platform, or update it when issuer and client id are known."""
    engine.begin_write(db.session)
    try:
        added = registration.add_platform(db.session, deployment_ids=deployment_ids, **fields)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    audit.record(db.session, audit.COMMAND_LINE, "platform.added", added)
    engine.commit(db.session)
    _print(_platform(added), as_json=True)


@platform.command("list")
@JSON
def platform_list(as_json: bool) -> None:
    """List the registered platforms."""
    _print([_platform(one) for one in db.session.scalars(select(models.Platform))], as_json)


@platform.command("show")
@click.argument("platform_id", type=int)
@JSON
def platform_show(platform_id: int, as_json: bool) -> None:
    """Show one platform by its number."""
    _print(_platform(_find_platform(platform_id)), as_json)


@platform.command("disable")
@click.argument("platform_id", type=int)
def platform_disable(platform_id: int) -> None:
    """Refuse all launches of a platform from now on. Its data stays."""
    engine.begin_write(db.session)
    found = _find_platform(platform_id)
    administration.switch(db.session, found, audit.COMMAND_LINE, on=False)
    engine.commit(db.session)
    click.echo(f"Launches from {found.name} are refused from now on.")


def _find_platform(platform_id: int) -> models.Platform:
    known = 0 < platform_id <= engine.LARGEST_KEY
    found = db.session.get(models.Platform, platform_id) if known else None
    if found is None:
        raise click.ClickException(f"There is no platform {platform_id}. See: peer-mentor platform list")
    return found


def _platform(one: models.Platform) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "issuer": one.issuer,
        "client_id": one.client_id,
        "auth_url": one.auth_url,
        "token_url": one.token_url,
        "jwks_url": one.jwks_url,
        "deployment_ids": [each.deployment_id for each in one.deployments if each.approved_at],
        "pending_deployment_ids": [each.deployment_id for each in one.deployments if not each.approved_at],
        "granted_scopes": one.granted_scopes,
        "disabled": one.disabled_at is not None,
    }


platform.add_command(cli_platform.invite)
platform.add_command(cli_platform.approve)


@main.group("outbox")
def outbox() -> None:
    """Grades and statements on their way."""


@outbox.command("status")
@JSON
def outbox_status(as_json: bool) -> None:
    """Count what is pending, delivered and refused, by route, and what the last reconciliation found."""
    checks = ledger.latest(db.session)
    nothing = {"checked": 0, "missing": 0, "different": 0, "reconciled": None}
    rows = [
        {**one, **(checks.get(("statement", one["route"]), nothing) if stores.is_store(one["route"]) else {})}
        for one in status.totals(db.session)
    ]
    _print(rows, as_json)


@outbox.command("reconcile")
@JSON
def outbox_reconcile(as_json: bool) -> None:
    """Ask the record store and the gradebooks for what was delivered, and send again what they do not have.

    The worker does this once a day.
    """
    found = {"statement": ledger.reconcile(db.session), "score": readback.reconcile(db.session)}
    results = ("same", "missing", "different")
    _print(
        [{"kind": kind} | {one: counts[one] for one in results} for kind, counts in found.items()], as_json
    )


@outbox.command("replay")
@click.option("--route", default=None, help="Only this route, as `outbox status` names it.")
def outbox_replay(route: str | None) -> None:
    """Send everything that was refused once more."""
    engine.begin_write(db.session)
    count = replay.replay(db.session, route=route)
    engine.commit(db.session)
    click.echo(f"{count} to be sent again.")


@outbox.command("resume")
@click.option("--route", default=None, help="Only this route, as `outbox status` names it.")
def outbox_resume(route: str | None) -> None:
    """Try routes that wait at once, because the reason is gone."""
    engine.begin_write(db.session)
    count = breaker.resume(db.session, None if route is None else [route])
    engine.commit(db.session)
    click.echo(f"{count} {'route' if count == 1 else 'routes'} will be tried at once.")


@main.group("statements")
def statements() -> None:
    """The xAPI statements."""


@statements.command("export")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="A file.")
def statements_export(out: Any) -> None:
    """Write every statement as one line of JSON, oldest first."""
    for line in export.export_statements(db.session):
        out.write(line + "\n")


@statements.command("backfill")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Only from this day on (UTC).")
def statements_backfill(since: datetime | None) -> None:
    """Send what happened before there was a record store, with the ids that it always had."""
    from_day = since.replace(tzinfo=UTC) if since is not None else None
    try:
        count = backfill.backfill(db.session, from_day)
    except backfill.NoStore:
        raise click.ClickException(
            "There is no record store to send to. Set PEER_MENTOR_LRS_ENDPOINT first."
        ) from None
    click.echo(f"{count} to be sent.")


def _print(data: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    rows = data if isinstance(data, list) else [data]
    if not rows:
        click.echo("Nothing there yet.")
    for row in rows:
        click.echo("  ".join(f"{name}={value}" for name, value in row.items()))


for command in (match, admin_link, keys, selftest, person, report):
    main.add_command(command)
