"""Takes the pictures of docs/tour.md anew: every page, at 320 and 1200 px, in light and dark. `make tour`.

The pages are those of the demo, furnished in a folder of its own and walked through as its people would.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from lti_tool.demo.place import Place
from lti_tool.demo.processes import Part, admin_link, running
from tests.browser import lms_side, outage
from tests.browser.conftest import FLAGS
from tests.browser.stack import PEER_MENTOR
from tests.browser.stops import (
    ADMINISTRATOR,
    ADMINISTRATOR_STOPS,
    LEARNER,
    LEARNER_STOPS,
    OPERATOR_PAGES,
    OTHER_STOPS,
    REGISTRATION_STOPS,
    STOPS,
    TEACHER_STOPS,
    Stop,
)
from tests.browser.visit import DESK, Visit
from tests.ports import free_port

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "tour"
WIDTHS = (1200, 320)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUALITY = 50
TALLEST = 1500
"""Pixels; what lies below is more of the same."""


def main() -> None:
    """Take all pictures and write docs/tour.md."""
    chromium = shutil.which("chromium") or sys.exit("The tour needs Chromium.")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), free_port(), free_port())
        with running(place) as parts:
            url = admin_link(place)  # before Playwright's event loop, in which the application cannot run
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, "--lang=en-GB"])
                _take_all(browser, place, next(part for part in parts if part.name == "its worker"))
                _take_administration(browser, place, url)
                outage.take(browser, place, photograph)
                lms_side.take(browser, place, photograph)
                browser.close()
    (DOCS / "tour.md").write_text(_document(), encoding="utf-8")


UNKNOWN_PLATFORM = "iss=https://lms.example.edu&login_hint=1&target_link_uri=https://lms.example.edu"


def _take_all(browser: Browser, place: Place, worker: Part) -> None:
    _take_plain(browser, "not-launched", f"{place.tool_url}/courses/1/")
    _take_plain(browser, "refused", f"{place.tool_url}/lti/login?{UNKNOWN_PLATFORM}")
    _take_plain(browser, "styleguide", f"{place.tool_url}/styleguide")
    _take_registration(browser, place)
    for stop in STOPS:
        print(stop.name, flush=True)
        with _resting(worker, stop.worker_rests, place.folder), _launched(browser, place, stop) as page:
            stop.walk(page)
            photograph(page, stop.name)
    # Last, when the worker has had the time to deliver what counts.
    _take_course_page(browser, place)
    _take_plain(browser, "gradebook-lms", f"{place.lms_url}/courses/BIO101/gradebook")


@contextmanager
def _resting(worker: Part, rests: bool, folder: Path) -> Iterator[None]:
    """Nothing is done in the background meanwhile; what was asked for is done afterwards."""
    if not rests or worker.pid is None:
        yield
        return
    _stop_between_writes(worker.pid, folder)
    try:
        yield
    finally:
        os.kill(worker.pid, signal.SIGCONT)


def _stop_between_writes(pid: int, folder: Path) -> None:
    """Stopped while it writes, the worker would keep a lock for which everybody else would wait."""
    for _attempt in range(100):
        os.kill(pid, signal.SIGSTOP)
        if all(_can_be_written(path) for path in folder.rglob("*.db")):
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)
    raise RuntimeError("the worker never stopped writing")


def _can_be_written(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


@contextmanager
def _launched(browser: Browser, place: Place, stop: Stop) -> Iterator[Page]:
    """The tool in a tab of its own, entered from the course."""
    visit = Visit(browser, place, **DESK)
    yield visit.enter(stop.who, stop.course, stop.activity)
    visit.context.close()


def _take_course_page(browser: Browser, place: Place) -> None:
    context = browser.new_context(**DESK)
    page = context.new_page()
    page.goto(f"{place.lms_url}/courses/BIO101")
    page.get_by_role("button", name=LEARNER).first.click()
    page.get_by_role("button", name="Find a peer mentor", exact=True).click()
    page.frame_locator("#tool-frame").get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(500)  # the frame grows to its content
    photograph(page, "lms-course")
    context.close()


def _take_administration(browser: Browser, place: Place, url: str) -> None:
    context = browser.new_context(**DESK)
    page = context.new_page()
    page.goto(url)
    photograph(page, "admin-enter")
    page.get_by_role("button", name="Enter").click()
    for name, _title, address, _text in OPERATOR_PAGES:
        page.goto(f"{place.tool_url}/admin/{address}")
        photograph(page, name)
    page.goto(f"{place.tool_url}/admin/platforms/add")
    page.get_by_role("button", name="Make an invite").click()
    photograph(page, "admin-invite")
    context.close()


def _take_registration(browser: Browser, place: Place) -> None:
    """The two pages that an administrator meets, in a tab of their own."""
    context = browser.new_context(**DESK)
    lms = context.new_page()
    lms.goto(f"{place.lms_url}/tools")
    lms.get_by_role("button", name=ADMINISTRATOR).click()
    lms.get_by_label("Registration address").fill(_invite(place))
    lms.get_by_role("button", name="Install").click()
    page = context.new_page()
    page.goto(lms.locator("#registration").get_attribute("src") or "")
    photograph(page, "register")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("link", name="Close this page").wait_for()
    photograph(page, "register-done")
    context.close()


def _invite(place: Place) -> str:
    values = place.settings().model_dump(exclude_none=True)
    settings = {f"PEER_MENTOR_{name.upper()}": str(value) for name, value in values.items()}
    command = [str(PEER_MENTOR), "platform", "invite"]
    environment = dict(os.environ) | settings
    printed: str = subprocess.check_output(command, env=environment, text=True)
    return printed.strip()


def _take_plain(browser: Browser, name: str, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    photograph(page, name)
    context.close()


def photograph(page: Page, name: str) -> None:
    """Both widths, both schemes, as files of docs/tour."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            height = page.evaluate("document.documentElement.scrollHeight")
            page.screenshot(
                path=PICTURES / f"{name}-{width}-{scheme}.jpg",
                type="jpeg",
                quality=QUALITY,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)},
            )


def _document() -> str:
    """The words and pictures of docs/tour.md."""
    chapters = {
        "In the LMS": [
            ("lms-course", "In the course", "The tool as a learner meets it: in the frame of the LMS."),
            ("gradebook-lms", "The gradebook of the LMS", "Where the points arrive, and how they came."),
        ],
        "When the LMS and the record store are out of order": [
            ("outage-lms", "A switch of the sandbox LMS", "Stops the record store and the gradebook."),
            ("ledger-outage", "What was sent, meanwhile", "What waits, why, until when, and the alarm."),
            ("ledger-after", "What was sent, afterwards", "Everything arrived, each once."),
            ("record-store-lms", "The record store", "The statements, as they arrived."),
        ],
        "What the LMS brings about": lms_side.SECTIONS,
        "Learners": [_words(stop) for stop in LEARNER_STOPS],
        "Instructors": [_words(stop) for stop in TEACHER_STOPS],
        "Administrators": [
            *(_words(stop) for stop in (*REGISTRATION_STOPS, *ADMINISTRATOR_STOPS)),
            ("admin-enter", "By a one-time link", "What “peer-mentor admin-link” leads to."),
            *((name, title, text) for name, title, _address, text in OPERATOR_PAGES),
            ("admin-invite", "An invite", "Shown once; paste it into the platform."),
        ],
        "Experts and everybody else": [
            *(_words(stop) for stop in OTHER_STOPS),
            ("not-launched", "Without a launch", "Every error has a code, a number and a way on."),
            ("refused", "A launch that is refused", "What to do, and the number to give to support."),
            ("styleguide", "The parts", "What pages are made of; in the demo under `/styleguide`."),
        ],
    }
    return HEAD + "".join(
        f"\n## {chapter}\n" + "".join(_section(*one) for one in sections)
        for chapter, sections in chapters.items()
    )


HEAD = (
    "# Tour\n\nEvery page of Peer Mentor, as people of the demo (`make demo`) see it: 1200 and 320 pixels wide, light "
    "and dark. `make tour` takes the pictures anew.\n"
)


def _words(stop: Stop) -> tuple[str, str, str]:
    return stop.name, stop.title, f"{stop.text} Seen by {stop.who}."


def _section(name: str, title: str, text: str) -> str:
    cells = " | ".join(
        f"![{title}, {width} px, {scheme}](tour/{name}-{width}-{scheme}.jpg)"
        for width in WIDTHS
        for scheme in SCHEMES
    )
    return f"\n### {title}\n\n{text}\n\n| 1200 light | 1200 dark | 320 light | 320 dark |\n|---|---|---|---|\n| {cells} |\n"


if __name__ == "__main__":
    main()
