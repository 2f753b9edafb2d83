"""Moodle (mod/lti): what its registration needs beyond the specification."""

PRODUCT = "moodle"
CUSTOM = {"group_ids": "$Moodle.Person.userGroupIds"}
"""Groups come by this variable only ("1,2"); Moodle has no Course Groups Service."""


def tools_page(issuer: str) -> str:
    """Where its administrator finds the tool, pending until it is activated."""
    return f"{issuer.rstrip('/')}/mod/lti/toolconfigure.php"
