"""Calls to the outside: bounded, and never into the network that the tool stands in."""

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from urllib3.util import connection as urllib3_connection

from lti_tool import outgoing
from lti_tool.settings import Settings

INTERNAL = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "2001:db8::1",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"]


def make_settings(**others: Any) -> Settings:
    values: dict[str, Any] = {
        "public_url": "https://tool.example",
        "secret_key": "s" * 40,
        "encryption_key": Fernet.generate_key().decode(),
    }
    return Settings(**(values | others))


@pytest.fixture
def guarded() -> Iterator[requests.Session]:
    with outgoing.http(make_settings()) as http:
        yield http


@pytest.fixture
def open_to_loopback() -> Iterator[requests.Session]:
    with outgoing.http(make_settings(allow_loopback=True)) as http:
        yield http


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@127.0.0.1/",
    ],
)
def test_an_internal_host_is_not_called(
    guarded: requests.Session, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(urllib3_connection, "create_connection", _never)
    with pytest.raises(outgoing.Refused):
        guarded.get(url)


def _never(*_arguments: Any, **_options: Any) -> Any:
    raise AssertionError("connected")


@pytest.mark.parametrize("url", ["http://lms.example/", "HTTP://lms.example/"])
def test_only_https_is_called(guarded: requests.Session, url: str) -> None:
    with pytest.raises(outgoing.Refused):
        guarded.get(url)


def resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make each look-up give the next answer; the last one for ever. Gives the list of names looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_rest: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_that_also_means_an_internal_address_is_not_called(
    guarded: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving_to(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    monkeypatch.setattr(urllib3_connection, "create_connection", _never)
    with pytest.raises(outgoing.Refused):
        guarded.get("https://lms.example/")


def test_the_address_that_was_checked_is_the_one_connected_to(
    guarded: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving_to(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, *_rest: Any, **_options: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(urllib3_connection, "create_connection", connect)
    with pytest.raises(requests.ConnectionError):
        guarded.get("https://lms.example:8443/")
    assert connected == [("93.184.216.34", 8443)]
    assert asked == ["lms.example"]


def test_a_name_that_nobody_knows_is_a_broken_connection(
    guarded: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_arguments: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(requests.ConnectionError):
        guarded.get("https://lms.example/")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/landed")
            self.end_headers()
            return
        body, headers = self._body()
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            return  # the other side has heard enough

    def _body(self) -> tuple[bytes, dict[str, str]]:
        if self.path == "/agent":
            return self.headers["User-Agent"].encode(), {}
        if self.path == "/bomb":
            return gzip.compress(b"0" * (20 * 1024 * 1024)), {"Content-Encoding": "gzip"}
        if self.path == "/large":
            return b"0" * (6 * 1024 * 1024), {}
        return b"landed", {}

    def log_message(self, *_arguments: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_the_tool_says_who_it_is(open_to_loopback: requests.Session, server: str) -> None:
    assert open_to_loopback.get(f"{server}/agent").text.startswith("PeerMentor/")


def test_redirects_are_not_followed(open_to_loopback: requests.Session, server: str) -> None:
    answer = open_to_loopback.get(f"{server}/redirect", allow_redirects=True)
    assert (answer.status_code, answer.history) == (302, [])


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_an_answer_that_is_too_large_is_not_taken(
    open_to_loopback: requests.Session, server: str, path: str
) -> None:
    with pytest.raises(outgoing.Refused):
        open_to_loopback.get(f"{server}{path}")


def test_proxies_of_the_environment_are_not_used(
    open_to_loopback: requests.Session, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert open_to_loopback.get(f"{server}/x").text == "landed"


def test_every_call_has_a_time_limit(guarded: requests.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[Any] = []

    def send(_self: Any, _request: Any, **options: Any) -> Any:
        limits.append(options["timeout"])
        raise requests.ConnectionError

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    for given in (None, 3):
        with pytest.raises(requests.ConnectionError):
            guarded.get("https://lms.example/", timeout=given)
    assert limits == [(5.0, 10.0), 3]
