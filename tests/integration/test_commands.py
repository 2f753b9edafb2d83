"""The administrators' commands, from the command line itself: each builds the application that it needs."""

import json

from flask import Flask

from lti_tool.cli import main


def test_a_link_into_the_administration_is_printed(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(main, ["admin-link", "--json"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.output)["url"].startswith("https://tool.example/admin/enter?link=")


def test_the_self_test_says_when_there_is_nothing_to_try(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(main, ["selftest"])
    assert printed.exit_code == 1
    assert "There is no such platform" in printed.output
