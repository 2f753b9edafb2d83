"""The outbox: what the outside must hear is written with the change it tells of, and sent afterwards.

Rooms call `events` and `participation`; the worker calls `delivery`; pages and commands read `status`.
"""

from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy.orm import Session

from lti_tool.db import engine

_EXTENSION = "outbox"
_READING = "outbox-readback"


def on_recorded(app: Flask, action: Callable[[], object]) -> None:
    """Let ``action`` be called whenever something to send was committed."""
    app.extensions[_EXTENSION] = action


def wake() -> None:
    """Tell the worker that something may be due. Nothing is lost if nobody listens: a sweep finds it."""
    action: Callable[[], object] | None = current_app.extensions.get(_EXTENSION)
    if action is not None:
        action()


def wake_after_commit(session: Session) -> None:
    """Wake the worker once, however much this transaction records."""
    if wake not in session.info.get("after_commit", []):
        engine.after_commit(session, wake)


def on_read_wished(app: Flask, action: Callable[[], object]) -> None:
    """Let ``action`` be called when somebody wants the gradebook to be read now."""
    app.extensions[_READING] = action


def read_after_commit(session: Session) -> None:
    """Have a worker read what is due of the gradebook. A periodic work finds it anyway."""
    action: Callable[[], object] | None = current_app.extensions.get(_READING)

    def wake_reader() -> None:
        if action is not None:
            action()

    engine.after_commit(session, wake_reader)
