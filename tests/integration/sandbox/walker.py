"""A person at the sandbox LMS, without a browser: walks its forms with `requests`."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urljoin

import requests
from requests.cookies import RequestsCookieJar

TIMEOUT = 20  # seconds


@dataclass
class Form:
    action: str
    method: str = "get"
    target: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    label: str = ""
    """The text of its button."""


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False
        self._in_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = values.get("method", "get").lower()
            self.forms.append(Form(values.get("action", ""), method, values.get("target", "")))
            self._inside = True
        elif tag == "input" and self._inside and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "button":
            self._in_button = self._inside

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "button":
            self._in_button = False

    def handle_data(self, data: str) -> None:
        if self._in_button:
            self.forms[-1].label += data


def forms_of(page: requests.Response) -> list[Form]:
    reader = _FormReader()
    reader.feed(page.text)
    for form in reader.forms:
        form.action = urljoin(page.url, form.action)
        form.label = form.label.strip()
    return reader.forms


class LoopbackCookies(RequestsCookieJar):
    """Sends `Secure` cookies over http too, as browsers do to loopback hosts."""

    def set_cookie(self, cookie: Cookie, *args: Any, **rest: Any) -> None:
        cookie.secure = False
        super().set_cookie(cookie, *args, **rest)


class Walker:
    """One browser's cookies, entered as one person at a time."""

    def __init__(self, lms_url: str) -> None:
        self.lms_url = lms_url
        self.http = requests.Session()
        self.http.cookies = LoopbackCookies()

    def __enter__(self) -> "Walker":
        return self

    def __exit__(self, *exception: object) -> None:
        self.http.close()

    def enter(self, course: str, person: str) -> requests.Response:
        """Enters the LMS as this person; the course page."""
        address = f"{self.lms_url}/courses/{course}/enter"
        return self.http.post(address, data={"person": person}, timeout=TIMEOUT)

    def course_form(self, course: str, label: str, target: str = "tool-frame") -> Form:
        """The form on the course page whose button says ``label``."""
        page = self.http.get(f"{self.lms_url}/courses/{course}", timeout=TIMEOUT)
        return next(form for form in forms_of(page) if (form.label, form.target) == (label, target))

    def submit(self, form: Form) -> requests.Response:
        return self.http.request(form.method, form.action, data=form.fields, timeout=TIMEOUT)

    def initiate(self, course: str, label: str) -> Form:
        """Opens an activity as far as the platform's answer: the form with id_token or error for the tool."""
        return forms_of(self.submit(self.course_form(course, label)))[0]

    def launch(self, course: str, label: str) -> requests.Response:
        """Opens an activity; the tool's page."""
        return self.submit(self.initiate(course, label))
