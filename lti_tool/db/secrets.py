"""Secrets at rest: what the database holds of keys and tokens is encrypted with the tool's Fernet key."""

from cryptography.fernet import Fernet, InvalidToken

from lti_tool import settings


class Unreadable(Exception):
    """A stored secret was encrypted with another PEER_MENTOR_ENCRYPTION_KEY."""


def encrypt(text: str) -> str:
    """The text as a Fernet token (authenticated AES-128-CBC), ASCII."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """What `encrypt` was given.

    Raises:
        Unreadable: when the token was changed, or made with another key.
    """
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable("a stored secret does not fit PEER_MENTOR_ENCRYPTION_KEY") from None


def _fernet() -> Fernet:
    return Fernet(settings.current().encryption_key)
