from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db.base import Base
from lti_tool.db.models.job import Job


class SelfTest(Base):
    """One try of everything that a platform and the tool have to do for each other."""

    __tablename__ = "self_test"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    """None when it was run by command."""
    started_at: Mapped[datetime]
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """In the order of the tries: {name, state ("ok", "failed" or "skipped"), detail}."""

    job: Mapped[Job | None] = relationship()
