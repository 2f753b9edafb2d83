"""Pages of the tour that an LMS brings about: placing, a copied course, people who are gone, a browser
without cookies.
"""

import re
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Browser, Locator, Page

from lti_tool.demo.place import Place
from lti_tool.sandbox.demonstration import CLIENT_ID, DEPLOYMENT_ID
from tests.browser.stops import ALL, AUTUMN, TEACHER, WINTER, follow
from tests.browser.visit import DESK, Visit

Photograph = Callable[[Page, str], None]
GONE = ("learner-02", "expert-1")
"""Bo Lindström, who mentors, and Tomasz Ndiaye, who owes reviews."""
HEADS_OF_COURSE = ("instructor-1", "expert-2", "learner-01", "learner-03")
"""Who is left in a course list that looks wrong."""

READ_WITHIN = 240
"""Seconds: the sweep finds again what the demo asked for before its worker ran."""

SECTIONS = [
    ("new-tab", "A browser without cookies", "The same activity in a tab of its own; nothing is lost."),
    ("placing", "Add to the course", "What a teacher chooses when the LMS asks for content."),
    ("placing-answer", "Back to the course", "Posts itself; with a button where scripts are off."),
    ("copy-offer", "A copied course", "Its teacher is offered the set-up without the people."),
    ("roster-missing", "No longer on the course list", "Who, what hangs on them, and who could take over."),
    (
        "roster-held",
        "Differences in the course list",
        "A list that lacks most of the course waits for a yes.",
    ),
]
"""Name, title and text of each."""


def take(browser: Browser, place: Place, photograph: Photograph) -> None:
    """Last of all: afterwards people are gone from the course."""
    _new_tab(browser, place, photograph)
    _placing(browser, place, photograph)
    _copy(browser, place, photograph)
    _roster(browser, place, photograph)


def _new_tab(browser: Browser, place: Place, photograph: Photograph) -> None:
    page = browser.new_context().new_page()
    page.goto(_after_a_login_in_a_frame(place))
    page.get_by_role("link", name="Open in a new tab").wait_for()
    photograph(page, "new-tab")
    page.context.close()


def _after_a_login_in_a_frame(place: Place) -> str:
    """Where the browser is sent to see whether its cookie comes back; another browser has none."""
    initiation = {
        "iss": place.lms_url,
        "client_id": CLIENT_ID,
        "lti_deployment_id": DEPLOYMENT_ID,
        "login_hint": "learner-01",
        "target_link_uri": f"{place.tool_url}/lti/launch",
    }
    body = urllib.parse.urlencode(initiation).encode()
    request = urllib.request.Request(
        f"{place.tool_url}/lti/login", data=body, headers={"Sec-Fetch-Dest": "iframe"}
    )
    opener = urllib.request.build_opener(_Stay)
    try:
        opener.open(request, timeout=20)
    except urllib.error.HTTPError as answer:
        return urllib.parse.urljoin(place.tool_url, str(answer.headers["Location"]))
    raise AssertionError("a login in a frame is redirected")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """The address is what is wanted, not the page behind it."""


def _placing(browser: Browser, place: Place, photograph: Photograph) -> None:
    # Without scripts the answer does not post itself before the picture is taken.
    course = Visit(browser, place, script=False, **DESK).course_page(TEACHER)
    button = course.get_by_role("button", name="Add content from Peer Mentor")
    button.evaluate("button => button.form.removeAttribute('target')")
    button.click()
    course.get_by_role("button", name="Open the activity").click()
    course.get_by_label(WINTER).check()
    photograph(course, "placing")
    course.get_by_role("button", name="Add to the course").click()
    course.get_by_role("button", name="Go back to the course").wait_for()
    photograph(course, "placing-answer")
    course.context.close()


def _copy(browser: Browser, place: Place, photograph: Photograph) -> None:
    visit = Visit(browser, place, **DESK)
    course = visit.course_page(TEACHER)
    course.get_by_role("button", name="Copy this course").click()
    course.get_by_text("This course is the copy").wait_for()
    page = visit.open_tab(course, ALL)
    photograph(page, "copy-offer")
    page.context.close()


def _roster(browser: Browser, place: Place, photograph: Photograph) -> None:
    page = Visit(browser, place, **DESK).enter(TEACHER, activity=ALL)
    follow(AUTUMN)(page)
    page.wait_for_url(re.compile(r"/cohorts/\d+$"))
    cohort = page.url
    _read_again(page, cohort, place, "person_id IN ({})", GONE)
    page.goto(f"{cohort}/missing")
    photograph(page, "roster-missing")
    _read_again(page, cohort, place, "person_id NOT IN ({})", HEADS_OF_COURSE)
    page.goto(f"{cohort.split('/cohorts/')[0]}/roster")
    page.get_by_role("heading", name="Whom it lacks").wait_for()
    photograph(page, "roster-held")
    page.context.close()


def _read_again(page: Page, cohort: str, place: Place, which: str, people: tuple[str, ...]) -> None:
    """Take people out of the course in the LMS, and have the tool read its list."""
    marks = ", ".join("?" for _ in people)
    with closing(sqlite3.connect(place.folder / "sandbox.db")) as lms:
        lms.execute(
            f"UPDATE membership SET active = 0 WHERE course_id = 'BIO101' AND {which.format(marks)}",
            people,
        )
        lms.commit()
    again = page.get_by_role("button", name="Read it again")
    _reload_until(page, cohort, again)
    again.click()
    _reload_until(page, cohort, again)


def _reload_until(page: Page, address: str, there: Locator) -> None:
    """A reading of the course list is under way: one that began with the demo, or ours."""
    deadline = time.monotonic() + READ_WITHIN
    while True:
        page.goto(address)
        if there.count():
            return
        if time.monotonic() > deadline:
            raise TimeoutError(address)
        time.sleep(2)
