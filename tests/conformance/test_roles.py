"""What each role of the platform meets in the tool, from the launch to the pages."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from tests.cast import make_cohort
from tests.lms import CLAIM, GONE, MEMBERSHIP, Lms, member_of

TEACHING_ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
ROLES = CLAIM + "roles"

TEACH = [
    pytest.param([MEMBERSHIP + "Instructor"], id="instructor"),
    pytest.param([TEACHING_ASSISTANT], id="teaching_assistant"),
    pytest.param([MEMBERSHIP + "Instructor", TEACHING_ASSISTANT], id="canvas_double_role_of_a_ta"),
    pytest.param(
        [MEMBERSHIP + "Instructor", "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#Grader"],
        id="grader",
    ),
    pytest.param(["Instructor"], id="short_name"),
    pytest.param(
        [INSTITUTION + "Administrator", SYSTEM + "Administrator"], id="administrator_who_is_not_enrolled"
    ),
    pytest.param(
        [INSTITUTION + "Administrator", SYSTEM + "Administrator", MEMBERSHIP + "Instructor"],
        id="moodle_administrator",
    ),
]
EXPLAINED = [
    pytest.param([MEMBERSHIP + "Mentor"], "an observer of this course", id="observer"),
    pytest.param(["Mentor"], "an observer of this course", id="observer_by_short_name"),
    pytest.param([], "did not say what you do", id="empty"),
    pytest.param(["http://example.test/roles#Wizard"], "did not say what you do", id="unknown"),
    pytest.param([INSTITUTION + "Student"], "did not say what you do", id="institution_role_alone"),
    pytest.param([INSTITUTION + "Instructor"], "did not say what you do", id="institution_teacher_alone"),
]


@pytest.mark.parametrize("roles", TEACH)
def test_who_teaches_manages_the_cohorts(client: FlaskClient, lms: Lms, roles: list[str]) -> None:
    """A TA may do what an instructor may: courses give them the running of such programmes."""
    home = lms.launch(client, {ROLES: roles}).location
    assert "Create your first cohort" in client.get(home).text
    assert client.get(f"{home}cohorts/new").status_code == 200


@pytest.mark.parametrize(("roles", "words"), EXPLAINED)
def test_who_neither_learns_nor_teaches_reads_an_explanation_and_can_change_nothing(
    client: FlaskClient, lms: Lms, session: Session, roles: list[str], words: str
) -> None:
    teacher = member_of(session, lms.launch(client, {ROLES: [MEMBERSHIP + "Instructor"], "sub": "tess"}))
    session.rollback()
    engine.begin_write(session)
    cohort, _statistics, _writing = make_cohort(session, teacher.course, teacher)
    session.commit()
    base = f"/courses/{teacher.course_id}/"
    lms.launch(client, {ROLES: roles, "sub": "vera"})
    page = client.get(base)
    assert words in page.text
    assert cohort.name not in page.text
    for path in ("cohorts/new", f"cohorts/{cohort.id}", f"cohorts/{cohort.id}/people"):
        assert client.get(base + path).status_code == 403, path
    joining = client.post(f"{base}cohorts/{cohort.id}/join", data={"role": "both", "agree": "y"})
    assert joining.status_code == 409
    session.rollback()
    assert session.query(models.Participant).count() == 0


def test_a_learner_learns(client: FlaskClient, lms: Lms) -> None:
    home = lms.launch(client).location
    assert client.get(home).status_code == 200
    assert client.get(f"{home}cohorts/new").status_code == 403


def test_a_teacher_switched_to_student_is_a_learner_until_they_switch_back(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    roles = []
    for name in ("Instructor", "Learner", "Instructor"):
        member = member_of(session, lms.launch(client, {ROLES: [MEMBERSHIP + name]}))
        roles.append(member.role)
        page = client.get(f"/courses/{member.course_id}/cohorts/new")
        assert page.status_code == (200 if name == "Instructor" else 403)
    assert roles == ["instructor", "learner", "instructor"]
    assert session.query(models.Member).count() == 1


def test_people_without_names_see_each_other_under_distinct_readable_names(
    client: FlaskClient, lms: Lms, session: Session
) -> None:
    for number in range(20):
        lms.launch(client, {"sub": str(number), "name": GONE, "email": GONE})
    session.rollback()
    names = [member.display_name for member in session.query(models.Member)]
    assert len(set(names)) == 20
    assert "Anonymous" not in names
