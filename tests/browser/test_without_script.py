"""The main job in browsers without JavaScript: every page is whole without it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import Demo
from tests.browser.person import WAIT
from tests.browser.visit import field, tick, visiting

pytestmark = pytest.mark.browser
# The demo's other course, in which nobody has done anything yet.
COURSE, TEACHER, MENTEE, MENTOR = "STA200", "Henrik Dahl", "Inês Carvalho", "Rahul Mehta"
COHORT, TOPIC = "Regression partners", "Reading regressions"
TIMES = [
    f"{day} {hour}:{half}" for day in ("Monday", "Thursday") for hour in (14, 15) for half in ("00", "30")
]


def test_from_a_new_cohort_to_a_confirmed_session_without_script(browser: Browser, demo: Demo) -> None:
    create_cohort(browser, demo)
    join(browser, demo, MENTEE, "Find a mentor", "I want to learn it", "Most of all")
    join(browser, demo, MENTOR, "Be a mentor", "I can help with it", "I know it well")
    match_and_publish(browser, demo)
    book_a_time_to_come(browser, demo)
    note_a_past_session(browser, demo)
    confirm(browser, demo)


def test_a_form_with_mistakes_comes_back_with_what_was_typed(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter("Ingrid Ferreira")
        page.get_by_role("link", name="Create a cohort").click()
        field(page, "Name of the cohort").fill("Kept words")
        field(page, "Last day").fill("")
        page.get_by_role("button", name="Create the cohort").click()
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Choose the last day.")
        expect(field(page, "Name of the cohort")).to_have_value("Kept words")
        summary.get_by_role("link", name="Last day").click()
        expect(page).to_have_url(re.compile("#ends_on$"))
        expect(field(page, "Last day")).to_be_in_viewport()


def create_cohort(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(TEACHER, COURSE)
        page.get_by_role("link", name="Create your first cohort").click()
        field(page, "Name of the cohort").fill(COHORT)
        page.get_by_role("textbox", name="Topic 1").fill(TOPIC)
        page.get_by_role("button", name="Create the cohort").click()
        sees_heading(page, COHORT)


def join(browser: Browser, demo: Demo, name: str, role: str, question: str, answer: str) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(name, COURSE)
        sees_heading(page, "Find a peer mentor")
        tick(page, role)
        tick(page, "I have read this, and I want to take part")
        page.get_by_role("button", name="Take part").click()
        sees_heading(page, "Your topics")
        page.get_by_role("group", name=TOPIC).get_by_label(question).select_option(label=answer)
        speak_english(page)
        page.get_by_role("button", name="Go on to your times").click()
        sees_heading(page, "Your free times")
        expect(page.get_by_role("button", name="Copy Monday to weekdays")).to_be_hidden()  # needs a script
        page.get_by_label("Your time zone").select_option("Europe/Lisbon")
        for time in TIMES:
            page.get_by_label(time, exact=True).check()
        page.get_by_role("button", name="Finish").click()
        sees_heading(page, f"Hello, {name}")


def speak_english(page: Page) -> None:
    if not page.get_by_label("English", exact=True).is_visible():
        page.get_by_text("Choose more languages").click()
    tick(page, "English")


def match_and_publish(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(TEACHER, COURSE)
        page.get_by_role("link", name=COHORT).click()
        page.get_by_role("link", name="Matching", exact=True).click()
        page.get_by_role("button", name="Start matching").click()
        # The job's page asks again by itself until there is a proposal to go on to.
        sees_heading(page, "Round 1")
        page.get_by_role("button", name="Publish 1 pair").click()
        expect(page.get_by_text("Published on").first).to_be_visible()


def book_a_time_to_come(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(MENTEE, COURSE)
        page.get_by_role("link", name="Book the first session").click()
        sees_heading(page, f"Meet {MENTOR}")
        page.get_by_role("group", name="When?").get_by_role("radio").first.check()
        page.get_by_role("button", name="Book the session").click()
        sees_heading(page, f"Session with {MENTOR}")
        expect(page.get_by_role("link", name="Save to my calendar")).to_be_visible()


def note_a_past_session(browser: Browser, demo: Demo) -> None:
    yesterday = datetime.now(ZoneInfo("Europe/Lisbon")) - timedelta(days=1)
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(MENTEE, COURSE)
        page.get_by_role("link", name=MENTOR).first.click()
        page.goto(f"{page.url}/book")
        tick(page, "Another time, which I give below")
        field(page, "Date").fill(yesterday.strftime("%Y-%m-%d"))
        field(page, "Time").fill("14:00")
        page.get_by_role("button", name="Book the session").click()
        page.get_by_role("button", name="Confirm we met").click()
        expect(page.get_by_text(f"{MENTOR} is asked too").first).to_be_visible()


def confirm(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo, script=False) as visit:
        page = visit.enter(MENTOR, COURSE)
        page.get_by_role("link", name="Say whether you met").click()
        page.get_by_role("button", name="Confirm we met").click()
        expect(page.get_by_text("You both confirmed that you met. It counts.")).to_be_visible()


def sees_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=WAIT)
