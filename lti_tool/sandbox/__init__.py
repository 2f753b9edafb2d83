"""A small LTI 1.3 Advantage platform, written to the specification, for the demo and the tests.

It shares no code with the tool, so that it cannot repeat the tool's own mistakes.
"""

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.config import CourseSeed, PersonSeed, ResourceLinkSeed, SandboxConfig, ToolRegistration
from lti_tool.sandbox.demonstration import demo_config, demo_tool
from lti_tool.sandbox.server import SandboxServer, serve

__all__ = [
    "CourseSeed",
    "PersonSeed",
    "ResourceLinkSeed",
    "SandboxConfig",
    "SandboxServer",
    "ToolRegistration",
    "create_sandbox",
    "demo_config",
    "demo_tool",
    "serve",
]
