"""Values that may be used once."""

from datetime import timedelta

from sqlalchemy import delete

from lti_tool.sandbox.models import SpentValue
from lti_tool.sandbox.store import now, session


def spend(kind: str, client_id: str, value: str, lifetime: timedelta) -> bool:
    """False when it was used before. ``lifetime`` is how long the value could be valid at most."""
    session().execute(delete(SpentValue).where(SpentValue.expires_at < now()))
    if session().get(SpentValue, (kind, client_id, value)) is not None:
        return False
    session().add(SpentValue(kind=kind, client_id=client_id, value=value, expires_at=now() + lifetime))
    session().flush()
    return True
