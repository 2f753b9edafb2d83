"""Roles in plain words."""

from collections.abc import Iterable

from lti_tool.sandbox.vocabulary import (
    ROLE_INSTRUCTOR,
    ROLE_LEARNER,
    ROLE_SYSTEM_ADMINISTRATOR,
    ROLE_TEACHING_ASSISTANT,
)

_WORDS = {  # the first that applies is shown
    ROLE_TEACHING_ASSISTANT: "Expert",
    ROLE_INSTRUCTOR: "Instructor",
    ROLE_LEARNER: "Learner",
    ROLE_SYSTEM_ADMINISTRATOR: "Administrator",
}


def role_words(roles: Iterable[str]) -> str:
    held = set(roles)
    return next((word for role, word in _WORDS.items() if role in held), "Member")
