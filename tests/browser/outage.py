"""The demo's outage: store and gradebook stop, people go on, the ledger shows it; then everything arrives."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from lti_tool.demo.place import OVERDUE_MINUTES, Place
from tests.browser.stops import AUTUMN, LEARNER, TEACHER, follow
from tests.browser.visit import DESK, Visit

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
    follow("Say whether you met", "Confirm we met")(Visit(browser, place, **DESK).enter(LEARNER))
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
    page = Visit(browser, place, **DESK).enter(TEACHER)
    follow(AUTUMN, "What was sent")(page)
    page.get_by_role("heading", name="How it stands").wait_for()
    return page
