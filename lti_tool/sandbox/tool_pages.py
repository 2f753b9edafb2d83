"""The administrator's page: tools that are installed, and one more by its registration address."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy import func, select

from lti_tool.sandbox.models import Course, InstalledTool, LineItem, Person, ResourceLink
from lti_tool.sandbox.pages import entered_person
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.registration import new_token
from lti_tool.sandbox.security import refuse_foreign_forms
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import installed_tools
from lti_tool.sandbox.vocabulary import ROLE_SYSTEM_ADMINISTRATOR

blueprint = Blueprint("tool_pages", __name__)
blueprint.before_request(refuse_foreign_forms)
_MAXIMUM = 100.0  # points of a placed activity


@blueprint.get("/tools")
def show() -> str:
    visitors = [visitor.id for visitor in platform().visitors[:20]]
    administrators = (
        session().scalars(select(Person).where(Person.id.in_(visitors)).order_by(Person.id)).all()
    )
    return render_template(
        "tools.html",
        administers=_administers(),
        administrators=administrators,
        configured=platform().tools,
        installed=installed_tools() if _administers() else [],
        courses=session().scalars(select(Course).order_by(Course.label).limit(50)).all(),
    )


@blueprint.post("/tools/enter")
def enter() -> Response:
    person = session().get(Person, request.form.get("person", ""))
    if person is None:
        abort(400, "Choose somebody from the list of people.")
    cookie["person"] = person.id
    return _back()


@blueprint.post("/tools/install")
def install() -> str:
    """Opens the tool's registration address in a frame, with the platform's address and a token."""
    _require_administrator()
    address = request.form.get("address", "").strip()
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or not address.isprintable():
        abort(400, "Paste the whole registration address that the tool's people gave you.")
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("openid_configuration", f"{platform().issuer}/.well-known/openid-configuration"),
        ("registration_token", new_token()),
    ]
    g.framed_origin = f"{parts.scheme}://{parts.netloc}"
    return render_template("install.html", address=urlunsplit(parts._replace(query=urlencode(query))))


@blueprint.post("/tools/<client_id>/activate")
def activate(client_id: str) -> Response:
    _tool(client_id).active = True
    return _back()


@blueprint.post("/tools/<client_id>/place")
def place(client_id: str) -> Response:
    """Puts the tool into a course as a graded activity."""
    tool = _tool(client_id)
    course = session().get(Course, request.form.get("course", ""))
    if course is None or not tool.active:
        abort(400, "Activate the tool, then choose a course from the list.")
    last = session().scalar(
        select(func.max(ResourceLink.position)).where(ResourceLink.course_id == course.id)
    )
    link = ResourceLink(
        id=f"{tool.client_id}-{(last or 0) + 1}",
        course_id=course.id,
        client_id=tool.client_id,
        title=f"{tool.name} (installed)",
        custom={},
        position=(last or 0) + 1,
    )
    session().add(link)
    session().flush()
    session().add(
        LineItem(
            course_id=course.id,
            client_id=tool.client_id,
            resource_link_id=link.id,
            label=link.title,
            score_maximum=_MAXIMUM,
        )
    )
    answer = redirect(url_for("pages.course", course_id=course.id, placed=1), 303)
    assert isinstance(answer, Response)
    return answer


def _administers() -> bool:
    person = entered_person()
    return person is not None and ROLE_SYSTEM_ADMINISTRATOR in person.system_roles


def _require_administrator() -> None:
    if not _administers():
        abort(403, "Only administrators install tools. Enter as one on the page of tools.")


def _tool(client_id: str) -> InstalledTool:
    _require_administrator()
    found = session().get(InstalledTool, client_id)
    return found or abort(404, "There is no such tool.")


def _back() -> Response:
    answer = redirect(url_for("tool_pages.show"), 303)
    assert isinstance(answer, Response)
    return answer
