"""What holds on every page, however wide the frame and whatever the colours."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 1200)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")
"""The narrow frame in the dark and the wide one in light: each width and each scheme once."""

# Off in axe by default: targets of 24 by 24 pixels (WCAG 2.2, 2.5.8).
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
NEEDED = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def findings(page: Page, *, most_primary: int | None = 1) -> list[str]:
    """What is wrong with the page that is open, in words; nothing, if all is well.

    Args:
        most_primary: how many primary buttons there may be; None for pages that are not the tool's.
    """
    found = list(_structure(page, most_primary))
    for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        needed, there = page.evaluate(NEEDED)
        if needed > there:
            found.append(f"{width} px: the page is {needed} px wide")
        found += [f"{width} px, {scheme}: {finding}" for finding in _axe_findings(page)]
    return found


def _structure(page: Page, most_primary: int | None) -> Iterator[str]:
    if not page.locator("html").get_attribute("lang"):
        yield "no language"
    if not page.title():
        yield "no title"
    headings = page.locator("h1").count()
    if headings != 1:
        yield f"{headings} headings of level 1"
    primary = page.locator("main .btn-primary:visible").count()
    if most_primary is not None and primary > most_primary:
        yield f"{primary} primary buttons"


def _axe_findings(page: Page) -> Iterator[str]:
    # The page's own content policy stays in force: it does not bind what is sent in from outside.
    violations: list[dict[str, Any]] = _axe().run(page, options=OPTIONS).response["violations"]
    for violation in violations:
        where = "; ".join(str(node["target"]) for node in violation["nodes"][:5])
        yield f"{violation['id']} ({violation['impact']}) at {where}"


@cache
def _axe() -> Axe:
    return Axe()
