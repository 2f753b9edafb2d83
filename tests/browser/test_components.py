"""The parts of pages that a script makes quicker: the week, a job's progress, the frame's height."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, Route, expect

from tests.browser.demo import Demo
from tests.browser.person import WAIT
from tests.browser.visit import LINK, visiting

pytestmark = pytest.mark.browser
SMALLEST_TARGET = 24
"""CSS pixels (WCAG 2.2, 2.5.8)."""
LONG_PRESS = 350
"""Milliseconds, on the page's clock, which stands still."""


class Week:
    """The week on the page of parts; it begins with 9.5 hours chosen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("#week")

    def slot(self, time: str) -> Locator:
        return self.root.get_by_label(re.compile(f"^{time}"))

    def press(self, button: str) -> None:
        self.root.get_by_role("button", name=button).click()

    def sees_hours(self, hours: str) -> None:
        expect(self.root.get_by_role("status")).to_have_text(f"Chosen: {hours} h a week")

    def hold_from(self, time: str) -> None:
        self.slot(time).scroll_into_view_if_needed()
        self.page.mouse.move(*self.middle(time))
        self.page.mouse.down()

    def move_to(self, time: str) -> None:
        self.page.mouse.move(*self.middle(time), steps=4)

    def middle(self, time: str) -> tuple[float, float]:
        box = self.slot(time).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def week(browser: Browser, demo: Demo) -> Iterator[Week]:
    with visiting(browser, demo, viewport={"width": 900, "height": 1000}) as visit:
        page = visit.context.new_page()
        page.goto(f"{demo.tool_url}/styleguide")
        yield Week(page)


def test_dragging_over_the_week_chooses_a_rectangle(week: Week) -> None:
    week.press("Clear all")
    week.sees_hours("0")
    week.hold_from("Monday 08:00")
    week.move_to("Wednesday 09:30")
    week.page.mouse.up()
    week.sees_hours("6")  # three days of four half hours
    expect(week.slot("Tuesday 09:00")).to_be_checked()
    expect(week.slot("Thursday 09:00")).not_to_be_checked()


def test_dragging_back_gives_free_what_lies_outside_again(week: Week) -> None:
    week.press("Clear all")
    week.slot("Monday 09:00").check()
    week.hold_from("Monday 08:00")
    week.move_to("Wednesday 09:30")
    week.move_to("Monday 08:30")
    week.page.mouse.up()
    for chosen in ("Monday 08:00", "Monday 08:30", "Monday 09:00"):
        expect(week.slot(chosen)).to_be_checked()
    week.sees_hours("1.5")


def test_dragging_from_a_chosen_half_hour_takes_away(week: Week) -> None:
    week.hold_from("Thursday 09:00")
    week.move_to("Thursday 10:30")
    week.page.mouse.up()
    week.sees_hours("7.5")
    expect(week.slot("Thursday 09:00")).not_to_be_checked()
    expect(week.slot("Thursday 11:00")).to_be_checked()


def test_copying_monday_fills_the_weekdays_and_leaves_the_weekend(week: Week) -> None:
    week.press("Clear all")
    week.slot("Monday 18:00").check()
    week.slot("Tuesday 09:00").check()
    week.slot("Sunday 11:00").check()
    week.press("Copy Monday to weekdays")
    week.sees_hours("3")
    expect(week.slot("Friday 18:00")).to_be_checked()
    expect(week.slot("Saturday 18:00")).not_to_be_checked()
    expect(week.slot("Tuesday 09:00")).not_to_be_checked()
    expect(week.slot("Sunday 11:00")).to_be_checked()


def test_the_number_of_hours_is_announced_and_the_other_person_is_named(week: Week) -> None:
    week.sees_hours("9.5")
    week.slot("Sunday 11:00").check()
    week.sees_hours("10")
    expect(week.slot("Friday 14:00")).to_have_accessible_name("Friday 14:00, Ana is free")


@pytest.fixture
def touched(browser: Browser, demo: Demo) -> Iterator[Week]:
    """On a small telephone, whose clock moves only when the test says so."""
    telephone: dict[str, Any] = {
        "viewport": {"width": 320, "height": 800},
        "has_touch": True,
        "is_mobile": True,
    }
    with visiting(browser, demo, **telephone) as visit:
        page = visit.context.new_page()
        stop_clock(page)
        page.goto(f"{demo.tool_url}/styleguide")
        yield Week(page)


def test_a_tap_turns_one_half_hour(touched: Week) -> None:
    touched.slot("Sunday 08:00").tap()
    touched.sees_hours("10")
    touched.slot("Sunday 08:00").tap()
    touched.sees_hours("9.5")


def test_a_finger_chooses_after_a_long_press_and_scrolls_before(touched: Week) -> None:
    touched.slot("Saturday 12:00").scroll_into_view_if_needed()
    finger = Finger(touched.page)
    finger.down(*touched.middle("Saturday 12:00"))
    touched.page.clock.run_for(LONG_PRESS)
    finger.move(*touched.middle("Saturday 13:00"))
    finger.up()
    touched.sees_hours("11")
    finger.down(*touched.middle("Sunday 12:00"))
    finger.move(*touched.middle("Sunday 11:00"))
    finger.up()
    touched.sees_hours("11")


class Finger:
    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", [{"x": x, "y": y}])

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", [{"x": x, "y": y}])

    def up(self) -> None:
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_half_hours_are_large_enough_for_a_finger_at_320_pixels(touched: Week) -> None:
    sizes: list[list[float]] = touched.root.locator("table").first.evaluate(SIZES)
    assert len(sizes) == 7 * 36  # from 06:00 to 24:00
    assert min(min(size) for size in sizes) >= SMALLEST_TARGET


SIZES = """table => [...table.querySelectorAll(".slot")].map(slot => {
    const box = slot.getBoundingClientRect();
    return [box.width, box.height];
})"""


def test_the_page_of_a_job_tells_how_far_it_is_and_goes_on_when_it_is_done(
    browser: Browser, demo: Demo
) -> None:
    news = [
        {"state": "running", "percent": 70, "message": "Almost there"},
        {"state": "done", "percent": 100, "message": "", "done_url": "/the-result"},
    ]
    with visiting(browser, demo) as visit:
        page = watched_job(visit.context.new_page(), demo, news)
        expect(page.locator(".job").nth(1).get_by_role("status")).to_have_text(
            "Finding the best pairs for all."
        )
        page.clock.run_for(1000)
        expect(page.locator(".job").nth(1).get_by_role("status")).to_have_text("Almost there")
        expect(page.locator(".job").nth(1).get_by_role("progressbar")).to_have_js_property("value", 70)
        page.clock.run_for(1000)
        page.wait_for_url("**/the-result")


def test_the_page_of_a_job_never_leaves_the_tool(browser: Browser, demo: Demo) -> None:
    news = [{"state": "done", "percent": 100, "message": "", "done_url": "https://elsewhere.example/"}]
    with visiting(browser, demo) as visit:
        page = watched_job(visit.context.new_page(), demo, news)
        with page.expect_navigation():
            page.clock.run_for(1000)
        assert page.url == f"{demo.tool_url}/styleguide"


def test_a_lost_connection_is_said_and_the_page_asks_again(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        found = {"state": "running", "percent": 70, "message": "Almost there"}
        page = watched_job(visit.context.new_page(), demo, [None, found])
        page.clock.run_for(1000)
        words = page.locator(".job").nth(1).get_by_role("status")
        expect(words).to_contain_text("The connection is lost.")
        page.clock.run_for(2000)
        expect(words).to_have_text("Almost there")


def watched_job(page: Page, demo: Demo, news: Sequence[dict[str, Any] | None]) -> Page:
    """The running job of the page of parts, made to ask; each answer is told once, None is no answer."""
    left = iter(news)

    def with_address(route: Route) -> None:
        answer = route.fetch()
        running = 'data-job-state="running"'
        assert answer.text().count(running) == 1
        body = answer.text().replace(running, f'{running} data-status-url="/status-of-the-job"')
        route.fulfill(response=answer, body=body)

    def tell(route: Route) -> None:
        told = next(left)
        if told is None:
            route.abort()
        else:
            route.fulfill(json=told)

    page.route("**/styleguide", with_address, times=1)
    page.route("**/status-of-the-job", tell)
    page.route("**/the-result", lambda route: route.fulfill(body="The result", content_type="text/html"))
    stop_clock(page)
    page.goto(f"{demo.tool_url}/styleguide")
    return page


def stop_clock(page: Page) -> None:
    """From now on the timers of pages wait until the test moves their clock on."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def test_the_frame_in_the_lms_grows_and_shrinks_with_the_page(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.course_page("Bo Lindström")
        page.evaluate(NOTE_MESSAGES)
        page.get_by_role("button", name=LINK, exact=True).click()
        tool = tool_frame(page)
        expect(tool.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT)
        tool.get_by_role("link", name="Me", exact=True).press("Enter")
        tool.get_by_role("link", name="Change times and zone").press("Enter")
        night = tool.get_by_text("Night, 00:00 to 06:00")
        expect(night).to_be_visible(timeout=WAIT)
        by_day = fits(page)
        night.press("Enter")
        expect(tool.get_by_label("Monday 00:00")).to_be_visible()
        assert fits(page) > by_day
        night.press("Enter")
        expect(tool.get_by_label("Monday 00:00")).to_be_hidden()
        assert fits(page) == by_day
        told: list[dict[str, Any]] = page.evaluate("window.messagesOfTheTool")
        assert {tuple(sorted(message)) for message in told} == {("height", "subject")}
        assert {message["subject"] for message in told} == {"lti.frameResize"}


NOTE_MESSAGES = """() => {
    window.messagesOfTheTool = [];
    window.addEventListener("message", event => window.messagesOfTheTool.push(event.data));
}"""


def test_a_page_in_a_tab_of_its_own_tells_nobody_its_height(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.context.new_page()
        page.add_init_script(f"({NOTE_MESSAGES})()")
        page.goto(f"{demo.tool_url}/styleguide")
        expect(page.locator("[data-week-tools]").first).to_be_visible()  # the scripts have run
        assert page.evaluate("window.messagesOfTheTool") == []


def tool_frame(page: Page) -> Frame:
    found = page.frame(name="tool-frame")
    assert found is not None
    return found


def fits(page: Page) -> int:
    """Wait until the frame is as high as the page in it, which then needs no scroll bar; that height."""
    body = tool_frame(page).locator("body")
    needed: int = body.evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    expect(page.locator("#tool-frame")).to_have_attribute("height", str(needed), timeout=WAIT)
    return needed
