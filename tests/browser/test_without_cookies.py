"""The tool inside the LMS where no cookie of it is kept: by the platform's storage, or in a tab."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from tests.browser.cookieless import CookielessVisit
from tests.browser.demo import Demo
from tests.browser.page_check import findings
from tests.browser.person import WAIT
from tests.browser.visit import LINK

pytestmark = pytest.mark.browser
LEARNER = "Bo Lindström"
VISIT = re.compile(r"/v/[A-Za-z0-9_-]{43}/courses/")


@pytest.fixture
def visit(browser: Browser, demo: Demo, chromium: str) -> Iterator[CookielessVisit]:
    opened = CookielessVisit(browser, demo, executable_path=chromium)
    yield opened
    opened.close()


def click_activity(visit: CookielessVisit, storage: str) -> Page:
    """The course's page of a platform that keeps values there, with the activity clicked."""
    page = visit.course_page(LEARNER)
    page.goto(f"{visit.demo.lms_url}/courses/BIO101?storage={storage}")
    page.get_by_role("button", name=LINK, exact=True).click()
    return page


def tool_of(page: Page) -> tuple[FrameLocator, Frame]:
    frame = page.frame(name="tool-frame")
    assert frame is not None
    return page.frame_locator("#tool-frame"), frame


def says(page: Page, heading: str) -> None:
    expect(tool_of(page)[0].get_by_role("heading", level=1)).to_have_text(heading, timeout=WAIT)


def kept_for_the_tool(visit: CookielessVisit) -> set[str | None]:
    return {one.get("name") for one in visit.context.cookies() if one.get("domain") == "localhost"}


@pytest.mark.parametrize("storage", ["_parent", "post_message_forwarding"])
def test_a_person_works_in_the_frame_by_the_storage_of_the_platform(
    visit: CookielessVisit, storage: str
) -> None:
    page = click_activity(visit, storage)
    says(page, f"Hello, {LEARNER}")
    tool, frame = tool_of(page)
    assert VISIT.search(frame.url)
    tool.get_by_role("link", name="Me", exact=True).press("Enter")
    says(page, LEARNER)
    # A form with its token, and the page that it leads back to.
    tool.get_by_role("link", name="Change the time zone").press("Enter")
    says(page, "Your time zone")
    tool.get_by_role("button", name="Save").press("Enter")
    says(page, LEARNER)
    assert VISIT.search(frame.url)
    assert kept_for_the_tool(visit) == set()
    assert visit.faults == []


def test_a_file_can_be_taken_out_of_such_a_frame(visit: CookielessVisit) -> None:
    page = click_activity(visit, "_parent")
    says(page, f"Hello, {LEARNER}")
    tool, frame = tool_of(page)
    tool.locator(".person-name a").first.press("Enter")
    next_session = tool.locator(".timeline-next").get_by_role("link", name=re.compile(r"^Session \d+$"))
    next_session.first.press("Enter")
    calendar = tool.get_by_role("link", name=re.compile("calendar", re.IGNORECASE))
    with page.expect_download() as taken:
        calendar.first.press("Enter")
    assert VISIT.search(taken.value.url)
    assert taken.value.path().read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")
    assert VISIT.search(frame.url)


def test_the_address_of_such_a_page_opens_nothing_in_a_tab(visit: CookielessVisit) -> None:
    page = click_activity(visit, "_parent")
    says(page, f"Hello, {LEARNER}")
    tab = visit.context.new_page()
    answer = tab.goto(tool_of(page)[1].url)
    assert answer is not None
    assert answer.status == 401
    expect(tab.get_by_role("heading", level=1)).to_have_text("Open this from your course")
    expect(tab.get_by_text(LEARNER)).to_have_count(0)
    # It goes on where it belongs.
    tool_of(page)[0].get_by_role("link", name="Me", exact=True).press("Enter")
    says(page, LEARNER)


def test_such_a_page_tells_its_address_to_nobody(visit: CookielessVisit) -> None:
    policies: set[str] = set()
    visit.context.on(
        "response",
        lambda answer: policies.add(answer.headers["referrer-policy"]) if VISIT.search(answer.url) else None,
    )
    says(click_activity(visit, "_parent"), f"Hello, {LEARNER}")
    assert policies == {"no-referrer"}


def test_without_any_storage_the_activity_opens_in_a_tab_and_nothing_is_spent(
    visit: CookielessVisit,
) -> None:
    asked: list[str] = []
    visit.context.on(
        "request",
        lambda request: asked.append(request.url) if f"{visit.demo.lms_url}/auth" in request.url else None,
    )
    page = click_activity(visit, "none")
    says(page, "Open this in a new tab")
    assert asked == []
    with page.expect_popup() as opened:
        tool_of(page)[0].get_by_role("link", name="Open in a new tab").click()
    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"Hello, {LEARNER}", timeout=WAIT)
    assert "/v/" not in tab.url
    assert kept_for_the_tool(visit) == {"peer_mentor"}
    assert len(asked) == 1
    # Out of a tab of its own a link leads back.
    tab.get_by_role("link", name="Back to the course").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile("^Back in "))
    assert visit.faults == []


FAILING = {
    "full": "kept.set(origin, new Map([['much', 'x'.repeat(4096)]]))",
    "silent": "window.removeEventListener('message', hear)",
}


@pytest.mark.parametrize("failure", sorted(FAILING))
def test_a_storage_that_fails_leads_to_the_tab(visit: CookielessVisit, failure: str) -> None:
    page = visit.course_page(LEARNER)
    page.wait_for_load_state()  # with its scripts, of which one is changed here
    page.evaluate(f"origin => {{ {FAILING[failure]} }}", visit.demo.tool_url)
    page.get_by_role("button", name=LINK, exact=True).click()
    says(page, "Open this in a new tab")
    with page.expect_popup() as opened:
        tool_of(page)[0].get_by_role("link", name="Open in a new tab").click()
    heading = opened.value.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Hello, {LEARNER}", timeout=WAIT)


def test_a_storage_that_forgets_leads_to_the_tab(visit: CookielessVisit) -> None:
    page = visit.course_page(LEARNER)
    page.wait_for_load_state()
    page.evaluate("() => { HANDLERS['lti.get_data'] = ({ key }) => ({ key, value: null }) }")
    page.get_by_role("button", name=LINK, exact=True).click()
    says(page, "The activity could not be opened")
    with page.expect_popup() as opened:
        tool_of(page)[0].get_by_role("link", name="Open in a new tab").click()
    heading = opened.value.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Hello, {LEARNER}", timeout=WAIT)


def test_without_script_the_activity_opens_in_a_tab(browser: Browser, demo: Demo, chromium: str) -> None:
    visit = CookielessVisit(browser, demo, script=False, executable_path=chromium)
    page = visit.course_page(LEARNER)
    page.get_by_role("button", name=LINK, exact=True).click()
    link = tool_of(page)[0].get_by_role("link", name="Open in a new tab")
    expect(link).to_be_visible(timeout=WAIT)
    # Scripts would run in a tab that a page has opened: the same address, in a tab of ours.
    address = link.get_attribute("href")
    tab = visit.context.new_page()
    tab.goto(f"{demo.tool_url}{address}")
    tab.get_by_role("button", name="Open the activity").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"Hello, {LEARNER}", timeout=WAIT)
    visit.close()


def test_the_page_with_the_way_into_a_tab_is_for_everybody(visit: CookielessVisit) -> None:
    page = click_activity(visit, "none")
    says(page, "Open this in a new tab")
    alone = visit.context.new_page()
    alone.goto(tool_of(page)[1].url + "&storage=none")
    expect(alone.get_by_role("heading", level=1)).to_have_text("Open this in a new tab")
    assert findings(alone) == []
