"""What every service checks first: the bearer token, its scope, the media types, the course."""

from flask import g, request
from sqlalchemy import select

from lti_tool.sandbox.models import AccessToken, Course, LineItem, Membership
from lti_tool.sandbox.service_error import ServiceError
from lti_tool.sandbox.store import now, session
from lti_tool.sandbox.token import digest


def require_scope(*scopes: str) -> str:
    """The client_id of the caller, whose token carries at least one of ``scopes`` (RFC 6750)."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise ServiceError(401, "unauthorized", "Send a bearer token.", {"WWW-Authenticate": "Bearer"})
    grant = session().get(AccessToken, digest(token.strip()))
    if grant is None or grant.expires_at <= now():
        raise _challenge(401, "invalid_token", "The access token is unknown or has expired.")
    g.client_id = grant.client_id
    if not set(scopes) & set(grant.scopes):
        raise _challenge(403, "insufficient_scope", "The access token lacks the scope for this.", scopes[0])
    return grant.client_id


def _challenge(status: int, code: str, message: str, scope: str | None = None) -> ServiceError:
    challenge = f'Bearer error="{code}", error_description="{message}"'
    if scope:
        challenge += f', scope="{scope}"'
    return ServiceError(status, code, message, {"WWW-Authenticate": challenge})


def require_accept(media_type: str) -> None:
    """Of those who read only, as Moodle does: some tools that write name just what they send."""
    asked = request.method == "GET" and "Accept" in request.headers
    if asked and not request.accept_mimetypes.quality(media_type):
        raise ServiceError(406, "not_acceptable", f"This is answered as {media_type} only.")


def require_content(media_type: str) -> None:
    if request.mimetype != media_type:
        raise ServiceError(415, "unsupported_media_type", f"Send it as {media_type}.")


def require_course(course_id: str) -> Course:
    course = session().get(Course, course_id)
    if course is None:
        raise ServiceError(404, "not_found", "There is no such course.")
    return course


def require_line_item(course_id: str, line_item_id: int, client_id: str) -> LineItem:
    """Another tool's line item is answered as if it were not there."""
    item = session().get(LineItem, line_item_id)
    if item is None or item.course_id != course_id or item.client_id != client_id:
        raise ServiceError(404, "not_found", "This course has no such line item of this tool.")
    return item


def membership(course_id: str, person_id: str) -> Membership | None:
    return session().scalar(
        select(Membership).where(Membership.course_id == course_id, Membership.person_id == person_id)
    )
