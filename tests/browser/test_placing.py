"""Deep linking in a browser: from "Add content" in the course to a learner in the cohort and its column."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.person import WAIT
from tests.browser.stack import Stack, running
from tests.browser.visit import Visit

TEACHER, LEARNER, COHORT = "Henrik Dahl", "Inês Carvalho", "Proofs together"


@pytest.fixture(scope="module")
def stack(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("placing"), None) as started:
        yield started


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("#tool-frame")


def heading(page: Page, text: str) -> None:
    expect(frame(page).get_by_role("heading", level=1)).to_have_text(text, timeout=WAIT)


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_cohort_made_on_the_way_is_placed_and_a_learner_lands_in_it(browser: Browser, stack: Stack) -> None:
    visit = Visit(browser, stack)
    page = visit.course_page(TEACHER, "STA200")
    page.get_by_role("button", name="Add content from Peer Mentor").click()
    heading(page, "Add peer mentoring to your course")
    frame(page).get_by_role("link", name="Create a cohort", exact=True).press("Enter")
    heading(page, "Create a cohort")
    frame(page).get_by_label("Name of the cohort").fill(COHORT)
    frame(page).get_by_role("textbox", name="Topic 1").fill("Proofs")
    frame(page).get_by_role("button", name="Create the cohort").press("Enter")
    heading(page, "Add peer mentoring to your course")
    expect(frame(page).get_by_label(COHORT)).to_be_checked()
    frame(page).get_by_role("button", name="Add to the course").press("Enter")
    heading(page, "Back in Applied statistics")
    expect(frame(page).get_by_text("Added to the course: 1 activity.")).to_be_visible()
    the_learner_lands_in_it(browser, stack)
    gradebook = visit.context.new_page()
    gradebook.goto(f"{stack.lms_url}/courses/STA200/gradebook")
    expect(gradebook.get_by_role("columnheader", name=re.compile(COHORT))).to_contain_text("of 100")
    assert visit.faults == []
    visit.context.close()


def the_learner_lands_in_it(browser: Browser, stack: Stack) -> None:
    visit = Visit(browser, stack)
    page = visit.course_page(LEARNER, "STA200")
    page.get_by_role("button", name=COHORT, exact=True).click()
    expect(frame(page).get_by_role("banner")).to_contain_text(COHORT, timeout=WAIT)
    heading(page, "Find a peer mentor")
    visit.context.close()
