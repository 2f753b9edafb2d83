"""The condition "holds this role" for queries of memberships."""

from sqlalchemy import ColumnElement, String, cast

from lti_tool.sandbox.models import Membership


def has_role(role: str) -> ColumnElement[bool]:
    """Roles are kept as a JSON list; the quotes keep one role from matching another's beginning."""
    return cast(Membership.roles, String).contains(f'"{role}"', autoescape=True)
