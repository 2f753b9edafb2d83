"""Installations of the tool in a platform: let in, or kept out, by an administrator (LTI 1.3 core 3.1.3)."""

from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.db import clock, models


def approve(session: Session, deployment: models.Deployment, actor: str) -> None:
    """Let its launches in. Flushes, never commits; a repetition changes nothing."""
    if deployment.approved_at is None:
        deployment.approved_at = clock.now()
        _record(session, deployment, actor, "deployment.approved")


def withdraw(session: Session, deployment: models.Deployment, actor: str) -> None:
    """Refuse its launches from now on; its data stays."""
    if deployment.approved_at is not None:
        deployment.approved_at = None
        _record(session, deployment, actor, "deployment.withdrawn")


def _record(session: Session, deployment: models.Deployment, actor: str, action: str) -> None:
    audit.record(session, actor, action, deployment.platform, deployment=deployment.deployment_id)
    session.flush()
