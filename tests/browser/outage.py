"""The demo's outage: store and gradebook stop, people go on, the ledger shows it; then everything arrives.

`python -m tests.browser.outage` takes these pictures of the tour alone.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lti_tool.demo.place import OVERDUE_MINUTES, Place
from lti_tool.demo.processes import running
from tests.browser.conftest import FLAGS
from tests.browser.stops import AUTUMN, FIND, LEARNER, TEACHER, follow
from tests.ports import free_port

Photograph = Callable[[Page, str], None]
ARRIVES_WITHIN = 180
"""Seconds: a sweep each minute, and the pauses of two routes."""


def take(browser: Browser, place: Place, photograph: Photograph) -> None:
    """Stop both, let a learner confirm a session, wait for the alarm, start both, wait until all arrived."""
    _settle(browser, place)
    switch = browser.new_context().new_page()
    switch.goto(f"{place.lms_url}/faults")
    switch.get_by_role("button", name="Stop record store and gradebook").click()
    photograph(switch, "outage-lms")
    follow("Say whether you met", "Confirm we met")(_launched(browser, place, LEARNER))
    time.sleep(60 * OVERDUE_MINUTES + 10)
    ledger = _ledger(browser, place)
    ledger.get_by_text("Something has waited since").wait_for()
    photograph(ledger, "ledger-outage")
    switch.get_by_role("button", name="Start record store and gradebook").click()
    ledger.get_by_role("button", name="Try now").click()
    _await_arrival(ledger)
    photograph(ledger, "ledger-after")
    switch.goto(f"{place.lms_url}/record-store")
    photograph(switch, "record-store-lms")


def _settle(browser: Browser, place: Place) -> None:
    """What the demo's people did before has arrived."""
    ledger = _ledger(browser, place)
    _await_arrival(ledger)
    ledger.context.close()


def _await_arrival(ledger: Page) -> None:
    deadline = time.monotonic() + ARRIVES_WITHIN
    while ledger.locator("#waiting-title").count():
        if time.monotonic() > deadline:
            raise TimeoutError("something still waits")
        time.sleep(2)
        ledger.goto(ledger.url)


def _ledger(browser: Browser, place: Place) -> Page:
    page = _launched(browser, place, TEACHER)
    follow(AUTUMN, "What was sent")(page)
    page.get_by_role("heading", name="How it stands").wait_for()
    return page


def _launched(browser: Browser, place: Place, who: str) -> Page:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    context.set_default_timeout(20_000)
    course = context.new_page()
    course.goto(f"{place.lms_url}/courses/BIO101")
    course.get_by_role("button", name=who).first.click()
    activity = course.get_by_role("listitem").filter(has=course.get_by_role("button", name=FIND, exact=True))
    with context.expect_page() as opened:
        activity.get_by_role("button", name="Open in a new tab").click()
    opened.value.wait_for_url(f"{place.tool_url}/courses/**")
    return opened.value


def main(photograph: Photograph) -> None:
    chromium = shutil.which("chromium") or sys.exit("The pictures need Chromium.")
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), free_port(), free_port())
        with running(place), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, "--lang=en-GB"])
            take(browser, place, photograph)
            browser.close()


if __name__ == "__main__":
    from tests.browser import tour

    main(tour.photograph)
