"""An installed wheel runs like a checkout: templates, configuration and migrations travel with it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from lti_tool.db import models

STARTS = """
import lti_tool, sys
from lti_tool import settings
from lti_tool.app import create_app
from lti_tool.data_folders import folder
assert lti_tool.__file__.startswith(sys.argv[1]), lti_tool.__file__
app = create_app(settings.load())
page = app.test_client().get("/courses/1/")
assert page.status_code == 401 and "data-error-code" in page.text, page.text
assert (folder("config") / "gunicorn.py").is_file()
"""


@pytest.fixture(scope="module")
def installed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, built from this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=project, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(installed),
        "PEER_MENTOR_PUBLIC_URL": "https://tool.example",
        "PEER_MENTOR_SECRET_KEY": "s" * 40,
        "PEER_MENTOR_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "PEER_MENTOR_DATABASE_URL": f"sqlite:///{tmp_path / 'peer-mentor.db'}",
        "PEER_MENTOR_QUEUE_URL": "memory://",
    }


def test_the_application_starts_from_a_wheel(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    run = [sys.executable, "-c", STARTS, str(installed)]
    subprocess.run(run, cwd=tmp_path, env=environment, check=True)


def test_the_command_line_of_a_wheel_sets_up_a_database(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from lti_tool.cli import main; main()", "db", "upgrade"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "peer-mentor.db").stat().st_size > 0


def test_a_wheel_claims_no_top_level_name_but_ours(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert names == {models.__name__.split(".")[0], "matching", "xapi"}
