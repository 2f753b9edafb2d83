"""Which step of the profile is still to be done, whatever page the person opens."""

from lti_tool.db import models


def missing_step(participant: models.Participant) -> str | None:
    """The endpoint of the first step that is not finished; None when there is enough to be matched with."""
    kinds = {interest.kind for interest in participant.interests}
    if (participant.learns and "wants" not in kinds) or (participant.mentors and "offers" not in kinds):
        return "profiles.topics"
    if not participant.week:
        return "profiles.times"
    return None
