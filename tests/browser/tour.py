"""Takes the pictures of docs/tour.md anew: every page, at 320 and 1200 px, in light and dark. `make tour`.

The pages are those of the demo, furnished in a folder of its own and walked through as its people would.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from lti_tool.demo.place import Place
from lti_tool.demo.processes import running
from tests.browser.conftest import FLAGS
from tests.ports import free_port

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "tour"
WIDTHS = (1200, 320)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUALITY = 72
TALLEST = 2400
"""Pixels; what lies below is more of the same."""

Walk = Callable[[Page], None]


@dataclass(frozen=True)
class Stop:
    """One page of the tour: who opens which link of the course, and the way from there."""

    name: str
    title: str
    who: str
    walk: Walk
    text: str
    activity: str = "Find a peer mentor"


def follow(*names: str) -> Walk:
    """Click links or buttons one after the other."""

    def walk(page: Page) -> None:
        for name in names:
            main = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
            main.first.click()
            page.wait_for_load_state()

    return walk


def stay(_page: Page) -> None:
    """The page on which the launch lands."""


AUTUMN, WINTER = "Autumn peer mentoring", "Winter study partners"
TEACHER, LEARNER, EXPERT = "Ingrid Ferreira", "Ana Souza", "Tomasz Ndiaye"
NEWCOMER, HALFWAY, WAITING = "Wanjirũ Kamau", "Sam Withheld", "Şeyma Yıldız"


def faulty_form(page: Page) -> None:
    follow("Create a cohort")(page)
    page.get_by_role("button", name="Create the cohort").click()


def matched(page: Page) -> None:
    follow(WINTER, "Matching", "Start matching")(page)
    page.wait_for_url("**/rounds/*", timeout=60_000)


STOPS = (
    Stop("consent", "Taking part, step 1", NEWCOMER, stay, "What is kept, who sees it, and the role."),
    Stop("topics", "Taking part, step 2", HALFWAY, follow("Me", "Topics"), "What to learn, what to offer."),
    Stop("times", "Taking part, step 3", HALFWAY, stay, "Free times, by the person's own clock."),
    Stop("home", "A learner's home", LEARNER, stay, "What needs you now, and the people you meet."),
    Stop(
        "waiting", "Waiting for a mentor", WAITING, stay, "Left out of the last round: why, and what helps."
    ),
    Stop(
        "mentorship",
        "You and your mentor",
        LEARNER,
        follow("Bo Lindström"),
        "Why you two, and what happened.",
    ),
    Stop(
        "booking",
        "Book a session",
        LEARNER,
        follow("Bo Lindström", "Book"),
        "Times that suit both, in both zones.",
    ),
    Stop("session", "Did you meet?", LEARNER, follow("Say whether you met"), "Both confirm; then it counts."),
    Stop(
        "participation",
        "My participation",
        LEARNER,
        follow("My participation"),
        "The reckoning and its receipt.",
    ),
    Stop("me", "Me", LEARNER, follow("Me"), "The profile, and how to leave."),
    Stop("timezone", "My time zone", LEARNER, follow("Change the time zone"), "All times follow it."),
    Stop("cohorts", "An instructor's start", TEACHER, stay, "The cohorts of the course."),
    Stop("cohort-new", "Create a cohort", TEACHER, follow("Create a cohort"), "One short form."),
    Stop(
        "cohort-errors", "A form with mistakes", TEACHER, faulty_form, "What is wrong, where, and what to do."
    ),
    Stop("cohort", "A cohort", TEACHER, follow(AUTUMN), "How it goes, supply and demand."),
    Stop("people", "People", TEACHER, follow(AUTUMN, "People"), "Who is where in the cohort."),
    Stop(
        "experts", "Experts", TEACHER, follow(AUTUMN, "Experts"), "Who reviews which topics, and how often."
    ),
    Stop("matching", "Matching", TEACHER, follow(WINTER, "Matching"), "Who is ready for a round."),
    Stop("proposal", "A proposal", TEACHER, matched, "Each pair with score and reasons; proved."),
    Stop(
        "round", "A published round", TEACHER, follow(AUTUMN, "Matching", "Round 1"), "The same, published."
    ),
    Stop(
        "gradebook",
        "Points and the gradebook",
        TEACHER,
        follow(AUTUMN, "Gradebook"),
        "What arrived and since when.",
    ),
    Stop("report", "The report", TEACHER, follow(AUTUMN, "Report"), "The two formulas of the measure."),
    Stop(
        "reviews", "An expert's reviews", EXPERT, follow("Your reviews"), "What is owed, the soonest first."
    ),
    Stop(
        "review",
        "A review",
        EXPERT,
        follow("Your reviews", "Review: "),
        "What the expert sees, and the form.",
    ),
)


def main() -> None:
    """Take all pictures and write docs/tour.md."""
    chromium = shutil.which("chromium") or sys.exit("The tour needs Chromium.")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), free_port(), free_port())
        with running(place), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            _take_all(browser, place)
            browser.close()
    (DOCS / "tour.md").write_text(_document(), encoding="utf-8")


def _take_all(browser: Browser, place: Place) -> None:
    _take_course_page(browser, place)
    _take_plain(browser, "gradebook-lms", f"{place.lms_url}/courses/BIO101/gradebook")
    _take_plain(browser, "not-launched", f"{place.tool_url}/courses/1/")
    _take_plain(browser, "styleguide", f"{place.tool_url}/styleguide")
    for stop in STOPS:
        print(stop.name, flush=True)
        with _launched(browser, place, stop) as page:
            stop.walk(page)
            _photograph(page, stop.name)


@contextmanager
def _launched(browser: Browser, place: Place, stop: Stop) -> Iterator[Page]:
    """The tool in a tab of its own, entered from the course."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(20_000)
    course = context.new_page()
    course.goto(f"{place.lms_url}/courses/BIO101")
    course.get_by_role("button", name=stop.who).first.click()
    activity = course.get_by_role("listitem").filter(has_text=stop.activity).last
    with context.expect_page() as opened:
        activity.get_by_role("button", name="Open in a new tab").click()
    opened.value.wait_for_url(f"{place.tool_url}/courses/**")
    yield opened.value
    context.close()


def _take_course_page(browser: Browser, place: Place) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{place.lms_url}/courses/BIO101")
    page.get_by_role("button", name=LEARNER).first.click()
    page.get_by_role("button", name="Find a peer mentor", exact=True).click()
    page.frame_locator("#tool-frame").get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(500)  # the frame grows to its content
    _photograph(page, "lms-course")
    context.close()


def _take_plain(browser: Browser, name: str, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    _photograph(page, name)
    context.close()


def _photograph(page: Page, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            height = page.evaluate("document.documentElement.scrollHeight")
            page.screenshot(
                path=PICTURES / f"{name}-{width}-{scheme}.jpg",
                type="jpeg",
                quality=QUALITY,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)},
            )


def _document() -> str:
    head = (
        "# Tour\n\nEvery page of Peer Mentor, from the demo (`make demo`), at 1200 and 320 px, in light and dark. "
        "Taken by `make tour`.\n"
    )
    own = [
        ("lms-course", "In the course", "The tool as a learner meets it: in the frame of the LMS."),
        *((stop.name, stop.title, f"{stop.text} ({stop.who})") for stop in STOPS),
        ("gradebook-lms", "The gradebook of the LMS", "Where the scores arrive."),
        ("not-launched", "Without a launch", "Every error says what to do, and has a code and a number."),
        ("styleguide", "The parts", "What pages are made of, in the demo under `/styleguide`."),
    ]
    return head + "".join(_section(*one) for one in own)


def _section(name: str, title: str, text: str) -> str:
    cells = " | ".join(
        f"![{title}, {width} px, {scheme}](tour/{name}-{width}-{scheme}.jpg)"
        for width in WIDTHS
        for scheme in SCHEMES
    )
    return f"\n## {title}\n\n{text}\n\n| 1200 light | 1200 dark | 320 light | 320 dark |\n|---|---|---|---|\n| {cells} |\n"


if __name__ == "__main__":
    main()
