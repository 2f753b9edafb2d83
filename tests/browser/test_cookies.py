"""The tool in a frame of another site, in a browser that has done away with third-party cookies."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.demo import Demo
from tests.browser.person import WAIT
from tests.browser.visit import LINK, Visit, visiting

pytestmark = pytest.mark.browser
LEARNER = "Bo Lindström"
ATTRIBUTES = {"secure", "httponly", "samesite=none", "partitioned"}


def in_frame(visit: Visit, name: str) -> Page:
    """The course's page with the tool open in its frame."""
    page = visit.course_page(name)
    page.get_by_role("button", name=LINK, exact=True).click()
    heading = page.frame_locator("#tool-frame").get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Hello, {name}", timeout=WAIT)
    return page


def test_the_session_lasts_from_page_to_page_in_the_frame_of_another_site(
    browser: Browser, demo: Demo
) -> None:
    with visiting(browser, demo) as visit:
        tool = in_frame(visit, LEARNER).frame_locator("#tool-frame")
        tool.get_by_role("link", name="Me", exact=True).press("Enter")
        expect(tool.get_by_role("heading", level=1)).to_have_text(LEARNER, timeout=WAIT)


def test_this_browser_keeps_no_third_party_cookie_that_is_not_partitioned(
    browser: Browser, demo: Demo
) -> None:
    """The control of this file: were the browser lenient, its other tests would prove nothing."""
    with framing_page() as address:
        visit = Visit(browser, demo)
        page = visit.context.new_page()
        page.goto(f"{address}/?{address.replace('127.0.0.1', 'localhost')}/")
        expect(page.frame_locator("iframe").locator("iframe")).to_be_attached()
        assert {one.get("name") for one in visit.context.cookies(page.frames[1].url)} == {"apart"}
        visit.context.close()


def test_every_cookie_of_the_tool_is_kept_for_the_lms_alone(browser: Browser, demo: Demo) -> None:
    sent: list[str] = []
    with visiting(browser, demo) as visit:
        visit.context.on("response", lambda answer: sent.extend(_cookies_of(answer, demo)))
        in_frame(visit, LEARNER)
        kept = [one for one in visit.context.cookies() if one.get("domain") == "localhost"]
    assert {line.split("=")[0].split("_")[0] for line in sent} == {"pm", "peer"}
    for line in sent:
        assert {part.strip().lower() for part in line.split(";")} >= ATTRIBUTES, line
    assert {one.get("name") for one in kept} == {"peer_mentor"}
    # Known to Chromium under the site of the LMS: the same tool framed elsewhere begins without it.
    assert {one.get("partitionKey") for one in kept} == {demo.lms_url.rsplit(":", 1)[0]}


def _cookies_of(answer: Response, demo: Demo) -> list[str]:
    if not answer.url.startswith(demo.tool_url):
        return []
    return [one["value"] for one in answer.headers_array() if one["name"].lower() == "set-cookie"]


def test_a_frame_and_a_tab_of_its_own_do_not_share_a_session(browser: Browser, demo: Demo) -> None:
    visit = Visit(browser, demo)
    in_frame(visit, LEARNER)
    tab = visit.context.new_page()
    answer = tab.goto(f"{demo.tool_url}/courses/1/")
    assert answer is not None
    assert answer.status == 401
    visit.context.close()


def test_pages_of_the_tool_may_be_framed_by_the_lms_alone(browser: Browser, demo: Demo) -> None:
    policies: dict[str, str] = {}
    with visiting(browser, demo) as visit:
        visit.context.on("response", lambda answer: policies.update(_policy_of(answer, demo)))
        tool = in_frame(visit, LEARNER).frame_locator("#tool-frame")
        tool.get_by_role("link", name="My participation").press("Enter")
        expect(tool.get_by_role("heading", level=1)).to_have_text("My participation", timeout=WAIT)
    assert len(policies) >= 2
    assert set(policies.values()) == {f"frame-ancestors {demo.lms_url}"}


def _policy_of(answer: Response, demo: Demo) -> dict[str, str]:
    """The rule about frames of a page inside a course."""
    if not answer.url.startswith(f"{demo.tool_url}/courses/"):
        return {}
    rules = answer.headers["content-security-policy"].split(";")
    return {answer.url: next(rule.strip() for rule in rules if "frame-ancestors" in rule)}


def test_another_site_cannot_frame_a_page_of_the_tool(browser: Browser, demo: Demo) -> None:
    """Another port of the LMS's host: the same site, so that the cookie comes along, but another origin."""
    with framing_page() as address:
        visit = Visit(browser, demo)
        home = in_frame(visit, LEARNER).frame(name="tool-frame")
        assert home is not None
        page = visit.context.new_page()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"{address}/?{home.url}")
        framed = page.frames[1]
        expect(page.frame_locator("iframe").get_by_text(LEARNER)).to_have_count(0)
        assert framed.url.startswith("chrome-error:")
        visit.context.close()


def test_the_page_that_tried_to_frame_the_tool_can_frame_what_allows_it(browser: Browser, demo: Demo) -> None:
    """The control of the test before: a page without anybody's session may stand anywhere."""
    with framing_page() as address:
        visit = Visit(browser, demo)
        page = visit.context.new_page()
        page.goto(f"{address}/?{demo.tool_url}/courses/1/")
        heading = page.frame_locator("iframe").get_by_role("heading", level=1)
        expect(heading).to_have_text("Open this from your course")
        visit.context.close()


@contextmanager
def framing_page() -> Iterator[str]:
    """A page with one frame, which holds the address in the page's query; it tries to set two cookies."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Framing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Framing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        framed = self.path.partition("?")[2]
        body = f'<!doctype html><title>Elsewhere</title><iframe src="{framed}"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        for cookie in ("plain=1; Secure; SameSite=None", "apart=1; Secure; SameSite=None; Partitioned"):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nobody reads it."""
