"""Whatever is sent to whichever address by whomever: an answer, and never a failure of ours (500)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.db.engine import db
from lti_tool.lti import invites
from lti_tool.lti import keys as tool_keys
from lti_tool.web.access import ACCESS, rule_of
from tests.cast import Cast, administer, enter
from tests.integration.rooms.writing import write
from tests.integration.test_access import make_objects

MEMBERS = ("mentee", "mentor", "both", "newcomer", "instructor", "expert", "outsider")
PEOPLE = (*MEMBERS, "operator", "administrator", "nobody")
INSIDERS = {
    "public": ["nobody"],
    "member": ["newcomer"],
    "instructor": ["instructor"],
    "participant": ["mentee", "both"],
    "pair": ["mentee"],
    "attendee": ["mentor"],
    "placer": ["instructor"],
    "expert": ["expert"],
    "reviewer": ["expert"],
    "operator": ["operator"],
    "administrator": ["administrator", "operator"],
}
"""Those to whom pages of a list are open: what they send gets furthest."""
IDS = (
    "cohort_id",
    "participant_id",
    "session_id",
    "job_id",
    "round_id",
    "mentorship_id",
    "checkpoint_id",
    "platform_id",
    "deep_link_id",
)
QUERY = (
    "who",
    "was",
    "page",
    "left_out",
    "signed",
    "rows",
    "show",
    "role",
    "state",
    "change",
    "back",
    "iss",
    "placing",
    "cohort",
)
ROWS = ("{newcomer}", "{statistics}", "{participant_id}")
UNFUZZED = {"static", "bootstrap.static"}
ENDPOINTS = sorted(set().union(*ACCESS.values()) - UNFUZZED)

YESTERDAY = (clock.today() - timedelta(days=1)).isoformat()

# What a browser would send, so that a wrong value stands among right ones and is really looked at. Where a
# value names a row, it is put in by `plausible`.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "cohorts.create": {
        "name": "A cohort",
        "topics-0-key": "",
        "topics-0-name": "Algebra",
        "topics-0-risk": "low",
        "topics-1-name": "Logic",
        "topics-1-risk": "high",
        "starts_on": "2026-11-01",
        "ends_on": "2027-02-01",
        "mentors": "anyone",
        "checkpoints": "high_risk",
        "group_rule": "same",
        "group_set": "",
        "graded": "y",
        "maximum": "100",
        "sessions_for_full": "6",
    },
    "grading.rule": {
        "enabled": "y",
        "maximum": "100",
        "sessions_weight": "60",
        "sessions_needed": "4",
        "sessions_most": "1",
        "sessions_period": "week",
        "sessions_makeup": "2",
        "commitments_weight": "10",
        "commitments_needed": "2",
        "training_weight": "10",
        "checkpoints_weight": "20",
        "checkpoints_needed": "1",
        "preparation_weight": "20",
        "places": "2",
        "columns": "one",
    },
    "grading.apply": {"seen": "0123456789abcdef"},
    "cohorts.experts": {"member": "{newcomer}", "topics": "{statistics}", "reviews": "2"},
    "profiles.consent": {"role": "both", "agree": "y"},
    "profiles.topics": {
        "wants_{statistics}": "2",
        "offers_{writing}": "1",
        "offers_{statistics}": "3",
        "capacity": "2",
        "languages": "en",
    },
    "profiles.times": {"timezone": "Africa/Cairo", "week": ["3", "4"]},
    "profiles.timezone": {"timezone": "Asia/Tokyo", "back": "/courses/1/"},
    "profiles.me": {"role": "mentor"},
    "roster.decide": {"who": "{participant_id}", "decision": "keep"},
    "sessions.book": {
        "slot": "other",
        "date": YESTERDAY,
        "time": "10:30",
        "minutes": "60",
        "place": "Room 12",
    },
    "sessions.confirm": {"answer": "met"},
    "checkpoints.review": {"outcome": "failed", "comment": "Look at it again.", "confirmed": "y"},
    "admin.add": {
        "issuer": "https://lms.example",
        "client_id": "client-2",
        "auth_url": "https://lms.example/auth",
        "token_url": "https://lms.example/token",
        "jwks_url": "https://lms.example/jwks",
        "deployment_id": "1",
        "name": "Our platform",
    },
    "admin.names": {"keep": "no"},
    "admin.switch": {"on": "no"},
    "placing.choose": {"what": "plain", "title": "Ours", "graded": "y", "target": "window"},
    "lti.login": {
        "iss": "https://lms.example",
        "login_hint": "7",
        "target_link_uri": "https://tool.example/",
        "client_id": "client-1",
    },
    "lti.launch": {"id_token": "e30.e30.e30", "state": "s" * 43},
}
ODD_NAMES = (
    "topics-²-name",
    "topics-" + "9" * 5000 + "-name",
    "topics--1-risk",
    "week",
    "csrf_token",
    "\x00",
)
ODD_TEXTS = (
    "\x00",
    "a\x00b",
    "\x1b[2J\r\nSet-Cookie: a=b",
    "\u202e\ufeff",
    "\U0001f9d1\u200d\U0001f3eb" * 40,
    "<script>alert(1)</script>",
    "'; DROP TABLE person; --",
    "{{ 7 * 7 }} %(name)s {0}",
    "x" * 3000,
    "9" * 5000,
    "-1",
    "0",
    "2147483648",
    "99999999999999999999",
    "1e999",
    "NaN",
    "²",
    "٣",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "24:60",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-25T10:00",
    "//evil.example/",
    "/courses/\\evil.example",
    "https://evil.example",
    "Europe/../../etc/passwd",
    "on",
    "",
)
ODD_TO_A_SERVER = frozenset(
    {
        "\x00",
        "a\x00b",
        "x" * 3000,
        "9" * 5000,
        "2147483648",
        "99999999999999999999",
        "1e999",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    }
)
"""What PostgreSQL refuses and SQLite stores; of the others the database makes no difference."""
SUMMARY = dict.fromkeys(
    ("mentees", "mentors", "places", "matched", "worst", "total", "bound", "proved"), 1
) | {
    "left_out": 0,
    "idle": 0,
    "reviews_due": 1,
    "reviews_covered": 0,
    "idle_mentors": [],
    "missing_reviews": {},
}
values = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=40), st.integers().map(str))
keys = st.one_of(st.integers(0, 12), st.sampled_from([2**31 - 1, 2**31, 2**63, 10**40]))


@dataclass(frozen=True)
class Ask:
    who: str
    method: str
    wrong_ids: dict[str, int]
    changes: dict[str, Any]
    """Of the form that a browser would send; None leaves a field out."""
    query: dict[str, str]


def asks(endpoint: str) -> st.SearchStrategy[Ask]:
    names = [*form_of(endpoint), *ODD_NAMES]
    told = st.one_of(st.none(), values, values, st.lists(values, max_size=3))
    right: st.SearchStrategy[dict[str, int]] = st.just({})
    insiders = st.sampled_from(INSIDERS[rule_of(endpoint)])
    return st.builds(
        Ask,
        who=st.one_of(insiders, insiders, st.sampled_from(PEOPLE)),
        method=st.sampled_from(["POST"] * 6 + ["GET", "PUT"]),
        wrong_ids=st.one_of(right, right, st.dictionaries(st.sampled_from(IDS), keys, max_size=1)),
        changes=st.dictionaries(st.sampled_from(names), told, max_size=3),
        query=st.dictionaries(st.sampled_from(QUERY), values, max_size=2),
    )


def form_of(endpoint: str) -> Mapping[str, Any]:
    return FORMS.get("cohorts.create" if endpoint == "cohorts.edit" else endpoint, {})


@pytest.fixture
def ids(session: Session, cast: Cast) -> dict[str, Any]:
    """Rows for every address, and with a proposal that can be published."""
    write(session)
    made: dict[str, Any] = make_objects(session, cast)
    made["kid"] = tool_keys.generate(session).kid
    invite = invites.create(session, "https://tool.example").invite
    made["invite_id"] = invite.id
    session.get_one(models.Job, made["job_id"]).state = "done"
    pair = models.ScenarioPair(
        mentee=cast.p_both,
        mentor=cast.p_mentor,
        topic=cast.statistics,
        score=8000,
        reasons=[],
        owes_checkpoint=True,
        expert=cast.p_expert,
        checkpoint_week=5,
    )
    session.add(
        models.Scenario(
            round_id=made["round_id"],
            summary=SUMMARY,
            certificate={},
            created_at=clock.now(),
            pairs=[pair],
        )
    )
    session.get_one(models.Round, made["round_id"]).rules = {"topics": 5, "times": 3, "languages": 2}
    session.flush()
    made |= {"statistics": cast.statistics.id, "writing": cast.writing.id, "newcomer": cast.newcomer.id}
    session.commit()
    return made


@pytest.fixture
def browsers(app: Flask, cast: Cast) -> dict[str, FlaskClient]:
    """A browser for each of them, launched into their course (and nobody into none)."""
    found = {who: app.test_client() for who in PEOPLE}
    for who in MEMBERS:
        enter(found[who], getattr(cast, who))
    administer(found["operator"])
    administer(found["administrator"], cast.platform.id)
    return found


def address_of(app: Flask, endpoint: str, arguments: Mapping[str, int]) -> str:
    with app.test_request_context():
        rule = next(app.url_map.iter_rules(endpoint))
        values = {name: arguments[name] for name in rule.arguments}
        found = app.url_map.bind("tool.example").build(endpoint, values, force_external=False)
        assert isinstance(found, str)
        return found


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a request writes reaches the database and is undone, so that each one finds the same rows."""

    def flush_only(session: Session) -> None:
        session.flush()
        engine.rollback(session)

    monkeypatch.setattr(engine, "commit", flush_only)


@pytest.mark.usefixtures("untouched")
def test_no_input_makes_the_tool_fail(
    app: Flask, browsers: dict[str, FlaskClient], ids: dict[str, int]
) -> None:
    for endpoint in ENDPOINTS:
        drive(app, browsers, ids, endpoint)


def drive(app: Flask, browsers: dict[str, FlaskClient], ids: dict[str, int], endpoint: str) -> None:
    @settings(
        max_examples=40 if form_of(endpoint) else 8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(asks(endpoint))
    def check(ask: Ask) -> None:
        answers_sensibly(app, browsers, ids, endpoint, ask)

    check()


def answers_sensibly(
    app: Flask, browsers: dict[str, FlaskClient], ids: dict[str, int], endpoint: str, ask: Ask
) -> None:
    form: dict[str, Any] = dict(form_of(endpoint)) | ask.changes
    answer = browsers[ask.who].open(
        address_of(app, endpoint, ids | ask.wrong_ids),
        method=ask.method,
        query_string=ask.query,
        data=None if ask.method == "GET" else with_ids(form, ids),
    )
    assert answer.status_code < 500, endpoint


def with_ids(form: Mapping[str, Any], ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        name.format_map(ids) if "{" in name else name: value.format_map(ids) if value in ROWS else value
        for name, value in form.items()
        if value is not None
    }


@pytest.mark.usefixtures("untouched")
def test_each_odd_text_in_each_field_is_answered(
    app: Flask, browsers: dict[str, FlaskClient], ids: dict[str, int]
) -> None:
    with app.app_context():
        on_server = db.engine.dialect.name == "postgresql"
    texts = [text for text in ODD_TEXTS if text in ODD_TO_A_SERVER or not on_server]
    for endpoint, form in FORMS.items():
        browser, address = browsers[INSIDERS[rule_of(endpoint)][0]], address_of(app, endpoint, ids)
        in_fields = [(name, text) for name in form for text in texts]
        for name, text in [*in_fields, *((name, "1") for name in ODD_NAMES)]:
            answer = browser.post(address, data=with_ids({**form, name: text}, ids))
            assert answer.status_code < 500, (endpoint, name, text)


@pytest.mark.usefixtures("untouched")
def test_the_forms_are_accepted_as_they_stand(
    app: Flask, browsers: dict[str, FlaskClient], ids: dict[str, int]
) -> None:
    """Or nothing that is put into them would get far."""
    for endpoint, form in FORMS.items():
        browser = browsers[INSIDERS[rule_of(endpoint)][0]]
        answer = browser.post(address_of(app, endpoint, ids), data=with_ids(form, ids))
        assert answer.status_code in {302, 303} or endpoint == "lti.launch", endpoint
