"""The audit log: what administrators did, written in the transaction of what they did."""

from typing import Any

from sqlalchemy.orm import Session

from lti_tool.db import clock, models

COMMAND_LINE = "command line"


def record(
    session: Session, actor: str, action: str, platform: models.Platform | None = None, **data: Any
) -> None:
    """Add an entry; never commits.

    Args:
        actor: `COMMAND_LINE`, "link 12" (an administrator who came by a one-time link), or "platform 3,
            member 45" (one who was launched). No names: the log outlives people.
        action: such as "platform.added".
        data: what is needed to understand it, without personal data and secrets.
    """
    session.add(models.AuditEntry(at=clock.now(), actor=actor, action=action, platform=platform, data=data))
