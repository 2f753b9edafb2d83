"""A person without a mouse: presses keys, and has to see at each step where they are."""

from typing import Any

from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.person import WAIT

MOST_STEPS = 150
"""Tab presses until something counts as out of reach."""

# Of the innermost document with the focus: what has it, and how that shows.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!document.hasFocus() || !element || element.matches("body, iframe")) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    // The button inside a field for dates and times is the browser's own, and so is the ring around it.
    const inner = ["date", "time"].includes(element.type) && !element.matches(":focus-visible");
    return {
        what: (element.ariaLabel || element.textContent.trim() || element.name || element.id).slice(0, 60),
        outlined: inner || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        there: box.width >= 4 && box.height >= 4 && style.visibility === "visible" && style.opacity !== "0",
    };
}"""


class Keyboard:
    """Everything by keys. Each stop of the focus must have an outline that can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Press a key until the focus is on the target."""
        expect(target).to_be_visible(timeout=WAIT)
        passed: list[str] = []
        for _step in range(MOST_STEPS):
            self.press(key)
            stop = self.see_focus()
            passed.append(stop)
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"out of reach for {key}; passed {passed}")

    def use(self, target: Locator) -> None:
        """Go to a link or button, and press it."""
        self.reach(target)
        self.press("Enter")

    def tick(self, target: Locator) -> None:
        self.reach(target)
        self.press("Space")
        expect(target).to_be_checked()

    def see_focus(self) -> str:
        """What has the focus, in words; it must be visible there.

        Returns:
            An empty text while the focus is nowhere: between the page and the browser's own controls.
        """
        for frame in reversed(self.page.frames):
            stop = _focused_in(frame)
            if stop is not None:
                assert stop["outlined"], f"the focus on {stop['what']!r} cannot be seen"
                assert stop["there"], f"the focus is on {stop['what']!r}, which cannot be seen"
                return str(stop["what"])
        return ""


def _focused_in(frame: Frame) -> dict[str, Any] | None:
    focused: dict[str, Any] | None = frame.evaluate(FOCUSED)
    return focused
