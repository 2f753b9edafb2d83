"""Recorded messages of real platforms, read as they are."""

import json
from pathlib import Path
from typing import Any

MOODLE = Path(__file__).parent / "moodle-4.5"


def moodle(name: str) -> dict[str, Any]:
    """The recording of this name, such as "id_token_student"."""
    recording: dict[str, Any] = json.loads((MOODLE / f"{name}.json").read_text(encoding="utf-8"))
    return recording
