"""Two people in one browser stay apart, and nothing happens twice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.demo import Demo
from tests.browser.visit import Visit, field, tick, visiting

pytestmark = pytest.mark.browser
LEARNER, OTHER, MENTOR = "José María Peña Ibáñez", "Bo Lindström", "Ọláwálé Adébáyọ̀"
ZONE = "America/Mexico_City"
OTHER_TIME = "Another time, which I give below"
TEACHER_ELSEWHERE = "Henrik Dahl"


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_two_courses_in_two_tabs_hold_two_people_apart(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        learner = visit.enter(LEARNER)
        teacher = visit.enter(TEACHER_ELSEWHERE, "STA200")
        for _visit in range(2):
            learner.reload()
            expect(heading(learner)).to_have_text(f"Hello, {LEARNER}")
            teacher.reload()
            expect(heading(teacher)).to_have_text("Peer mentoring in this course")
            expect(teacher.get_by_role("banner")).to_contain_text("Applied statistics")


def test_what_one_person_sees_is_closed_to_the_other_course(browser: Browser, demo: Demo) -> None:
    visit = Visit(browser, demo)
    teacher = visit.enter(TEACHER_ELSEWHERE, "STA200")
    answer = teacher.goto(f"{demo.tool_url}/courses/1/")
    assert answer is not None
    assert answer.status == 401
    visit.context.close()


def test_entering_as_another_person_replaces_the_first_in_that_course(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        first = visit.enter(LEARNER)
        expect(heading(first)).to_have_text(f"Hello, {LEARNER}")
        second = visit.enter(OTHER)
        expect(heading(second)).to_have_text(f"Hello, {OTHER}")
        first.reload()
        expect(heading(first)).to_have_text(f"Hello, {OTHER}")
        expect(first.get_by_text(LEARNER)).to_have_count(0)


def test_a_page_of_the_person_before_is_closed_to_the_next_one(browser: Browser, demo: Demo) -> None:
    visit = Visit(browser, demo)
    first = visit.enter(LEARNER)
    first.get_by_role("link", name=MENTOR).first.click()
    expect(heading(first)).to_have_text(f"You and {MENTOR}")
    visit.enter(OTHER)
    answer = first.reload()
    assert answer is not None
    assert answer.status in (403, 404)
    expect(first.get_by_text(MENTOR)).to_have_count(0)
    visit.context.close()


def test_going_back_after_booking_and_sending_again_books_one_session(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.enter(LEARNER)
        before = number_of_sessions(page)
        fill_booking(page, days_ago=2)
        page.get_by_role("button", name="Book the session").click()
        expect(heading(page)).to_have_text(f"Session with {MENTOR}")
        booked = page.url
        page.go_back()
        expect(heading(page)).to_have_text(f"Meet {MENTOR}")
        page.go_forward()
        expect(heading(page)).to_have_text(f"Session with {MENTOR}")
        assert number_of_sessions(page) == before + 1
        fill_booking(page, days_ago=2)
        page.get_by_role("button", name="Book the session").click()
        expect(heading(page)).to_have_text(f"Session with {MENTOR}")
        assert page.url == booked
        assert number_of_sessions(page) == before + 1


def test_a_double_click_books_one_session(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.enter(LEARNER)
        before = number_of_sessions(page)
        fill_booking(page, days_ago=3)
        page.get_by_role("button", name="Book the session").dblclick()
        expect(heading(page)).to_have_text(f"Session with {MENTOR}")
        assert number_of_sessions(page) == before + 1


def test_the_same_form_sent_twice_at_once_books_one_session(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.enter(LEARNER)
        before = number_of_sessions(page)
        fill_booking(page, days_ago=4)
        landed = page.locator("main form").evaluate(SEND_TWICE)
        assert len(set(landed)) == 1, landed
        assert "/sessions/" in landed[0]
        page.goto(landed[0])
        assert number_of_sessions(page) == before + 1


SEND_TWICE = """form => {
    const send = () => fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form))});
    return Promise.all([send(), send()]).then(answers => answers.map(answer => answer.url));
}"""


def number_of_sessions(page: Page) -> int:
    """As the page of the pair lists them; the tab goes there."""
    open_pair(page)
    return page.locator(".timeline a[href*='/sessions/']").count()


def open_pair(page: Page) -> None:
    page.get_by_role("link", name="Home", exact=True).click()
    page.locator(".person").get_by_role("link", name=MENTOR).click()
    expect(heading(page)).to_have_text(f"You and {MENTOR}")


def fill_booking(page: Page, *, days_ago: int) -> None:
    open_pair(page)
    page.goto(f"{page.url}/book")
    day = datetime.now(ZoneInfo(ZONE)) - timedelta(days=days_ago)
    if page.get_by_label(OTHER_TIME).count():  # else nothing is proposed
        tick(page, OTHER_TIME)
    field(page, "Date").fill(day.strftime("%Y-%m-%d"))
    field(page, "Time").fill("11:00")
