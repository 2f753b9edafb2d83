"""The tools that the LMS knows: those of its configuration, and those that an administrator installed."""

from collections.abc import Sequence

from sqlalchemy import select

from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.models import InstalledTool
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.store import session

MOST_TOOLS = 50


def find_tool(client_id: str | None) -> ToolRegistration | None:
    """A tool that may be launched; one that waits to be activated is not found."""
    known = platform().tool(client_id)
    if known is not None or client_id is None:
        return known
    row = session().get(InstalledTool, client_id)
    return registration_of(row) if row is not None and row.active else None


def all_tools() -> list[ToolRegistration]:
    return [*platform().tools, *(registration_of(row) for row in installed_tools() if row.active)]


def installed_tools() -> Sequence[InstalledTool]:
    """Pending ones too, the newest first."""
    newest = select(InstalledTool).order_by(InstalledTool.deployment_number.desc()).limit(MOST_TOOLS)
    return session().scalars(newest).all()


def registration_of(row: InstalledTool) -> ToolRegistration:
    return ToolRegistration(
        client_id=row.client_id,
        name=row.name,
        login_url=row.login_url,
        redirect_uris=tuple(row.redirect_uris),
        target_link_uri=row.target_link_uri,
        deployment_id=row.deployment_id,
        jwks_url=row.jwks_url,
        deep_linking_url=row.deep_linking_url,
        scopes=tuple(row.scopes),
        shares_profile=row.shares_profile,
        custom=dict(row.custom),
    )
