"""Where the distribution keeps what is not code: templates/ and config/ (decision 8)."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """A data folder of the distribution: beside the package in a checkout, inside it when installed."""
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name
