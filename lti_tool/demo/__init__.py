"""The demo: the tool, its worker and the sandbox LMS on one machine, with a course in mid-life."""

from lti_tool.demo.processes import run

__all__ = ["run"]
