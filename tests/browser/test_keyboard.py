"""The journeys by keyboard alone, with the focus always in sight."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.demo import Demo
from tests.browser.keyboard import Keyboard
from tests.browser.person import WAIT
from tests.browser.visit import LINK, Visit, field, visiting

pytestmark = pytest.mark.browser
NEWCOMER, MENTEE, MENTOR = "Amélie Tremblay", "Nguyễn Thị Mai", "Aoife Ní Bhriain"
MENTEE_ZONE = "Asia/Ho_Chi_Minh"


def test_from_the_lms_to_taking_part_by_keyboard(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        keys = enter_lms(visit, NEWCOMER)
        tool = keys.page.frame_locator("#tool-frame")
        keys.use(keys.page.get_by_role("button", name=LINK, exact=True))
        consent(keys, tool)
        topics(keys, tool)
        times(keys, tool)
        sees_heading(tool, f"Hello, {NEWCOMER}")


def enter_lms(visit: Visit, name: str) -> Keyboard:
    page = visit.context.new_page()
    page.goto(f"{visit.demo.lms_url}/courses/BIO101")
    keys = Keyboard(page)
    keys.use(page.get_by_role("button", name=name).first)
    return keys


def consent(keys: Keyboard, tool: FrameLocator) -> None:
    sees_heading(tool, "Find a peer mentor")
    keys.reach(tool.get_by_label("Find a mentor", exact=True))
    keys.press("ArrowDown", "ArrowDown")  # as in every group of radio buttons
    expect(tool.get_by_role("radio", name="Both")).to_be_checked()
    keys.tick(tool.get_by_label("I have read this, and I want to take part"))
    keys.use(tool.get_by_role("button", name="Take part"))


def topics(keys: Keyboard, tool: FrameLocator) -> None:
    sees_heading(tool, "Your topics")
    statistics = tool.get_by_role("group", name="Statistics")
    wish = statistics.get_by_label("I want to learn it")
    keys.reach(wish)
    keys.type("Most")
    expect(wish.locator("option:checked")).to_have_text("Most of all")
    writing = tool.get_by_role("group", name="Scientific writing").get_by_label("I can help with it")
    keys.reach(writing)
    keys.press("ArrowDown", "ArrowDown")
    expect(writing.locator("option:checked")).to_have_text("I can explain it")
    keys.use(tool.get_by_role("button", name="Go on to your times"))


def times(keys: Keyboard, tool: FrameLocator) -> None:
    """The week is one stop of the tab key; arrows move in it, with Shift they carry the choice along."""
    sees_heading(tool, "Your free times")
    keys.reach(tool.get_by_label("Monday 06:00"))
    keys.press("ArrowRight", "ArrowDown", "ArrowDown")
    expect(tool.get_by_label("Tuesday 07:00")).to_be_focused()
    keys.see_focus()
    keys.press("Space", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight")
    for chosen in ("Tuesday 07:00", "Tuesday 07:30", "Tuesday 08:00", "Wednesday 08:00"):
        expect(tool.get_by_label(chosen)).to_be_checked()
    expect(tool.get_by_role("status").filter(has_text="Chosen")).to_have_text("Chosen: 2 h a week")
    keys.press("End")
    expect(tool.get_by_label("Sunday 08:00")).to_be_focused()
    keys.press("Home")
    expect(tool.get_by_label("Monday 08:00")).to_be_focused()
    keys.use(tool.get_by_text("Night, 00:00 to 06:00"))
    expect(tool.get_by_label("Monday 00:00")).to_be_visible()
    keys.press("Enter")
    keys.use(tool.get_by_role("button", name="Finish"))


def test_booking_and_confirming_a_session_by_keyboard(browser: Browser, demo: Demo) -> None:
    yesterday = datetime.now(ZoneInfo(MENTEE_ZONE)) - timedelta(days=1)
    with visiting(browser, demo) as visit:
        keys = enter_lms(visit, MENTEE)
        tool = keys.page.frame_locator("#tool-frame")
        keys.use(keys.page.get_by_role("button", name=LINK, exact=True))
        sees_heading(tool, f"Hello, {MENTEE}")
        keys.use(tool.locator(".person").get_by_role("link", name=MENTOR))
        sees_heading(tool, f"You and {MENTOR}")
        keys.use(tool.get_by_role("link", name="Book "))
        sees_heading(tool, f"Meet {MENTOR}")
        keys.reach(tool.get_by_role("group", name="When?").get_by_role("radio").first)
        keys.press("ArrowUp")  # the last choice of the list
        expect(tool.get_by_label("Another time, which I give below")).to_be_checked()
        keys.reach(tool.get_by_label("Date (optional)"))
        keys.type(yesterday.strftime("%m%d%Y"))
        keys.reach(tool.get_by_label("Time (optional)"))
        keys.type("0915AM")
        keys.use(tool.get_by_role("button", name="Book the session"))
        sees_heading(tool, f"Session with {MENTOR}")
        keys.use(tool.get_by_role("button", name="Confirm we met"))
        expect(tool.get_by_text(f"{MENTOR} is asked too").first).to_be_visible()


def test_the_first_stop_of_a_page_skips_to_its_content(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.enter(MENTEE)
        keys = Keyboard(page)
        skip = page.get_by_role("link", name="Skip to the page's content")
        expect(skip).not_to_be_in_viewport()
        keys.press("Tab")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        keys.press("Enter")
        expect(page.locator("main")).to_be_focused()
        keys.press("Tab")
        keys.see_focus()
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_list_of_mistakes_takes_the_focus_and_leads_to_the_field(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.enter("Ingrid Ferreira")
        keys = Keyboard(page)
        keys.use(page.get_by_role("link", name="Create a cohort"))
        keys.reach(field(page, "Name of the cohort"))
        keys.press("Enter")  # the way to send a form from a text field
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused(timeout=WAIT)
        keys.use(summary.get_by_role("link", name="Name of the cohort"))
        name = field(page, "Name of the cohort")
        expect(name).to_be_focused()
        keys.see_focus()
        # And the mistake is said with the field.
        described = name.get_attribute("aria-describedby")
        assert described is not None
        assert "name-error" in described.split()
        expect(page.locator("#name-error")).to_contain_text("Give the cohort a name")


def test_every_stop_of_a_long_page_shows_the_focus(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.context.new_page()
        page.goto(f"{demo.tool_url}/styleguide")
        page.get_by_role("link", name="Skip to the page's content").focus()  # the faulty form has taken it
        last = page.locator("main :is(a[href], button, select, textarea)").last
        Keyboard(page).reach(last)


def sees_heading(tool: FrameLocator, text: str) -> None:
    expect(tool.get_by_role("heading", level=1)).to_have_text(text, timeout=WAIT)
