"""Visits without cookies: the session lies in a row, and its key in the address (``/v/<key>/courses/...``).

Only for browsers that let the frame of another site keep no cookie. The key is a secret in an address, so it
opens pages inside a frame or from one of them alone, ends after two hours without use, is written into no
log and told to no other site. The rest of the tool does not notice: see `VisitPath` and `VisitSessions`.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Request, Response, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from lti_tool.db.engine import begin_write, db

IDLE = timedelta(hours=2)
RENEWED_AFTER = timedelta(minutes=5)
"""A visit in use is prolonged at most so often: most pages then write nothing."""
FORGOTTEN_AT_ONCE = 100

_KEY = "peer_mentor.visit"
_PATH = re.compile(r"(?P<prefix>/v/(?P<key>[A-Za-z0-9_-]{43}))(?P<rest>/.*)", re.DOTALL)
_FRAMES = frozenset({"iframe", "frame"})
_json = TaggedJSONSerializer()
log = structlog.get_logger("peer_mentor.visits")


class VisitPath:
    """Moves the key from the path into SCRIPT_NAME, so that every address the tool makes carries it on."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if found is not None:
            environ[_KEY] = found["key"]
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found["prefix"]
            environ["PATH_INFO"] = found["rest"]
        return self._app(environ, start_response)


class ToolSession(SecureCookieSession):
    """A session, in a cookie or in a row."""

    def __init__(self, content: dict[str, Any] | None = None, *, key: str | None = None) -> None:
        super().__init__(content)
        self.sent = dict(content or {})
        """What it held when the request came."""
        self.key = key
        """What the address carries while the session lies in a row; None: a cookie holds it."""
        self.failure: SQLAlchemyError | None = None
        """Why the row could not be read: told once the request can be answered."""


class VisitSessions(SecureCookieSessionInterface):
    """Reads and writes the row where the address has a key, and the cookie everywhere else."""

    session_class = ToolSession  # type: ignore[assignment]  # typed as that very class, not as one of its kind

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        key = request.environ.get(_KEY)
        return super().open_session(app, request) if key is None else _read(key)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ToolSession)
        if session.key is not None:
            _write(session, session.key)
        elif not is_one():
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    app.session_interface = VisitSessions()
    app.wsgi_app = VisitPath(app.wsgi_app)  # type: ignore[method-assign]


def is_one() -> bool:
    """Whether the current request belongs to a visit without cookies."""
    return _KEY in request.environ


def current() -> ToolSession:
    """The session of the current request."""
    found = session._get_current_object()  # type: ignore[attr-defined]  # Flask types its proxy as a session
    assert isinstance(found, ToolSession)
    return found


def in_frame() -> bool:
    """Whether the browser says that it loads a page into a frame (Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Dest") in _FRAMES


def begin(database: Session) -> str:
    """Give the current request a new visit instead of its cookie; what its addresses begin with.

    Args:
        database: in a transaction that writes; flushes, never commits.
    """
    key = secrets.token_urlsafe(32)
    # Pages that are opened together at first must not each make a token for their forms.
    content: dict[str, Any] = {"csrf_token": secrets.token_hex(20)}
    database.add(
        models.Visit(digest=_digest(key), content=_json.dumps(content), expires_at=clock.now() + IDLE)
    )
    database.flush()
    forget_expired(database, most=FORGOTTEN_AT_ONCE)
    own = current()
    own.clear()
    own.update(content)
    own.key = key
    return f"{request.script_root}/v/{key}"


def forget_expired(database: Session, *, most: int) -> None:
    """Delete up to ``most`` visits that have ended, the oldest first."""
    expired = (
        select(models.Visit.id)
        .where(models.Visit.expires_at < clock.now())
        .order_by(models.Visit.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    database.execute(
        delete(models.Visit)
        .where(models.Visit.id.in_(database.scalars(expired).all()))
        .execution_options(synchronize_session=False)
    )


def _read(key: str) -> ToolSession:
    """The visit of this key; a session without one when it has ended, or never was."""
    # In a session of its own: the request's transaction has not begun, and may be one that writes.
    query = select(models.Visit.content).where(
        models.Visit.digest == _digest(key), models.Visit.expires_at > clock.now()
    )
    try:
        with Session(db.engine) as own:
            content = own.scalar(query)
    except SQLAlchemyError as failure:
        unread = ToolSession()
        unread.failure = failure
        return unread
    return ToolSession() if content is None else ToolSession(_json.loads(content), key=key)


def _write(visit: ToolSession, key: str) -> None:
    """Keep what changed, and prolong the visit. The request's own transaction has ended by now."""
    now = clock.now()
    row_of = select(models.Visit).where(models.Visit.digest == _digest(key))
    try:
        with Session(db.engine) as own:
            row = own.scalar(row_of)
            due = row is not None and row.expires_at < now + IDLE - RENEWED_AFTER
            own.rollback()
            if not (visit.modified or due):
                return
            begin_write(own)
            row = own.scalar(row_of.with_for_update())
            if row is not None:
                row.content = _json.dumps(dict(visit))
                row.expires_at = now + IDLE
            own.commit()
    except SQLAlchemyError:
        # The page itself is fine, and what it changed is committed.
        log.exception("a visit could not be kept")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
