from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base


class Platform(Base):
    """An LMS registration: one tool client at one issuer (LTI 1.3 core 3.1.3)."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_url: Mapped[str] = mapped_column(String(2000))
    token_url: Mapped[str] = mapped_column(String(2000))
    jwks_url: Mapped[str] = mapped_column(String(2000))
    product: Mapped[str | None] = mapped_column(String(100))
    """The product family that its messages name (LTI 1.3 core 5.4.4): moodle, canvas, ..."""
    keeps_names: Mapped[bool] = mapped_column(default=True)
    """False: names and e-mail addresses are not stored, whatever the platform sends."""
    token_audience: Mapped[str | None] = mapped_column(String(500))
    """Whom client assertions are for, where the platform said so; else the token URL."""
    granted_scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What its answer to a dynamic registration granted; None when it was registered by hand."""
    messages: Mapped[dict[str, Any] | None]
    """Message types it said it sends, each with its placements; None when it said nothing of them."""
    deep_linked_at: Mapped[datetime | None]
    """The latest deep linking request: somebody was about to place Peer Mentor in a course."""
    disabled_at: Mapped[datetime | None]
    """A disabled platform's launches are refused; its data stays."""
    created_at: Mapped[datetime]

    deployments: Mapped[list[Deployment]] = relationship(back_populates="platform")


class Deployment(Base):
    """One installation of the tool in a platform; together with issuer and client it is the tenant."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    approved_at: Mapped[datetime | None]
    """None: seen, but an administrator of the tool has not let it in yet."""

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class PlatformKeySet(Base):
    """A platform's published keys, kept so that a launch needs no request of our own."""

    __tablename__ = "platform_key_set"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    fetched_at: Mapped[datetime]


class AccessToken(Base):
    """A platform's service token (encrypted), shared by all web and worker processes."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("platform_id", "scopes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    scopes: Mapped[str] = mapped_column(String(1000))
    """What was asked for: sorted, separated by blanks."""
    granted: Mapped[str] = mapped_column(String(1000))
    token: Mapped[str] = mapped_column(String)
    expires_at: Mapped[datetime]
