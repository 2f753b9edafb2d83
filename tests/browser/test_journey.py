"""The main job, from the click in the course to the gradebook and the record store.

The LMS and the tool are different sites, and the browser keeps third-party cookies apart. Everything is
done as people do it: by what they read on the pages.
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests import lrs
from tests.browser.person import WAIT, Person
from tests.browser.stack import Stack, running

TEACHER, EXPERT = "Ingrid Ferreira", "Tomasz Ndiaye"
MENTEE, MENTOR, LEFT_OUT = "Ana Souza", "Bo Lindström", "Łukasz Wiśniewski"
COHORT = "Spring mentoring"
EVENINGS = [f"{day} {hour}:00" for day in ("Monday", "Tuesday", "Wednesday") for hour in (17, 18, 19)]
AFTERNOONS = [f"{day} {hour}:00" for day in ("Monday", "Tuesday", "Wednesday") for hour in (13, 14, 15)]


@pytest.fixture(scope="module")
def store(record_store: lrs.RecordStore) -> lrs.RecordStore:
    return record_store


@pytest.fixture(scope="module")
def stack(store: lrs.RecordStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack"), store.endpoint) as started:
        yield started


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.timeout(600)
def test_from_the_click_in_the_course_to_gradebook_and_record_store(
    browser: Browser, stack: Stack, store: lrs.RecordStore
) -> None:
    create_cohort(browser, stack)
    name_expert(browser, stack)
    join(browser, stack, MENTEE, "Find a mentor", wants="Most of all", times=AFTERNOONS)
    join(browser, stack, MENTOR, "Be a mentor", offers="I know it well", times=EVENINGS)
    join(
        browser,
        stack,
        LEFT_OUT,
        "Find a mentor",
        wants="A little",
        times=["Saturday 07:00", "Saturday 07:30"],
    )
    match_and_publish(browser, stack)
    both_see_each_other(browser, stack)
    book_a_session(browser, stack)
    confirm(browser, stack, MENTOR)
    sign_checkpoint(browser, stack)
    score_arrives(browser, stack)
    receipt_is_shown(browser, stack)
    report_shows_the_measure(browser, stack)
    statements_arrive_once(stack, store)


def create_cohort(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, TEACHER) as teacher:
        teacher.tool.get_by_text("Create a cohort").or_(
            teacher.tool.get_by_text("Create your first cohort")
        ).first.click()
        teacher.sees_heading("Create a cohort")
        teacher.fill("Name of the cohort", COHORT)
        teacher.tool.get_by_role("textbox", name="Topic 1").fill("Statistics")
        teacher.tool.get_by_label(re.compile("^Risk")).first.select_option(label="High")
        teacher.tool.get_by_role("textbox", name="Topic 2").fill("Writing")
        teacher.fill("Sessions for full points", "4")
        teacher.click("Create the cohort")
        teacher.sees_heading(COHORT)
        # The worker reads the course list in the background: 24 learners and their teachers.
        read = teacher.tool.get_by_text("people, read on").first
        for _attempt in range(40):
            if read.is_visible():
                break
            time.sleep(0.5)
            teacher.follow("Cohort")
            teacher.sees_heading(COHORT)
        expect(read).to_contain_text("27 people")


def name_expert(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, TEACHER) as teacher:
        open_cohort(teacher)
        teacher.follow("Experts")
        teacher.choose("Who?", EXPERT)
        teacher.tick("Statistics")
        teacher.click("Name as expert")
        teacher.sees("Named so far")


def open_cohort(teacher: Person) -> None:
    teacher.sees_heading("Peer mentoring in this course")
    teacher.follow(COHORT)
    teacher.sees_heading(COHORT)


def join(
    browser: Browser,
    stack: Stack,
    name: str,
    role: str,
    times: list[str],
    *,
    wants: str | None = None,
    offers: str | None = None,
) -> None:
    """Three steps: consent, topics, free times; the zone is the person's own, as the LMS says it."""
    with Person(browser, stack.lms_url, name) as learner:
        learner.sees_heading("Find a peer mentor")
        learner.tick(role)
        learner.tick("I have read this, and I want to take part")
        learner.click("Take part")
        learner.sees_heading("Your topics")
        topic = learner.tool.get_by_role("group", name="Statistics")
        if wants:
            topic.get_by_label("I want to learn it").select_option(label=wants)
        if offers:
            topic.get_by_label("I can help with it").select_option(label=offers)
        speak_english(learner)
        learner.click("Go on to your times")
        learner.sees_heading("Your free times")
        for label in times:
            learner.tick(label)
        learner.click("Finish")
        learner.sees_heading(f"Hello, {name}")


def speak_english(learner: Person) -> None:
    """By keyboard: the frame grows when the list opens, which moves everything under a mouse."""
    english = learner.tool.get_by_label("English", exact=True)
    if not english.is_visible():
        learner.tool.get_by_text("Choose more languages").press("Enter")
    if not english.is_checked():
        english.press("Space")
    expect(english).to_be_checked()


def match_and_publish(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, TEACHER) as teacher:
        open_cohort(teacher)
        teacher.follow("Matching")
        teacher.click("Start matching")
        teacher.sees_heading("Round 1")  # by way of the progress page, which goes on by itself
        teacher.sees("1 of 2 learners")
        teacher.sees(MENTEE)
        teacher.sees(MENTOR)
        teacher.sees("of 10,000")
        teacher.sees("Statistics: wanted most of all, offered by somebody who knows it well.")
        teacher.sees(LEFT_OUT)
        teacher.sees(EXPERT)
        teacher.click("Publish 1 pair")
        teacher.sees("Published on")


def both_see_each_other(browser: Browser, stack: Stack) -> None:
    for one, other in ((MENTEE, MENTOR), (MENTOR, MENTEE)):
        with Person(browser, stack.lms_url, one) as person:
            person.sees_heading(f"Hello, {one}")
            person.follow(other)
            person.sees_heading(f"You and {other}")
            person.sees("Why you two")


def book_a_session(browser: Browser, stack: Stack) -> None:
    """They met yesterday and note it: a session to confirm must have begun."""
    yesterday = datetime.now(ZoneInfo("America/Sao_Paulo")) - timedelta(days=1)
    with Person(browser, stack.lms_url, MENTEE) as mentee:
        mentee.follow(MENTOR)
        mentee.follow("Book the first session")
        mentee.sees_heading(f"Meet {MENTOR}")
        expect(mentee.tool.get_by_role("radio").first).to_be_visible()  # times that suit both
        mentee.tick("Another time, which I give below")
        mentee.fill("Date", yesterday.strftime("%Y-%m-%d"))
        mentee.fill("Time", "14:00")
        mentee.click("Book the session")
        mentee.sees_heading(f"Session with {MENTOR}")
        mentee.click("Confirm we met")
        mentee.sees(f"{MENTOR} is asked too")


def confirm(browser: Browser, stack: Stack, name: str) -> None:
    with Person(browser, stack.lms_url, name) as person:
        person.follow("Say whether you met")
        person.sees_heading(f"Session with {MENTEE}")
        person.click("Confirm we met")
        person.sees("You both confirmed that you met. It counts.")


def sign_checkpoint(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, EXPERT) as expert:
        expert.follow("Your reviews: 1")
        expert.sees_heading("Your reviews")
        expert.tool.get_by_role("link", name=re.compile("^Review ?: ")).first.click()
        expert.tick("The practice is sound")
        expert.click("Look it over")
        expert.sees_heading("You are about to sign")
        expert.click("Sign off")
        expert.sees("You signed it on")  # the page before says all the rest, too


def score_arrives(browser: Browser, stack: Stack) -> None:
    """One of four sessions: 25 of 100 points, for mentee and mentor."""
    page = browser.new_page()
    deadline = time.monotonic() + 60
    while True:
        page.goto(f"{stack.lms_url}/courses/BIO101/gradebook")
        if page.locator("[data-person='learner-01'] [data-grade]").count() or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    for person in ("learner-01", "learner-02"):
        expect(page.locator(f"[data-person='{person}']")).to_contain_text("25", timeout=WAIT)
    page.close()


def receipt_is_shown(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, MENTEE) as mentee:
        mentee.follow("My participation")
        mentee.sees_heading("My participation")
        mentee.sees("25 of 100 points")
        mentee.sees("In the gradebook since")


def report_shows_the_measure(browser: Browser, stack: Stack) -> None:
    with Person(browser, stack.lms_url, TEACHER) as teacher:
        open_cohort(teacher)
        teacher.follow("Report")
        teacher.sees("Mentorship Engagement Rate")
        # Two of the 24 learners are in a pair.
        teacher.sees("8.3%")
        teacher.sees("Peer Learning Frequency")


def statements_arrive_once(stack: Stack, store: lrs.RecordStore) -> None:
    own = [json.loads(line) for line in stack.command("statements", "export").splitlines()]
    verbs = [statement["verb"]["id"].rsplit("/", 1)[-1] for statement in own]
    assert sorted(verbs) == sorted(
        ["join"] * 3 + ["assign", "schedule", "attended", "attended", "completed", "passed"]
    )
    deadline = time.monotonic() + 60
    while any(store.get(statement["id"]) is None for statement in own) and time.monotonic() < deadline:
        time.sleep(0.5)
    for statement in own:
        stored = store.get(statement["id"])
        assert stored is not None
        assert stored["actor"]["account"] == statement["actor"]["account"]
    routes = {row["route"]: row for row in json.loads(stack.command("outbox", "status", "--json"))}
    assert routes["lrs"]["delivered"] == len(own)
    assert all(row["pending"] == row["dead"] == 0 for row in routes.values()), routes
