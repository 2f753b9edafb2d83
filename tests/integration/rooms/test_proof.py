"""The proof of a round's result: on its page, checked again, and as files that the command line checks."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.cli_match import match
from lti_tool.db import models
from lti_tool.rooms.rounds import checking
from tests.cast import Cast, enter, make_member, make_participant
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    make_proposal,
    rounds_url,
    run_job,
    scenario_url,
)

# What the database makes no difference to is tested on one.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def url(app: Flask, client: FlaskClient, session: Session, cast: Cast) -> str:
    """The page of a proposal in which one learner is left out."""
    enter(client, cast.instructor)
    with change(session):
        for name in ("one", "two"):
            lone = make_member(session, cast.course, name, f"Lone {name}")
            make_participant(session, cast.cohort, lone, "mentee", wants={cast.statistics: 1})
    return scenario_url(cast, make_proposal(app, client, session, cast))


def scenario_at(session: Session, url: str) -> models.Scenario:
    session.rollback()
    return session.get_one(models.Scenario, int(url.rsplit("/", 1)[1]), populate_existing=True)


def verify(folder: Path, client: FlaskClient, url: str) -> str:
    """Download both files and have the command line check them; what it says."""
    for name in ("people.csv", "proof.json"):
        answer = client.get(f"{url}/{name}")
        assert answer.status_code == 200
        assert f"round-1-proposal-1-{name}" in answer.headers["Content-Disposition"]
        (folder / name).write_text(answer.text, encoding="utf-8")
    files = [str(folder / "people.csv"), str(folder / "proof.json")]
    return CliRunner().invoke(match, ["verify", *files]).output


def test_the_page_says_what_was_proved(client: FlaskClient, url: str) -> None:
    page = client.get(url).text

    assert "No plan can give more than 3 learners a mentor." in page
    assert "no plan lifts the weakest fit above" in page
    assert "none has a better average fit" in page
    assert "by a program that shares nothing with the one that found the pairs" in page


def test_the_files_of_a_proposal_are_verified_by_the_command_line(
    client: FlaskClient, url: str, tmp_path: Path
) -> None:
    assert verify(tmp_path, client, url) == "The proof holds: nothing better exists for these people.\n"


def test_files_of_a_round_with_group_rules_and_earlier_pairs_are_verified_too(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, tmp_path: Path
) -> None:
    enter(client, cast.instructor)
    with change(session):
        cast.cohort.group_rule = "same"
        cast.statistics.name = "=Sums; and: more"
        lab = models.CourseGroup(course=cast.course, kind="group", key="1", name="Dr. Known's lab")
        session.add_all(models.GroupMember(group=lab, member=one) for one in (cast.mentee, cast.mentor))
    url = scenario_url(cast, make_proposal(app, client, session, cast))

    assert "The proof holds" in verify(tmp_path, client, url)
    assert ",g1\n" in (tmp_path / "people.csv").read_text(encoding="utf-8")


def test_the_files_name_nobody(client: FlaskClient, cast: Cast, url: str) -> None:
    files = client.get(f"{url}/people.csv").text + client.get(f"{url}/proof.json").text

    for member in (cast.mentee, cast.mentor, cast.both):
        assert member.display_name not in files
        assert member.pseudonym not in files
        assert member.person.sub not in files.replace(",", " ").split()
    assert "Europe/Madrid" not in files
    assert "p000001,mentee," in files


def test_files_that_were_changed_are_found_out(client: FlaskClient, url: str, tmp_path: Path) -> None:
    verify(tmp_path, client, url)
    people = tmp_path / "people.csv"
    people.write_text(people.read_text().replace("Statistics:3", "Statistics:1", 1))

    result = CliRunner().invoke(match, ["verify", str(people), str(tmp_path / "proof.json")])

    assert result.exit_code == 1
    assert "The proof does not hold: input" in result.output


def test_what_people_change_after_the_round_does_not_touch_its_proof(
    client: FlaskClient, session: Session, cast: Cast, url: str, tmp_path: Path
) -> None:
    with change(session):
        cast.p_mentor.week = frozenset()
        cast.p_mentee.left_at = cast.p_mentee.joined_at

    assert client.post(f"{url}/check").status_code == 303
    assert scenario_at(session, url).check_reason == "optimal"
    assert "The proof holds" in verify(tmp_path, client, url)


def test_checking_again_says_so_and_notes_the_moment(client: FlaskClient, session: Session, url: str) -> None:
    before = scenario_at(session, url).checked_at

    page = client.get(client.post(f"{url}/check").location).text

    assert "The proof was checked again, and it holds" in page
    after = scenario_at(session, url).checked_at
    assert before is not None
    assert after is not None
    assert after > before


def test_a_check_that_fails_is_told_on_the_page(client: FlaskClient, session: Session, url: str) -> None:
    with change(session):
        found = scenario_at(session, url)
        found.certificate = json.loads(json.dumps(found.certificate)) | {"total": 1}

    page = client.get(client.post(f"{url}/check").location).text

    assert "the proof does not hold (checksum)" in page
    assert "checked again, and it holds" not in page


def test_a_large_proof_is_checked_by_the_worker(
    app: Flask, client: FlaskClient, session: Session, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_AT_ONCE", 1)
    with change(session):
        scenario_at(session, url).checked_at = None

    answer = client.post(f"{url}/check")
    assert client.post(f"{url}/check").location == answer.location
    assert "/jobs/" in answer.location
    run_job(app, int(answer.location.rsplit("/", 1)[1]))

    assert client.get(answer.location).location == url
    assert scenario_at(session, url).check_reason == "optimal"


def test_a_round_from_before_proofs_were_kept_offers_no_check(
    client: FlaskClient, session: Session, url: str
) -> None:
    with change(session):
        found = scenario_at(session, url)
        found.setup = found.checked_at = found.round.asked = None
        found.summary = {key: value for key, value in found.summary.items() if key != "gap"}

    assert "Check again" not in client.get(url).text
    assert client.post(f"{url}/check").status_code == 404
    assert client.get(f"{url}/people.csv").status_code == 404


def test_a_result_of_another_round_is_not_found(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    add_pairs(session, cast, 1)
    other = make_proposal(app, client, session, cast)
    scenario = url.rsplit("/", 1)[1]

    assert client.get(rounds_url(cast, f"/{other.id}/scenarios/{scenario}")).status_code == 404
    assert client.post(rounds_url(cast, f"/{other.id}/scenarios/{scenario}/publish")).status_code == 404
