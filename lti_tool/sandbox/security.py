"""Headers and checks of the sandbox's own pages."""

from flask import Response, abort, g, request

from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.tools import all_tools


def add_headers(response: Response) -> Response:
    """Only own scripts and styles; frames and forms may go to the registered tools."""
    # Only pages need to know the installed tools, and only they have the database open already.
    known = all_tools() if response.mimetype == "text/html" else platform().tools
    origins = [origin for tool in known for origin in tool.origins]
    tools = " ".join(dict.fromkeys([*origins, *([g.framed_origin] if "framed_origin" in g else [])]))
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-src 'self' {tools}; form-action 'self' {tools}; frame-ancestors 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response


def refuse_foreign_forms() -> None:
    """The cookie goes along from other sites (launches in a frame need that), so their forms stop here."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin not in (None, platform().issuer, request.host_url.rstrip("/")):
        abort(403)
