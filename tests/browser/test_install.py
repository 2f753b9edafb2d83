"""From an invite to the first cohort in under ten clicks, in the browser of an administrator."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.page_check import findings
from tests.browser.person import WAIT
from tests.browser.stack import Stack, running

pytestmark = pytest.mark.browser
MOST_CLICKS = 9


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("install"), None) as started:
        yield started


class Clicks:
    """Counts every click of the way."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, button: Locator) -> None:
        button.click()
        self.number += 1


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 900}, locale="en-US")
    context.set_default_timeout(WAIT)
    yield context.new_page()
    context.close()


def begin(page: Page, stack: Stack, click: Clicks) -> None:
    """The administrator pastes an invite; the tool's page opens in the frame."""
    page.goto(f"{stack.lms_url}/tools")
    click(page.get_by_role("button", name="Dana Whitfield"))
    page.get_by_label("Registration address").fill(stack.command("platform", "invite").strip())
    click(page.get_by_role("button", name="Install"))


def test_an_administrator_installs_from_an_invite_in_under_ten_clicks(page: Page, stack: Stack) -> None:
    click = Clicks()
    begin(page, stack, click)
    tool = page.frame_locator("#registration")
    click(tool.get_by_role("button", name="Connect"))
    click(tool.get_by_role("link", name="Close this page"))
    click(page.get_by_role("button", name="Activate"))
    page.get_by_label("Course").select_option(label="Applied statistics")
    click(page.get_by_role("button", name="Put it into the course"))
    click(page.get_by_role("button", name="Henrik Dahl"))
    click(page.get_by_role("button", name="Find a peer mentor (installed)"))
    opened = page.frame_locator("#tool-frame")
    heading = opened.get_by_role("heading", level=1)
    expect(heading).to_have_text("Peer mentoring in this course", timeout=WAIT)
    expect(opened.get_by_text("Create your first cohort")).to_be_visible()
    assert click.number <= MOST_CLICKS


def test_both_pages_are_accessible_and_a_used_invite_says_so(page: Page, stack: Stack) -> None:
    begin(page, stack, Clicks())
    address = page.locator("#registration").get_attribute("src")
    assert address is not None
    alone = page.context.new_page()
    alone.goto(address)
    assert findings(alone) == []
    alone.get_by_role("button", name="Connect").click()
    alone.get_by_role("link", name="Close this page").wait_for()
    assert findings(alone) == []
    answer = alone.goto(address)
    assert answer is not None
    assert answer.status == 410
    expect(alone.locator("main")).to_have_attribute("data-error-code", "invite-used")
    assert findings(alone) == []
    page.goto(f"{stack.lms_url}/tools")
    assert findings(page, most_primary=None) == []


def test_without_script_the_links_lead_on(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, stack, Clicks())
    tool = page.frame_locator("#registration")
    tool.get_by_role("button", name="Connect").click()
    tool.get_by_role("link", name="Close this page").click()
    page.wait_for_url(f"{stack.lms_url}/")
    context.close()
