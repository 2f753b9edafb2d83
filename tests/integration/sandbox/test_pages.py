"""The pages for people: what they refuse, what they say, and what a browser may load with them."""

from html.parser import HTMLParser

import pytest
import requests

from lti_tool.sandbox import SandboxServer
from tests.integration.sandbox.walker import Walker, forms_of


class _Inline(HTMLParser):
    """Collects what the content security policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/courses/C1",
        "/courses/C1/gradebook",
        "/courses/C1/returned",
        "/faults",
        "/record-store",
        "/empty-frame",
        "/tools",
    ],
)
def test_pages_hold_nothing_inline_and_may_be_framed_by_the_lms_alone(walker: Walker, path: str) -> None:
    walker.enter("C1", "tess")
    answer = walker.http.get(f"{walker.lms_url}{path}", timeout=20)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    reader = _Inline()
    reader.feed(answer.text)
    assert reader.found == []


def test_an_unknown_course_is_a_page_that_says_so(walker: Walker) -> None:
    answer = walker.http.get(f"{walker.lms_url}/courses/NOPE", timeout=20)
    assert answer.status_code == 404
    assert "There is no such course" in answer.text


def test_an_unknown_person_cannot_enter(walker: Walker) -> None:
    assert walker.enter("C1", "nobody").status_code == 400


def test_another_sites_form_enters_nobody(lms: SandboxServer) -> None:
    answer = requests.post(
        f"{lms.url}/courses/C1/enter",
        data={"person": "ana"},
        headers={"Origin": "https://evil.example"},
        timeout=20,
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_who_leaves_has_left(walker: Walker) -> None:
    walker.enter("C1", "ana")
    leave = next(form for form in forms_of(walker.enter("C1", "ana")) if form.label == "Leave")
    walker.submit(leave)
    page = walker.http.get(f"{walker.lms_url}/courses/C1", timeout=20)
    assert not [form for form in forms_of(page) if form.target]


def test_a_tools_words_are_shown_as_text(walker: Walker) -> None:
    words = {"lti_msg": "<i>Saved</i>", "lti_errormsg": "<b>Not saved</b>"}
    page = walker.http.get(f"{walker.lms_url}/courses/C1/returned", params=words, timeout=20)
    assert "&lt;i&gt;Saved" in page.text
    assert "&lt;b&gt;Not saved" in page.text
