"""What the next page says at its top about what has just happened."""

from collections.abc import Sequence
from typing import Any

from flask import flash


def say_undo(message: str, *, url: str, button: str) -> None:
    """What happened, with a button that takes it back (a POST to ``url``)."""
    # Flask types messages as text, but keeps any JSON value; the flash area renders these by category.
    bar: Any = {"message": message, "url": url, "button": button}
    flash(bar, "undo")


def say_receipt(title: str, lines: Sequence[str]) -> None:
    """What was recorded, as a title and sentences."""
    receipt: Any = {"title": title, "lines": list(lines)}
    flash(receipt, "receipt")
