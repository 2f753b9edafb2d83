from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.event import Statement
from lti_tool.db.models.participant import Participant


class Delivery(Base):
    """One message to the outside: written with the change it tells of, sent later by the worker."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("route", "key", "version"),
        # In the order in which the claim reads: it costs the same however many rows there are.
        Index("ix_delivery_claim", "state", "route", "due_at", "id"),
        Index("ix_delivery_check", "state", "checked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """statement, score or mail."""
    route: Mapped[str] = mapped_column(String(80))
    """Where to: "lrs" (the store of the settings), "lrs:<store id>" "ags:<course id>" or "mail"."""
    key: Mapped[str] = mapped_column(String(80))
    """What it is about; of several scores with one key only the newest is sent."""
    version: Mapped[int] = mapped_column(default=1)
    statement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("statement.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    body: Mapped[str]
    """Bytes as sent. Fixed when written: a resend is the same message."""
    state: Mapped[str] = mapped_column(String(10))
    """pending, leased, delivered, superseded or dead."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """Not to be tried before; for a leased one, when the lease of a lost worker ends."""
    lease: Mapped[str | None] = mapped_column(String(36), index=True)
    answer_status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(2000))
    """What the other side said to the last attempt, shortened."""
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When the other side was last asked whether it really has it."""

    statement: Mapped[Statement | None] = relationship()
    participant: Mapped[Participant | None] = relationship()
