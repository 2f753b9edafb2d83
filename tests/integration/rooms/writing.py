"""Reading and writing rows beside the requests of a test."""

from sqlalchemy.orm import Session

from lti_tool.db.engine import begin_write


def fresh(session: Session) -> None:
    """Forget what was read: the next read sees what requests have committed since."""
    session.rollback()


def write(session: Session) -> None:
    """Begin to change rows; end it by a commit, or the next request waits for it."""
    session.rollback()
    begin_write(session)
