"""The stops of the tour: every page, who opens it, and the way there by what the pages say."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from re import Pattern

from playwright.sync_api import Page

Walk = Callable[[Page], None]

AUTUMN, WINTER = "Autumn peer mentoring", "Winter study partners"
TEACHER, LEARNER, MENTOR = "Ingrid Ferreira", "Ana Souza", "Bo Lindström"
EXPERT, SECOND_EXPERT = "Tomasz Ndiaye", "Priya Okonkwo"
NEWCOMER, HALFWAY, WAITING, IN_BOTH = "Wanjirũ Kamau", "Sam Withheld", "Şeyma Yıldız", "Zoë Müller-Groß"
CHOOSES = "Matiu Tūhoe"
"""For whom several mentors would fit."""
CANCELS, HELPS = "Nguyễn Thị Mai", "陈 思远"
NEW_TEACHER, NEW_LEARNER, OBSERVER = "Henrik Dahl", "Inês Carvalho", "Rosa Carvalho"
ADMINISTRATOR = "Dana Whitfield"

ADMINISTRATION = "Administration of Peer Mentor"

FIND, ALL = "Find a peer mentor", "All peer mentoring"
REVIEW, READ = re.compile("^Review ?: "), re.compile("^Read ?: ")
SESSION_TO_COME = re.compile(r"^Session \d+$")


@dataclass(frozen=True)
class Stop:
    """One page of the tour: who opens which activity of the course, and the way from there."""

    name: str
    title: str
    who: str
    walk: Walk
    text: str
    activity: str = FIND
    course: str = "BIO101"
    worker_rests: bool = False
    """The picture is of work under way, which would be done before the camera is ready."""


def follow(*names: str | Pattern[str]) -> Walk:
    """Click links or buttons one after the other."""

    def walk(page: Page) -> None:
        for name in names:
            _click(page, name)

    return walk


def _click(page: Page, name: str | Pattern[str]) -> None:
    found = page.get_by_role("link", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    )
    found.first.click()
    page.wait_for_load_state()


def stay(_page: Page) -> None:
    """The page on which the launch lands."""


def faulty_form(page: Page) -> None:
    follow("Create a cohort", "Create the cohort")(page)


def night(page: Page) -> None:
    follow("Me", "Change times and zone")(page)
    page.get_by_text("Night, 00:00").click()


def changed_rules(page: Page) -> None:
    """Goals count a little from now on; saving the same again would change nothing."""
    follow(WINTER, "Matching", "Matching rules")(page)
    page.get_by_label("Goals in common").select_option("A little")
    follow("Save the rules")(page)


def searched_wishes(page: Page) -> None:
    """Somebody is named, and others are looked for."""
    follow("Me", "Goals and wishes")(page)
    page.get_by_label("A part of the name").fill("n")
    follow("Search")(page)
    page.get_by_role("button", name=re.compile("^I would like this")).first.click()
    page.wait_for_load_state()


def all_definitions(page: Page) -> None:
    follow(AUTUMN, "Report", re.compile("^Show the people"))(page)
    page.get_by_text("What is counted, and how").click()


def other_rule(page: Page) -> None:
    """A rule with parts and a cap, looked at and not used."""
    follow(AUTUMN, "Gradebook", "Grade rule")(page)
    page.get_by_label("Share of sessions").fill("80")
    page.get_by_label("Most that count").fill("1")
    page.get_by_label("To make up for missed ones").fill("2")
    page.get_by_label("Share of reviews").fill("20")
    follow("See what it would change")(page)


def newest_round(page: Page) -> None:
    """Started now, unless there is one: its progress, or its result if the worker was at hand."""
    follow(WINTER, "Matching")(page)
    start = page.get_by_role("button", name="Start matching", exact=True)
    newest = page.get_by_role("link", name=re.compile(r"^Round \d+$"))
    start.or_(newest).first.click()
    page.wait_for_load_state()


def stopped(page: Page) -> None:
    """Stopped before it began; if the worker was quicker, what it found."""
    newest_round(page)
    stop = page.get_by_role("button", name="Stop", exact=True)
    if stop.is_visible():
        stop.click()
        page.wait_for_load_state()


def proposed(page: Page) -> None:
    """A round that is still at work goes on to its proposal by itself."""
    newest_round(page)
    page.get_by_text("Look the pairs over").wait_for()


def adjusted(page: Page) -> None:
    """Made now, or by an earlier visit."""
    follow(AUTUMN, "Matching", "Adjust running pairs", "Find the fewest changes")(page)
    page.get_by_role("heading", name=re.compile(": adjustment$")).wait_for()


def compared(page: Page) -> None:
    proposed(page)
    follow("Compare with other ways to match")(page)
    page.get_by_label("Shared times").check()
    page.get_by_label("Learners that a mentor gets at most").fill("1")
    page.get_by_role("button", name="Make this proposal").click()
    page.get_by_role("link", name="Proposal 2").wait_for()


def which_mentors(page: Page) -> None:
    proposed(page)
    page.get_by_role("link", name=re.compile(f"^Why not somebody else. {CHOOSES} ")).first.click()
    page.wait_for_load_state()


def why_not(page: Page) -> None:
    which_mentors(page)
    page.get_by_role("button", name=re.compile("^Why not")).first.click()
    page.get_by_role("heading", name=re.compile("^Why not .+ for ")).wait_for()


def fewer_hours(page: Page) -> None:
    which_mentors(page)
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("heading", name=re.compile("^What if ")).wait_for()


def next_session(page: Page) -> None:
    page.get_by_role("heading", name="Learning together").wait_for()
    page.locator(".person-name a").first.click()
    page.locator(".timeline-next").get_by_role("link", name=SESSION_TO_COME).first.click()
    page.wait_for_load_state()


def cancelled_session(page: Page) -> None:
    next_session(page)
    follow("Cancel the session")(page)


def unsure_review(page: Page) -> None:
    follow("Your reviews: 1", REVIEW)(page)
    page.get_by_label("The practice is sound").check()
    page.get_by_label(re.compile("^(Your words|What)")).last.fill(
        "You read the confidence interval rightly, and say what it does not tell. Go on so."
    )
    follow("Look it over")(page)


def self_test(page: Page) -> None:
    follow(ADMINISTRATION, "Go to the self-test", re.compile("^Start"))(page)
    page.get_by_role("button", name="Start again").wait_for()


def nobody(page: Page) -> None:
    follow(AUTUMN, "People")(page)
    page.get_by_label("State").select_option(label="Waits for your yes")
    follow("Show")(page)


def lost(page: Page) -> None:
    page.goto(page.url.split("/cohorts/")[0] + "/cohorts/99/home")


LEARNER_STOPS = (
    Stop("choose", "Two cohorts", IN_BOTH, stay, "Somebody who is in two cohorts chooses.", ALL),
    Stop("consent", "Taking part, step 1", NEWCOMER, stay, "The role, and what is kept and who sees it."),
    Stop(
        "topics", "Taking part, step 2", HELPS, follow("Me", "Change topics and languages"),
        "What to learn, what to offer, and in which languages.", WINTER,
    ),
    Stop("times", "Taking part, step 3", HALFWAY, stay, "Free times, by the person's own clock."),
    Stop("home", "A learner's home", LEARNER, stay, "What needs you now, and the people you meet."),
    Stop("home-mentor", "A mentor's home", MENTOR, stay, "The same for somebody with two mentees."),
    Stop("waiting", "Waiting for a mentor", WAITING, stay, "Left out of the last round: what helps."),
    Stop("offering", "Offering to mentor", HELPS, stay, "A mentor before the matching.", WINTER),
    Stop(
        "mentorship", "You and your mentor", LEARNER, follow(MENTOR),
        "Why you two, what happened, and what comes.",
    ),
    Stop(
        "booking", "Book a session", LEARNER, follow(MENTOR, "Book a session"),
        "Times that suit both, by both clocks.",
    ),
    Stop("session", "Did you meet?", LEARNER, follow("Say whether you met"), "Both confirm; then it counts."),
    Stop("session-next", "A session to come", LEARNER, next_session, "Into the calendar, or cancel it."),
    Stop(
        "session-cancelled", "A session cancelled", CANCELS, cancelled_session,
        "What just happened, and the way back.",
    ),
    Stop(
        "participation", "My participation", LEARNER, follow("My participation"),
        "What counted, and its receipt.",
    ),
    Stop(
        "commitments", "What you agreed", LEARNER, follow(MENTOR, "See or add commitments"),
        "A small thing to do until the next time; the partner confirms it.",
    ),
    Stop("me", "Me", LEARNER, follow("Me"), "The profile, and how to leave."),
    Stop(
        "wishes",
        "Goals and wishes",
        LEARNER,
        searched_wishes,
        "What somebody is here for, and whom they name; those people do not see it.",
    ),
    Stop("mail", "Mail", LEARNER, follow("Me", "Choose mails"), "Each kind on or off."),
    Stop("week-night", "Times at night", MENTOR, night, "The whole week, with the nights open."),
    Stop("timezone", "My time zone", LEARNER, follow("Change the time zone"), "All times follow it."),
    Stop("no-cohort", "Before there is a cohort", NEW_LEARNER, stay, "What will be here.", course="STA200"),
)  # fmt: skip

TEACHER_STOPS = (
    Stop("first-cohort", "The first cohort", NEW_TEACHER, stay, "A new course.", course="STA200"),
    Stop("cohorts", "An instructor's start", TEACHER, stay, "The cohorts of the course."),
    Stop("cohort-new", "Create a cohort", TEACHER, follow("Create a cohort"), "One short form."),
    Stop("cohort-errors", "A form with mistakes", TEACHER, faulty_form, "What is wrong, and what to do."),
    Stop("cohort", "A cohort", TEACHER, follow(AUTUMN), "How it goes, and what is wanted and offered."),
    Stop(
        "cohort-edit", "Edit a cohort", TEACHER, follow(AUTUMN, "Edit the cohort"),
        "Topics that people chose stay.",
    ),
    Stop(
        "statements", "Statements", TEACHER, follow(AUTUMN, "What was sent", "Statements"),
        "What is told to record stores, to look through and take away.",
    ),
    Stop(
        "stores", "Record stores", TEACHER, follow(AUTUMN, "What was sent", "Record stores"),
        "The course's own stores: added, tried, switched off.",
    ),
    Stop(
        "store-add", "Adding a record store", TEACHER,
        follow(AUTUMN, "What was sent", "Record stores", "Add a record store"),
        "With a password, or with OAuth 2.",
    ),
    Stop("ledger", "What was sent", TEACHER, follow(AUTUMN, "What was sent"), "What arrived, what waits."),
    Stop("people", "People", TEACHER, follow(AUTUMN, "People"), "Who is where in the cohort."),
    Stop("people-none", "Nobody fits", TEACHER, nobody, "A filter that finds nobody says so."),
    Stop(
        "absent", "Not joined yet", TEACHER, follow(AUTUMN, "People", "Show them"),
        "Learners on the course list who are not in the cohort.",
    ),
    Stop("experts", "Experts", TEACHER, follow(AUTUMN, "Experts"), "Who reviews which topics, how often."),
    Stop(
        "expert", "One expert", TEACHER, follow(AUTUMN, "Experts", re.compile("^Away, and conflicts")),
        "When they are away, and whom they must not review.",
    ),
    Stop("matching", "Matching, before", TEACHER, follow(WINTER, "Matching"), "Who is ready for a round."),
    Stop(
        "matching-rules",
        "Matching rules",
        TEACHER,
        changed_rules,
        "What counts how much, in words and in versions.",
    ),
    Stop(
        "pair-rules", "Keep together or apart", TEACHER, follow(WINTER, "Keep together or apart"),
        "What a teacher decides about two people, and why.",
    ),
    Stop(
        "adjust", "Somebody left or came late", TEACHER,
        follow(AUTUMN, "Matching", "Adjust running pairs"), "How much may change, and as it is now.",
    ),
    Stop("adjusted", "An adjustment", TEACHER, adjusted, "Every change, with its reason, before it is made."),
    Stop("stopped", "Matching, stopped", TEACHER, stopped, "Nothing was changed.", worker_rests=True),
    Stop(
        "working", "Matching, under way", TEACHER, newest_round, "Progress, which can be stopped or left.",
        worker_rests=True,
    ),
    Stop("proposal", "A proposal", TEACHER, proposed, "Each pair with score and reasons; proved."),
    Stop("which-mentors", "Which mentors would fit", TEACHER, which_mentors, "All mentors for one learner."),
    Stop("why-not", "Why not that mentor?", TEACHER, why_not, "What it would cost, and who would change."),
    Stop("fewer-hours", "Fewer hours", TEACHER, fewer_hours, "Would holding back have paid?"),
    Stop(
        "compare", "Compare proposals", TEACHER, compared, "The same people, matched in different ways.",
    ),
    Stop("rounds", "Rounds so far", TEACHER, follow(AUTUMN, "Matching"), "Rounds, and who is not ready."),
    Stop(
        "round", "A published round", TEACHER, follow(AUTUMN, "Matching", "Round 1"),
        "The same pairs, published.",
    ),
    Stop(
        "round-stopped", "A round that was stopped", TEACHER, follow(AUTUMN, "Matching", "Round 2"),
        "Without a proposal, and with the way on.",
    ),
    Stop(
        "gradebook", "Points and the gradebook", TEACHER, follow(AUTUMN, "Gradebook"),
        "What counts for each, and since when it is in the gradebook.",
    ),
    Stop(
        "grade-rule", "The grade rule", TEACHER, follow(AUTUMN, "Gradebook", "Grade rule"),
        "How taking part becomes points, part by part.",
    ),
    Stop(
        "grade-preview", "Before a rule is used", TEACHER, other_rule,
        "Who would get other points, before anybody does.",
    ),
    Stop(
        "person", "One learner's participation", TEACHER, follow(AUTUMN, "Gradebook", LEARNER),
        "What counted for one person; the gradebook of the LMS opens it, too.",
    ),
    Stop("report", "The report", TEACHER, follow(AUTUMN, "Report"), "The two formulas of the measure."),
    Stop("report-people", "The rows behind a figure", TEACHER, all_definitions, "Each figure opens."),
    Stop(
        "report-sessions", "Each person's sessions", TEACHER,
        follow(AUTUMN, "Report", re.compile("^Show each person's sessions")), "The second figure's rows.",
    ),
)  # fmt: skip

OTHER_STOPS = (
    Stop("reviews", "An expert's reviews", EXPERT, follow("Your reviews: 1"), "What is owed, in order."),
    Stop("review", "A review", EXPERT, follow("Your reviews: 1", REVIEW), "What the expert knows of a pair."),
    Stop("review-confirm", "Before signing", EXPERT, unsure_review, "What the pair will read."),
    Stop(
        "review-signed", "A signed review", SECOND_EXPERT, follow(re.compile("^Your reviews: "), READ),
        "It stands, with its date.",
    ),
    Stop(
        "observer", "An observer", OBSERVER, stay, "What happens here, and nothing of the people.",
        course="STA200",
    ),
    Stop("not-found", "An address that leads nowhere", LEARNER, lost, "An error says what to do."),
)  # fmt: skip

ADMINISTRATOR_STOPS = (
    Stop(
        "admin-platform", "One platform", ADMINISTRATOR, follow(ADMINISTRATION),
        "Deployments, names, addresses: as an administrator of the LMS sees their own.",
    ),
    Stop(
        "admin-selftest", "The self-test", ADMINISTRATOR, self_test,
        "What works, what does not, and how to mend it.",
    ),
)  # fmt: skip

OPERATOR_PAGES = (
    ("admin-platforms", "Platforms", "platforms", "All platforms that may open the tool."),
    ("admin-add", "Add a platform", "platforms/add", "By invite, or by hand."),
    ("admin-keys", "Keys", "keys", "What signs now, and what will."),
    ("admin-log", "The log", "log", "What administrators did."),
)
"""Name, title, address below /admin and text: for whoever runs the tool, who comes by a link."""


REGISTRATION_STOPS = (
    Stop("register", "Connecting a platform", ADMINISTRATOR, stay, "What an invite shows, inside the LMS."),
    Stop("register-done", "Connected", ADMINISTRATOR, stay, "What is left to do in the platform."),
)
"""Not launched: the tour goes there by an invite (`tour._take_registration`)."""

STOPS = (*LEARNER_STOPS, *TEACHER_STOPS, *OTHER_STOPS, *ADMINISTRATOR_STOPS)
"""In this order: the later ones build on what the earlier ones did (a cancelled session, a proposal)."""
