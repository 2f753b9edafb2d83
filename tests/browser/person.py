"""A person at a browser: enters the course as somebody and works in the tool's frame."""

import re
from contextlib import suppress
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, Error, FrameLocator, Page, expect

WAIT = 20_000
"""Milliseconds: for a worker and two servers on a slow machine."""
SETTLED = "document.readyState === 'complete' && document.documentElement.scrollHeight <= innerHeight + 1"


class Person:
    """One browser of one's own, so that nobody's cookies help anybody else."""

    def __init__(self, browser: Browser, lms_url: str, name: str) -> None:
        self._context = browser.new_context(viewport={"width": 1100, "height": 900})
        self._context.set_default_timeout(WAIT)
        self._lms_url = lms_url
        self._name = name
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", lambda answer: self._note(answer.status, answer.url))

    def __enter__(self) -> Self:
        self.page.goto(f"{self._lms_url}/courses/BIO101")
        self.page.get_by_role("button", name=self._name).first.click()
        self.launch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()
        if error is None:
            assert self.faults == []

    @property
    def tool(self) -> FrameLocator:
        return self.page.frame_locator("#tool-frame")

    def launch(self) -> None:
        """Click the link in the course, as everybody would."""
        self.page.get_by_role("button", name="Find a peer mentor", exact=True).click()
        self.sees_heading()

    def settle(self) -> None:
        """Wait until the frame has grown to its page: till then everything moves under the mouse."""
        for _attempt in range(WAIT // 50):
            # Asked again and again from here: the page's content policy lets no script wait inside it.
            with suppress(Error):  # the frame is on its way to another page
                frame = self.page.locator("#tool-frame").element_handle().content_frame()
                if frame is not None and frame.evaluate(SETTLED):
                    return
            self.page.wait_for_timeout(50)
        raise AssertionError("the frame never grew to its page")

    def click(self, name: str, *, role: str = "button") -> None:
        self.settle()
        self.tool.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def follow(self, name: str) -> None:
        self.click(name, role="link")

    def fill(self, label: str, text: str) -> None:
        """A text, date or time field; an optional one says so beside its label."""
        self.tool.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$")).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.tool.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        """By keyboard: right after a page has come, its frame still grows and moves what a mouse aims at."""
        box = self.tool.get_by_label(label, exact=True)
        if not box.is_checked():
            box.press("Space")
        expect(box).to_be_checked()

    def sees(self, text: str) -> None:
        expect(self.tool.get_by_text(text).first).to_be_visible(timeout=WAIT)

    def sees_heading(self, text: str | None = None) -> None:
        heading = self.tool.get_by_role("heading", level=1)
        if text is None:
            expect(heading).to_be_visible(timeout=WAIT)
        else:
            expect(heading).to_have_text(text, timeout=WAIT)

    def _note(self, status: int, url: str) -> None:
        if status >= 400:
            self.faults.append(f"{status} {url}")
