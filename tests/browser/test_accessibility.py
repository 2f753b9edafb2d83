"""Every page of the tour: nothing for axe to find, no sideways scrolling, nothing on the console."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.demo import Demo
from tests.browser.page_check import findings
from tests.browser.stops import LEARNER_STOPS, OTHER_STOPS, TEACHER_STOPS, Stop
from tests.browser.visit import Visit, visiting

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "stops", [LEARNER_STOPS, TEACHER_STOPS, OTHER_STOPS], ids=["learners", "teachers", "others"]
)
def test_every_page_of_the_tour_is_accessible_and_fits_its_frame(
    browser: Browser, demo: Demo, stops: tuple[Stop, ...]
) -> None:
    found: dict[str, list[str]] = {}
    with ExitStack() as cleanup:
        walks = Walks(browser, demo, cleanup)
        for stop in stops:
            wrong = walks.findings(stop)
            if wrong:
                found[stop.name] = wrong
    assert found == {}


class Walks:
    """The people of the tour, each in a tab that they keep: entering takes longer than looking."""

    def __init__(self, browser: Browser, demo: Demo, cleanup: ExitStack) -> None:
        self._browser = browser
        self._demo = demo
        self._cleanup = cleanup
        self._entered: dict[tuple[str, str, str], tuple[Visit, Page, str]] = {}

    def findings(self, stop: Stop) -> list[str]:
        visit, page, landing = self._at_landing(stop)
        page.set_viewport_size({"width": 1100, "height": 900})
        page.goto(landing)
        if stop.worker_rests:
            # Without an answer about its work the page stays as it is while it is looked at.
            page.route("**/jobs/*/status", lambda _route: None)
        try:
            stop.walk(page)
        except Error as lost:
            return [f"the way there is lost: {lost}"]
        page.wait_for_load_state()
        found = findings(page)
        page.unroute_all()
        found += [fault for fault in visit.faults if not _is_wanted(stop, fault)]
        visit.faults.clear()
        return found

    def _at_landing(self, stop: Stop) -> tuple[Visit, Page, str]:
        key = (stop.who, stop.course, stop.activity)
        if key not in self._entered:
            visit = self._cleanup.enter_context(visiting(self._browser, self._demo, reduced_motion="reduce"))
            page = visit.enter(stop.who, stop.course, stop.activity)
            self._entered[key] = (visit, page, page.url)
        return self._entered[key]


def _is_wanted(stop: Stop, fault: str) -> bool:
    return stop.name == "not-found" and fault.startswith("404 ")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/courses/1/", 401), ("/lti/login?iss=https://unknown.example", 400), ("/no-such-page", 404)],
)
def test_pages_for_somebody_who_was_not_let_in_are_accessible(
    browser: Browser, demo: Demo, path: str, status: int
) -> None:
    visit = Visit(browser, demo, reduced_motion="reduce")
    page = visit.context.new_page()
    answer = page.goto(demo.tool_url + path)
    assert answer is not None
    assert answer.status == status
    assert findings(page) == []
    # The refusal itself, and nothing else.
    assert visit.faults == [f"{status} {page.url}"]
    visit.context.close()


def test_the_parts_of_a_page_are_accessible(browser: Browser, demo: Demo) -> None:
    """Shown together, so that there are as many primary buttons as parts that have one."""
    with visiting(browser, demo, reduced_motion="reduce") as visit:
        page = visit.context.new_page()
        page.goto(f"{demo.tool_url}/styleguide")
        assert findings(page, most_primary=None) == []


@pytest.mark.parametrize("path", ["/", "/courses/BIO101", "/courses/BIO101/gradebook", "/faults"])
def test_pages_of_the_sandbox_lms_are_accessible(browser: Browser, demo: Demo, path: str) -> None:
    with visiting(browser, demo, reduced_motion="reduce") as visit:
        page = visit.context.new_page()
        page.goto(demo.lms_url + path)
        assert findings(page, most_primary=None) == []


def test_the_course_with_the_tool_in_its_frame_is_accessible(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, reduced_motion="reduce") as visit:
        page = visit.course_page("Bo Lindström")
        page.get_by_role("button", name="Find a peer mentor", exact=True).click()
        page.frame_locator("#tool-frame").get_by_role("heading", level=1).wait_for()
        assert findings(page, most_primary=None) == []
