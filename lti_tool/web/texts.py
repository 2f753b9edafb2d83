"""Typed texts as any database and any page can hold them."""

from unicodedata import category

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str | None) -> str:
    """Blanks joined, control characters dropped: PostgreSQL keeps no NUL, and nobody sees the others.

    Joiners stay (Persian and Indic words need them); marks that turn the direction of what follows do not.
    """
    return " ".join("".join(mark for mark in " ".join((text or "").split()) if _is_writing(mark)).split())


def paragraphs(text: str | None) -> str:
    """The same for a text of several lines, which stay."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(mark for mark in line if mark == "\t" or _is_writing(mark)) for line in lines)


def _is_writing(mark: str) -> bool:
    return category(mark) not in {"Cc", "Cs"} and mark not in _TURNING
