"""The demo's people and registration, and what stays when the demo starts again."""

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from lti_tool.sandbox import create_sandbox, demo_config
from lti_tool.sandbox.config import SandboxConfig
from lti_tool.sandbox.people import ADMIN, BIO101, COURSES, STA200
from lti_tool.sandbox.vocabulary import ROLE_LEARNER

SECURE = "https://lms.example"


def test_the_first_course_has_the_promised_people() -> None:
    learners = [person for person in BIO101.people if person.roles == (ROLE_LEARNER,)]
    assert [person.id for person in learners] == [f"learner-{number:02}" for number in range(1, 25)]
    staff = [person.id for person in BIO101.people if person not in learners]
    assert staff == ["instructor-1", "expert-1", "expert-2"]
    assert [person.id for person in BIO101.people if not person.shares_profile] == ["learner-23"]
    assert ADMIN.id not in {person.id for course in COURSES for person in course.people}
    assert len(STA200.people) == 5


def test_everybody_has_a_zone_that_exists_and_a_language_tag() -> None:
    for course in COURSES:
        for person in course.people:
            assert ZoneInfo(person.zoneinfo).key == person.zoneinfo
            assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", person.locale), person.id


def test_the_demo_registers_the_tool_where_it_listens() -> None:
    (tool,) = demo_config(tool_url="http://localhost:8500").tools
    assert (tool.client_id, tool.deployment_id) == ("peer-mentor-demo", "1")
    assert tool.login_url == "http://localhost:8500/lti/login"
    assert tool.redirect_uris == ("http://localhost:8500/lti/launch",)
    assert tool.jwks_url == "http://localhost:8500/lti/jwks"


def test_a_second_start_keeps_keys_and_people_and_follows_a_tool_that_moved(tmp_path: Path) -> None:
    config = demo_config(issuer=SECURE, database_url=f"sqlite:///{tmp_path / 'lms.db'}")
    first = _keys(config)
    moved = replace(config, tools=demo_config(tool_url="http://localhost:8500").tools)
    assert _keys(moved) == first
    client = create_sandbox(moved).test_client()
    client.post("/courses/BIO101/enter", data={"person": "learner-01"}, base_url=SECURE)
    page = client.get("/courses/BIO101", base_url=SECURE).text
    assert 'name="target_link_uri" value="http://localhost:8500/lti/launch"' in page
    assert "http://localhost:8000" not in page


def _keys(config: SandboxConfig) -> object:
    return create_sandbox(config).test_client().get("/jwks").get_json()
