"""In a browser: a course is copied and its teacher takes over the set-up; a review from the gradebook."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import Demo
from tests.browser.person import WAIT
from tests.browser.visit import Visit, visiting

pytestmark = pytest.mark.browser
TEACHER, LEARNER = "Ingrid Ferreira", "Ana Souza"


def test_a_copied_course_offers_the_set_up_without_the_people(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        page = visit.course_page(TEACHER)
        page.get_by_role("button", name="Copy this course").click()
        page.wait_for_url(re.compile(r"/courses/BIO101-\d+\?told="))
        tool = visit.open_tab(page)
        offer = tool.get_by_text("“Winter study partners” ran in Cell biology and statistics")
        expect(offer).to_be_visible(timeout=WAIT)
        tool.get_by_role("button", name="Copy the set-up").first.click()
        expect(tool.get_by_label("Name of the cohort")).to_have_value("Winter study partners")
        expect(tool.get_by_role("textbox", name="Topic 1")).to_have_value("Exam preparation")


def test_a_review_in_the_gradebook_opens_that_learners_participation(browser: Browser, demo: Demo) -> None:
    with visiting(browser, demo) as visit:
        tab = review(visit, visit.course_page(TEACHER))
        expect(tab.get_by_role("heading", level=1)).to_contain_text(LEARNER, timeout=WAIT)


def review(visit: Visit, page: Page) -> Page:
    page.get_by_role("link", name="Gradebook").click()
    button = page.get_by_role("button", name=f"Review {LEARNER} in Find a peer mentor")
    with page.expect_popup() as opened:
        button.click()
    tab = opened.value
    tab.wait_for_url(f"{visit.demo.tool_url}/courses/**")
    return tab
