"""Installations of the tool in a platform: let in, or kept out, by an administrator (LTI 1.3 core 3.1.3)."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.db import clock, models
from lti_tool.lti.own_transaction import own_transaction

MOST_PENDING = 50
"""Deployments of one platform that wait for an approval; beyond it, launches leave nothing behind."""


def note(platform_id: int, deployment_id: str) -> bool:
    """Remember a deployment that a launch came from and nobody has approved, in a transaction of its own.

    Call it outside any transaction that writes.

    Returns:
        Whether an administrator now finds it waiting; not beyond `MOST_PENDING` of them.
    """
    try:
        with own_transaction() as session:
            known = select(models.Deployment.id).where(
                models.Deployment.platform_id == platform_id,
                models.Deployment.deployment_id == deployment_id,
            )
            if session.scalar(known) is not None:
                return True
            waiting = select(func.count()).where(
                models.Deployment.platform_id == platform_id, models.Deployment.approved_at.is_(None)
            )
            if session.scalars(waiting).one() >= MOST_PENDING:
                return False
            seen = models.Deployment(platform_id=platform_id, deployment_id=deployment_id)
            session.add(seen)
            session.flush()
            _record(session, seen, f"platform {platform_id}", "deployment.seen")
    except IntegrityError:
        pass  # another launch from there was quicker
    return True


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
