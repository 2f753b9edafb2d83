"""`peer-mentor demo`: one command, three processes, a course full of people; Ctrl-C ends all of it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.integration.sandbox.walker import Walker
from tests.ports import free_port

PEER_MENTOR = Path(sys.executable).parent / "peer-mentor"
START_SECONDS = 90


@dataclass
class Running:
    folder: Path
    tool_url: str
    lms_url: str
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("demo")
    tool, lms = free_port(), free_port()
    environment = os.environ | {"DEMO_TOOL_PORT": str(tool), "DEMO_LMS_PORT": str(lms)}
    process = subprocess.Popen(
        [PEER_MENTOR, "demo"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that a Ctrl-C can be given to it and its processes, as a terminal does
        # Whoever runs the tests in the background of a script has Ctrl-C ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    running = Running(folder, f"http://localhost:{tool}", f"http://127.0.0.1:{lms}", process)
    await_page(f"{running.lms_url}/", process)
    await_page(f"{running.tool_url}/readyz", process)
    yield running
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def await_page(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            assert requests.get(url, timeout=5).status_code == 200
        except requests.ConnectionError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def count(demo: Running, query: str) -> int:
    with closing(sqlite3.connect(demo.folder / "var" / "demo" / "peer-mentor.db")) as database:
        return int(database.execute(query).fetchone()[0])


def test_the_course_has_24_learners_an_instructor_and_two_experts(demo: Running) -> None:
    assert count(demo, "SELECT count(*) FROM member WHERE role = 'learner'") == 24
    assert count(demo, "SELECT count(*) FROM member WHERE role = 'instructor'") == 1
    assert count(demo, "SELECT count(*) FROM member WHERE role = 'assistant'") == 2
    assert count(demo, "SELECT count(DISTINCT timezone) FROM person") > 12


def test_one_cohort_is_in_mid_life_and_one_about_to_start(demo: Running) -> None:
    began = "SELECT count(*) FROM cohort WHERE starts_on {} date('now') AND ends_on > date('now')"
    assert count(demo, began.format("<")) == 1
    assert count(demo, began.format(">")) == 1
    assert count(demo, "SELECT count(*) FROM session WHERE held_at IS NOT NULL") > 10
    assert count(demo, "SELECT count(*) FROM review") >= 1
    assert count(demo, "SELECT count(*) FROM scenario_left_out") >= 1
    joined = (
        "SELECT count(*) FROM participant JOIN cohort ON cohort.id = cohort_id WHERE starts_on > date('now')"
    )
    assert count(demo, joined) >= 8


def test_the_points_of_the_past_reach_the_gradebook_of_the_lms(demo: Running) -> None:
    deadline = time.monotonic() + 120
    while count(demo, "SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased')"):
        assert time.monotonic() < deadline, "the worker has not delivered"
        time.sleep(0.5)
    assert count(demo, "SELECT count(*) FROM delivery WHERE state = 'dead'") == 0
    page = requests.get(f"{demo.lms_url}/courses/BIO101/gradebook", timeout=10).text
    assert page.count("data-grade") >= count(demo, "SELECT count(*) FROM grade")


def test_a_learner_gets_in_from_the_course(demo: Running) -> None:
    with Walker(demo.lms_url) as walker:
        walker.enter("BIO101", "learner-01")
        answer = walker.launch("BIO101", "Find a peer mentor")
    assert answer.status_code == 200
    assert "Hello, Ana Souza" in answer.text


def test_a_second_demo_says_that_the_port_is_taken(demo: Running, tmp_path: Path) -> None:
    taken = demo.lms_url.rsplit(":", 1)[1]
    environment = os.environ | {"DEMO_TOOL_PORT": str(free_port()), "DEMO_LMS_PORT": taken}
    second = subprocess.run(
        [PEER_MENTOR, "demo"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert second.stderr.strip() == (
        f"Port {taken} is in use. Set DEMO_LMS_PORT to another one, or end what listens there."
    )


def test_ctrl_c_ends_everything_without_noise(demo: Running) -> None:
    os.killpg(demo.process.pid, signal.SIGINT)
    said, _nothing = demo.process.communicate(timeout=60)
    assert demo.process.returncode == 0, said
    assert "The demo has ended." in said
    assert "Traceback" not in said
    for url in (demo.lms_url, demo.tool_url):
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)
