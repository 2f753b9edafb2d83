"""The course list: Moodle's recorded pages, paging that trusts nobody, and what a reading changes."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import responses
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool import jobs, worker
from lti_tool.db import clock, engine, models
from lti_tool.lti import roster
from lti_tool.lti.errors import ServiceError
from lti_tool.lti.roles import Role
from lti_tool.lti.roster import RosterChange, RosterMember
from tests.captures import moodle
from tests.cast import Cast

URL = "https://lms.example/course-1/memberships"
MEDIA = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def person(sub: str, roles: Any = ("Learner",), **others: Any) -> dict[str, Any]:
    return {"user_id": sub, "roles": list(roles), "status": "Active"} | others


def listing(lms: responses.RequestsMock, *members: dict[str, Any]) -> None:
    lms.get(URL, json={"id": URL, "members": list(members)})


CAST = [person(sub) for sub in ("ana", "bo", "chi", "nils")] + [
    person("tess", ["Instructor"]),
    person("eva", ["Instructor"]),
]
"""The cast's own course list."""


def sync(session: Session, cast: Cast) -> RosterChange:
    session.rollback()
    change = roster.sync(session, cast.course, lambda _fraction, _message: None)
    session.commit()
    return change


def test_moodles_pages_are_read_to_the_end(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    pages = moodle("nrps_paging")["pages"]
    here = [page["request"]["url"].replace("http://127.0.0.1:8085", "https://lms.example") for page in pages]
    cast.course.memberships_url = here[0]
    session.commit()
    for url, page in zip(here, pages, strict=True):
        headers = {
            name: value.replace("http://127.0.0.1:8085", "https://lms.example")
            for name, value in page["response"]["headers"].items()
            if name == "Link"
        }
        lms.get(url, json=page["response"]["body"], headers=headers)
    found = list(roster.members(roster.source_of(cast.course)))
    assert len(found) == 8
    assert found[0] == RosterMember("6", "Ben Brown", "student2@example.test", Role.LEARNER, True)
    assert {one.sub for one in found if one.role is Role.INSTRUCTOR} == {"3"}
    assert [call.request.url for call in lms.calls[1:]] == here
    assert {call.request.headers["Accept"] for call in lms.calls[1:]} == {MEDIA}


def test_the_address_of_the_next_page_is_used_letter_by_letter(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    second = f"{URL}?page=bookmark:WyJBYkMi"
    lms.get(f"{URL}?limit=100", json={"members": CAST[:1]}, headers={"Link": f'<{second}>; rel="next"'})
    lms.get(second, json={"members": CAST[1:]})
    assert len(list(roster.members(roster.source_of(cast.course)))) == len(CAST)
    assert lms.calls[-1].request.url == second


def test_the_token_goes_to_no_other_host(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    lms.get(URL, json={"members": CAST}, headers={"Link": '<https://evil.example/>; rel="next"'})
    with pytest.raises(ServiceError) as caught:
        list(roster.members(roster.source_of(cast.course)))
    assert caught.value.kind == "refused"
    assert all("evil" not in str(call.request.url) for call in lms.calls)


def test_a_list_that_leads_back_to_itself_is_given_up(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    lms.get(URL, json={"members": CAST}, headers={"Link": f'<{URL}?limit=100>; rel="next"'})
    with pytest.raises(ServiceError) as caught:
        list(roster.members(roster.source_of(cast.course)))
    assert caught.value.kind == "refused"


def test_a_list_without_end_is_given_up(
    session: Session, cast: Cast, lms: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.lti.memberships.MOST_PAGES", 3)
    numbers = itertools.count()

    def page(_request: Any) -> tuple[int, dict[str, str], str]:
        return 200, {"Link": f'<{URL}?page={next(numbers)}>; rel="next"'}, '{"members": []}'

    lms.add_callback(responses.GET, URL, page)
    with pytest.raises(ServiceError):
        list(roster.members(roster.source_of(cast.course)))
    assert next(numbers) == 4


def test_odd_entries_are_left_out(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    odd: list[Any] = [
        person("ana"),
        person("ana", name="again"),
        person("ghost", ["Learner", test_user]),
        {"roles": ["Learner"]},
        person("x" * 256),
        person("nul\x00"),
        {"user_id": 7, "roles": "Instructor", "given_name": "Given", "family_name": "Family"},
        {"user_id": "gone", "roles": None, "status": "Deleted"},
        "text",
        None,
    ]
    listing(lms, *odd)
    found = {one.sub: one for one in roster.members(roster.source_of(cast.course))}
    assert set(found) == {"ana", "7", "gone"}
    assert (found["7"].name, found["7"].role) == ("Given Family", Role.INSTRUCTOR)
    assert (found["gone"].active, found["gone"].role) == (False, Role.NONE)


@pytest.mark.parametrize("body", ["[]", "{}", '{"members": {}}', "<html>", "null"])
def test_an_answer_that_is_no_list_is_to_be_tried_again(
    session: Session, cast: Cast, lms: responses.RequestsMock, body: str
) -> None:
    lms.get(URL, body=body)
    with pytest.raises(ServiceError) as caught:
        list(roster.members(roster.source_of(cast.course)))
    assert caught.value.kind == "retry"


def test_the_role_filter_is_never_relied_on(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    """Moodle forgets it from the second page on (the recorded link has no role in it)."""
    recorded = moodle("nrps_variants_and_errors")["role=Learner&limit=2"]
    assert "role=" in recorded["request"]["url"]
    assert "role=" not in recorded["response"]["headers"]["Link"]
    listing(lms, *CAST)
    sync(session, cast)
    assert all("role=" not in str(call.request.url) for call in lms.calls)


def test_the_same_list_changes_nothing(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    listing(lms, *CAST)
    assert sync(session, cast) == RosterChange(unchanged=6)
    assert cast.course.roster_read_at is not None


def test_newcomers_are_added_with_pseudonyms_of_their_own(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    newcomers = [person(f"new-{number}") for number in range(450)]
    listing(lms, *CAST, *newcomers)
    assert sync(session, cast) == RosterChange(added=450, unchanged=6)
    members = session.query(models.Member).filter_by(course_id=cast.course.id).all()
    assert len({one.pseudonym for one in members}) == 456
    added = [one for one in members if one.person.sub.startswith("new-")]
    assert {(one.role, one.role_from_launch, one.active) for one in added} == {("learner", False, True)}


def test_a_person_known_from_another_course_stays_one_person(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST, person("omar", name="Omar Outsider"))
    assert sync(session, cast).added == 1
    assert session.query(models.Person).filter_by(platform_id=cast.platform.id, sub="omar").count() == 1


def test_names_are_brought_up_to_date_and_kept_where_none_comes(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, person("nils", name="Nils Newcomer", email="nils@example.test"), *CAST[:3], *CAST[4:])
    assert sync(session, cast).updated == 1
    assert cast.newcomer.person.name == "Nils Newcomer"
    assert cast.mentee.person.name == "Ana Álvarez"


def test_a_role_from_a_launch_is_never_lowered(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST[:4], person("tess", ["Learner"]), person("eva", ["Learner"]))
    sync(session, cast)
    assert (cast.instructor.role, cast.expert.role) == ("instructor", "assistant")


def test_a_role_from_the_list_follows_the_list(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    cast.newcomer.role_from_launch = False
    session.commit()
    listing(lms, *CAST[:3], person("nils", ["Instructor"]), *CAST[4:])
    sync(session, cast)
    assert cast.newcomer.role == "instructor"


def test_who_takes_part_and_is_missing_or_suspended_stays_until_somebody_decides(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST[2:], person("bo", status="Inactive"))
    assert sync(session, cast) == RosterChange(missing=2, unchanged=4)
    assert (cast.mentee.active, cast.mentor.active) == (True, True)
    assert (cast.mentee.missing_as, cast.mentor.missing_as) == ("gone", "inactive")
    since = cast.mentee.missing_since
    assert sync(session, cast) == RosterChange(unchanged=5), "what is known is not told again"
    assert cast.mentee.missing_since == since
    lms.replace(responses.GET, URL, json={"members": CAST})
    assert sync(session, cast) == RosterChange(updated=2, unchanged=4)
    assert (cast.mentee.missing_since, cast.mentor.missing_since) == (None, None)


def test_who_takes_no_part_becomes_inactive_and_comes_back(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST[:3], *CAST[4:])
    assert sync(session, cast) == RosterChange(removed=1, unchanged=5)
    assert (cast.newcomer.active, cast.newcomer.missing_since) == (False, None)
    lms.replace(responses.GET, URL, json={"members": CAST})
    assert sync(session, cast).updated == 1
    assert cast.newcomer.active


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_who_comes_suspended_or_deleted_into_the_list_is_not_let_in(
    session: Session, cast: Cast, lms: responses.RequestsMock, status: str
) -> None:
    listing(lms, *CAST, person("sus", status=status))
    assert sync(session, cast).added == 1
    assert not session.query(models.Member).filter(models.Member.person.has(sub="sus")).one().active


def test_a_teacher_who_is_in_no_list_is_not_locked_out(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST[:4])
    assert sync(session, cast) == RosterChange(unchanged=4)
    assert (cast.instructor.active, cast.instructor.missing_since) == (True, None)


def test_who_opens_the_tool_while_the_list_is_read_stays(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    read_at = clock.now()
    engine.begin_write(session)
    cast.mentee.last_launch_at = clock.now()
    found = [RosterMember("bo", None, None, Role.LEARNER, True)]
    roster.apply(session, cast.course, found, read_at=read_at)
    assert cast.mentee.missing_since is None
    assert not cast.newcomer.active


def test_members_of_other_courses_are_left_alone(
    session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    listing(lms, *CAST)
    sync(session, cast)
    assert cast.outsider.active
    assert cast.other_platform.active


def test_an_empty_list_changes_nothing(session: Session, cast: Cast, lms: responses.RequestsMock) -> None:
    listing(lms)
    with pytest.raises(ServiceError):
        sync(session, cast)
    session.rollback()
    assert cast.mentee.active


def start_job(session: Session, cast: Cast) -> int:
    engine.begin_write(session)
    job = jobs.start(session, cast.course.id, "roster")
    job_id = job.id
    session.commit()
    return job_id


def run_job(app: Flask, job_id: int) -> None:
    with app.app_context():
        worker.run(job_id)


def test_the_job_reads_the_list_and_shows_how_far_it_is(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing(lms, *CAST, *(person(f"new-{number}") for number in range(250)))
    told: list[tuple[float, str]] = []
    report: Callable[[int, float, str], None] = jobs.report

    def overhear(job_id: int, fraction: float, message: str) -> None:
        told.append((fraction, message))
        report(job_id, fraction, message)

    monkeypatch.setattr(jobs, "report", overhear)
    job_id = start_job(session, cast)
    run_job(app, job_id)
    job = session.get_one(models.Job, job_id)
    assert (job.state, job.percent, job.error) == ("done", 100, None)
    assert [fraction for fraction, _message in told] == sorted(fraction for fraction, _message in told)
    assert {message for _fraction, message in told} == {"roster.reading", "roster.groups", "roster.saving"}
    assert session.query(models.Member).filter_by(course_id=cast.course.id).count() == 256


@pytest.mark.parametrize(
    ("status", "words"), [(503, "did not answer"), (403, "administrator"), (404, "no course list")]
)
def test_a_job_that_fails_says_why(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock, status: int, words: str
) -> None:
    lms.get(URL, status=status)
    job_id = start_job(session, cast)
    run_job(app, job_id)
    job = session.get_one(models.Job, job_id)
    assert job.state == "failed"
    assert words in (job.error or "")


def test_a_job_that_is_cancelled_writes_nothing(
    app: Flask, session: Session, cast: Cast, lms: responses.RequestsMock
) -> None:
    job_id = start_job(session, cast)

    def cancel(_request: Any) -> tuple[int, dict[str, str], str]:
        with app.app_context():
            engine.begin_write(engine.db.session)
            jobs.cancel(engine.db.session.get_one(models.Job, job_id))
            engine.db.session.commit()
        return 200, {}, '{"members": [{"user_id": "new"}]}'

    lms.add_callback(responses.GET, URL, cancel)
    run_job(app, job_id)
    assert session.get_one(models.Job, job_id).state == "cancelled"
    assert session.query(models.Member).filter_by(course_id=cast.course.id).count() == 6
