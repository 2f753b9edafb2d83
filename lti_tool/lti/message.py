"""The token's content as an LTI message (LTI 1.3 core, sections 5.3 and 5.4)."""

from collections.abc import Mapping
from typing import Any

from lti_tool.lti import deep_linking
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import is_ours, service_url
from lti_tool.lti.errors import LaunchRefused
from lti_tool.lti.launch import is_identifier
from lti_tool.lti.roles import role_of

_KNOWN = frozenset({lti.RESOURCE_LINK_REQUEST, lti.DEEP_LINKING_REQUEST, lti.SUBMISSION_REVIEW_REQUEST})


def check(claims: Mapping[str, Any], *, target_link_uri: str, public_url: str) -> None:
    """Check everything that a message of its kind must hold, whatever the platform is.

    Args:
        target_link_uri: as the login initiation had it; the message must ask for the same page.
        public_url: of the tool.

    Raises:
        LaunchRefused: version-*, message-type-*, deployment-missing, target-link-*, subject-*, roles-*,
            resource-link-missing, context-wrong, deep-linking-*, for-user-missing, line-item-missing.
    """
    _check_version(claims)
    _check_type(claims.get(lti.MESSAGE_TYPE))
    if not is_identifier(claims.get(lti.DEPLOYMENT_ID)):
        raise LaunchRefused("deployment-missing")
    _check_target(claims.get(lti.TARGET_LINK_URI), target_link_uri, public_url)
    _check_subject(claims.get("sub"))
    _check_roles(claims)
    _check_context(claims)
    if claims[lti.MESSAGE_TYPE] == lti.DEEP_LINKING_REQUEST:
        _check_deep_linking(claims)
        return
    _check_link(claims)
    if claims[lti.MESSAGE_TYPE] == lti.SUBMISSION_REVIEW_REQUEST:
        _check_review(claims)


def _check_version(claims: Mapping[str, Any]) -> None:
    version = claims.get(lti.VERSION)
    if not version:
        raise LaunchRefused("version-missing")
    if version != "1.3.0":
        raise LaunchRefused("version-wrong")


def _check_type(message_type: Any) -> None:
    if not message_type:
        raise LaunchRefused("message-type-missing")
    if not isinstance(message_type, str) or message_type not in _KNOWN:
        raise LaunchRefused("message-type-unknown", str(message_type)[:100])


def _check_target(target: Any, asked_for: str, public_url: str) -> None:
    if not target:
        raise LaunchRefused("target-link-missing")
    if target != asked_for:
        raise LaunchRefused("target-link-wrong")
    # The login checked it, too; the address of the tool may have changed in between.
    if not is_ours(target, public_url):
        raise LaunchRefused("target-link-elsewhere")


def _check_subject(subject: Any) -> None:
    if subject is None or subject == "":
        raise LaunchRefused("subject-missing")
    if not is_identifier(subject):
        raise LaunchRefused("subject-wrong")


def _check_roles(claims: Mapping[str, Any]) -> None:
    if lti.ROLES not in claims:
        raise LaunchRefused("roles-missing")
    roles = claims[lti.ROLES]
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise LaunchRefused("roles-wrong")


def _check_context(claims: Mapping[str, Any]) -> None:
    context = claims.get(lti.CONTEXT)
    if context is None:
        return
    if not isinstance(context, dict) or not is_identifier(context.get("id")):
        raise LaunchRefused("context-wrong")


def _check_link(claims: Mapping[str, Any]) -> None:
    link = claims.get(lti.RESOURCE_LINK)
    if not isinstance(link, dict) or not is_identifier(link.get("id")):
        raise LaunchRefused("resource-link-missing")


def _check_deep_linking(claims: Mapping[str, Any]) -> None:
    """Deep Linking 2.0, section 4.4; only who teaches places anything in a course."""
    problem = deep_linking.problem_of(claims.get(lti.DEEP_LINKING_SETTINGS))
    if problem is not None:
        raise LaunchRefused(problem)
    if not role_of(claims[lti.ROLES]).teaches:
        raise LaunchRefused("deep-linking-not-yours")


def _check_review(claims: Mapping[str, Any]) -> None:
    """Submission Review 1.0: whose work it is about, and the column it was opened from."""
    about = claims.get(lti.FOR_USER)
    if not isinstance(about, dict) or not is_identifier(about.get("user_id")):
        raise LaunchRefused("for-user-missing")
    endpoint = claims.get(lti.AGS_ENDPOINT)
    if not isinstance(endpoint, dict) or service_url(endpoint.get("lineitem")) is None:
        raise LaunchRefused("line-item-missing")
