"""What administrators change. Every change stands in the log, in the same transaction."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.db import clock, models
from lti_tool.lti import invites, keys

LINK_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class NewLink:
    link: models.AdminLink
    url: str


def make_link(session: Session, public_url: str) -> NewLink:
    """A one-time address into the administration of all platforms. Flushes, never commits."""
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    link = models.AdminLink(
        digest=_digest(secret), created_at=now, expires_at=now + LINK_LIFETIME, used_at=None
    )
    session.add(link)
    session.flush()
    audit.record(session, audit.COMMAND_LINE, "link.made", link=link.id)
    return NewLink(link, f"{public_url}/admin/enter?link={secret}")


def use_link(session: Session, secret: str) -> models.AdminLink | None:
    """Use a link up. None when there is no such link, or it was used, or has expired."""
    now = clock.now()
    used = session.execute(
        update(models.AdminLink)
        .where(
            models.AdminLink.digest == _digest(secret),
            models.AdminLink.used_at.is_(None),
            models.AdminLink.expires_at > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return None
    link = session.scalars(select(models.AdminLink).where(models.AdminLink.digest == _digest(secret))).one()
    audit.record(session, f"link {link.id}", "link.used")
    return link


def switch(session: Session, platform: models.Platform, actor: str, *, on: bool) -> None:
    """Let a platform's launches in, or refuse them; its data stays either way."""
    if on == (platform.disabled_at is None):
        return
    platform.disabled_at = None if on else clock.now()
    audit.record(session, actor, "platform.enabled" if on else "platform.disabled", platform)
    session.flush()


def keep_names(session: Session, platform: models.Platform, actor: str, *, keep: bool) -> None:
    """Store names and e-mail addresses that the platform sends, or forget those stored and store none."""
    if keep == platform.keeps_names:
        return
    platform.keeps_names = keep
    session.flush()
    if not keep:
        session.execute(
            update(models.Person)
            .where(models.Person.platform_id == platform.id)
            .values(name=None, email=None)
            .execution_options(synchronize_session="fetch")
        )
        _forget_held_lists(session, platform)
    audit.record(session, actor, "names.kept" if keep else "names.forgotten", platform)


def _forget_held_lists(session: Session, platform: models.Platform) -> None:
    """Course lists that wait for an instructor hold names, too; the next reading brings none."""
    courses = (
        select(models.Course.id).join(models.Deployment).where(models.Deployment.platform_id == platform.id)
    )
    session.execute(
        delete(models.HeldRoster)
        .where(models.HeldRoster.course_id.in_(courses))
        .execution_options(synchronize_session="fetch")
    )


def invite(session: Session, public_url: str, actor: str, name: str | None) -> invites.Issued:
    issued = invites.create(session, public_url, name)
    audit.record(session, actor, "invite.made", invite=issued.invite.id, name=name)
    return issued


def withdraw_invite(session: Session, found: models.Invite, actor: str) -> None:
    """It opens nothing any more."""
    if found.used_at is None and found.expires_at > clock.now():
        found.expires_at = clock.now()
        audit.record(session, actor, "invite.withdrawn", invite=found.id)


def rotate_key(session: Session, actor: str, *, at_once: bool = False) -> models.ToolKey:
    """See `lti.keys.rotate`."""
    key = keys.rotate(session, at_once=at_once)
    audit.record(session, actor, "key.added", kid=key.kid, signs_from=key.signs_from.isoformat())
    return key


def retire_key(session: Session, actor: str, kid: str) -> models.ToolKey | None:
    """See `lti.keys.retire`."""
    before = session.get(models.ToolKey, kid)
    was_active = before is not None and before.retired_at is None
    key = keys.retire(session, kid)
    if was_active:
        audit.record(session, actor, "key.retired", kid=kid)
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
