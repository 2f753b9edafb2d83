"""A visit to the demo: a browser of one's own, which enters the LMS as somebody and opens the tool."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.person import WAIT

LINK = "Find a peer mentor"
DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 900}, "locale": "en-GB"}
"""Options of a visit whose pages are pictured."""


class Sites(Protocol):
    """The two addresses of a demo, which are different sites."""

    @property
    def tool_url(self) -> str: ...
    @property
    def lms_url(self) -> str: ...


class Visit:
    """One browser with its cookies; what goes wrong in it is noted in `faults`.

    ``script=False`` is a browser without JavaScript. Other options are those of a Playwright context.
    """

    def __init__(self, browser: Browser, demo: Sites, *, script: bool = True, **options: Any) -> None:
        options = {"viewport": {"width": 1100, "height": 900}, "locale": "en-US"} | options
        self.demo = demo
        self.context = self.open(browser, java_script_enabled=script, **options)
        self.context.set_default_timeout(WAIT)
        self.faults: list[str] = []
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.context.on("response", self._note_response)
        self._script = script

    def open(self, browser: Browser, **options: Any) -> BrowserContext:
        return browser.new_context(**options)

    def course_page(self, name: str, course: str = "BIO101") -> Page:
        """A tab with the course's page in the LMS, entered as this person."""
        page = self.context.new_page()
        page.goto(f"{self.demo.lms_url}/courses/{course}")
        fold = page.get_by_text("Enter as somebody else")
        if fold.count():
            fold.click()
        page.get_by_role("button", name=name).first.click()
        page.get_by_role("heading", name="Activities").wait_for()
        return page

    def enter(self, name: str, course: str = "BIO101", activity: str = LINK) -> Page:
        """The tool in a tab of its own, opened from the course as this person."""
        return self.open_tab(self.course_page(name, course), activity)

    def open_tab(self, course_page: Page, activity: str = LINK) -> Page:
        link = course_page.get_by_role("listitem").filter(
            has=course_page.get_by_role("button", name=activity, exact=True)
        )
        button = link.get_by_role("button", name="Open in a new tab")
        if self._script:
            with course_page.expect_popup() as opened:
                button.click()
            tab = opened.value
        else:
            # In the same tab: scripts are switched off too late in one that a page has opened.
            button.evaluate("button => button.form.removeAttribute('target')")
            button.click()
            tab = course_page
            tab.get_by_role("button", name="Open the activity").click()
        tab.wait_for_url(f"{self.demo.tool_url}/courses/**")
        return tab

    def _note_console(self, message: ConsoleMessage) -> None:
        # Answers with an error status are noted with their status, below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def _note_response(self, answer: Response) -> None:
        # 422 is a form that came back with what has to be corrected.
        if answer.status >= 400 and answer.status != 422:
            self.faults.append(f"{answer.status} {answer.url}")


@contextmanager
def visiting(browser: Browser, demo: Sites, *, script: bool = True, **options: Any) -> Iterator[Visit]:
    """A visit in which nothing may go wrong: no error on the console, no refused request."""
    visit = Visit(browser, demo, script=script, **options)
    try:
        yield visit
    finally:
        visit.context.close()
    assert visit.faults == []


def field(page: Page, label: str) -> Locator:
    """A field by its label; an optional one says so beside it."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))


def tick(page: Page, label: str) -> None:
    """Click the words beside a box or radio button; the clickable part may be larger than the mark."""
    control = page.get_by_label(label, exact=True)
    if not control.is_checked():
        page.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")).click()
    expect(control).to_be_checked()
