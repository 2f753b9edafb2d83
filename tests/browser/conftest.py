"""A real Chromium, as strict about third-party cookies as browsers are today."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.demo import Demo, running
from tests.lrs import npm_packages, record_store

__all__ = ["npm_packages", "record_store"]

# The flags keep the browser from calling home, which a closed network would refuse at length.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--test-third-party-cookie-phaseout",
]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One furnished demo for all: each test changes only what belongs to its own people."""
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started
