"""`peer-mentor platform invite` and `approve`: how a platform comes in without typing addresses."""

import json

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lti_tool import audit, settings
from lti_tool.db import engine, models
from lti_tool.db.engine import db
from lti_tool.lti import deployments
from lti_tool.rooms.admin import service as administration


@click.command("invite")
@click.option("--name", default=None, help="What to call the platform that comes by it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the address alone.")
@with_appcontext
def invite(name: str | None, as_json: bool) -> None:
    """Print a one-time address at which a platform registers itself. It lasts a week."""
    engine.begin_write(db.session)
    issued = administration.invite(db.session, settings.current().public_url, audit.COMMAND_LINE, name)
    engine.commit(db.session)
    shown = {
        "url": issued.url,
        "name": issued.invite.name,
        "expires": issued.invite.expires_at.isoformat(timespec="seconds"),
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False) if as_json else issued.url)


@click.command("approve")
@click.argument("platform_id", type=click.IntRange(1, engine.LARGEST_KEY))
@click.argument("deployment_id")
@with_appcontext
def approve(platform_id: int, deployment_id: str) -> None:
    """Let in a deployment that waits; `platform show` lists them."""
    engine.begin_write(db.session)
    deployment = db.session.scalar(
        select(models.Deployment).where(
            models.Deployment.platform_id == platform_id, models.Deployment.deployment_id == deployment_id
        )
    )
    if deployment is None:
        raise click.ClickException(
            f"Platform {platform_id} has no deployment {deployment_id}. See: peer-mentor platform show"
        )
    deployments.approve(db.session, deployment, audit.COMMAND_LINE)
    engine.commit(db.session)
    click.echo(
        f"Launches from deployment {deployment_id} of {deployment.platform.name} are let in from now on."
    )
