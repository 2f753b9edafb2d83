"""The pages of the sandbox LMS: its courses, a course with its people and activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy import select

from lti_tool.sandbox.config import ToolRegistration
from lti_tool.sandbox.hints import LaunchHint, sign_hint
from lti_tool.sandbox.listing import Slice, read_slice
from lti_tool.sandbox.messages import roles_in
from lti_tool.sandbox.models import Course, LineItem, Membership, Person, ResourceLink, Score
from lti_tool.sandbox.platform import platform
from lti_tool.sandbox.role_words import role_words
from lti_tool.sandbox.security import refuse_foreign_forms
from lti_tool.sandbox.store import session
from lti_tool.sandbox.tools import all_tools, find_tool
from lti_tool.sandbox.vocabulary import ROLE_INSTRUCTOR, ROLE_SYSTEM_ADMINISTRATOR

blueprint = Blueprint("pages", __name__)
blueprint.before_request(refuse_foreign_forms)
Target = Literal["iframe", "window"]
FORWARDING = "post_message_forwarding"
STORAGES = ("_parent", FORWARDING, "none")
"""Who keeps values of tools: the course's page, a frame beside the tool's (as Canvas has it), nobody."""


@dataclass(frozen=True, slots=True)
class LaunchForm:
    """A login initiation (LTI Security Framework 1.0, 5.1.1.1) as a form: its address and its fields."""

    action: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Activity:
    link: ResourceLink
    tool: ToolRegistration
    here: LaunchForm
    new_tab: LaunchForm
    maximum: float | None
    grade: float | None


@blueprint.app_template_global()
def entered_person() -> Person | None:
    """Who has entered the LMS in this browser."""
    identifier = cookie.get("person")
    return session().get(Person, identifier) if isinstance(identifier, str) else None


@blueprint.get("/")
def courses() -> str:
    found = read_slice(select(Course).order_by(Course.label, Course.id))
    return render_template("courses.html", courses=found)


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> str:
    found = course_or_404(course_id)
    person = entered_person()
    roles = roles_in(course_id, person) if person else None
    may_add = bool(roles) and bool({ROLE_INSTRUCTOR, ROLE_SYSTEM_ADMINISTRATOR} & set(roles or ()))
    storage = storage_wanted()
    return render_template(
        "course.html",
        course=found,
        storage=storage,
        FORWARDING=FORWARDING,
        tool_origins=_tool_origins(),
        members=_members(course_id),
        visitors=_visitors(),
        role_words=role_words,
        roles=roles,
        activities=_activities(course_id, person) if person and roles else [],
        additions=_additions(course_id, person) if person and may_add else [],
        wanted=request.args.get("open", ""),
        placed="placed" in request.args,
        teaches=bool(roles) and ROLE_INSTRUCTOR in (roles or ()),
        told=request.args.get("told", ""),
    )


@blueprint.post("/courses/<course_id>/enter")
def enter(course_id: str) -> Response:
    course_or_404(course_id)
    person = session().get(Person, request.form.get("person", ""))
    if person is None:
        abort(400, "Choose somebody from the list of people.")
    cookie["person"] = person.id
    return _to(url_for("pages.course", course_id=course_id))


@blueprint.post("/leave")
def leave() -> Response:
    cookie.pop("person", None)
    return _to(url_for("pages.courses"))


@blueprint.get("/courses/<course_id>/returned")
def returned(course_id: str) -> str:
    """Where a tool sends people back to (`launch_presentation.return_url`), mostly inside the frame."""
    return render_template("returned.html", course=course_or_404(course_id), added=request.args.get("added"))


@blueprint.get("/storage-frame")
def storage_frame() -> str:
    return render_template("storage_frame.html", storage=FORWARDING, tool_origins=_tool_origins())


@blueprint.get("/empty-frame")
def empty_frame() -> str:
    return render_template("empty_frame.html")


def course_or_404(course_id: str) -> Course:
    found = session().get(Course, course_id)
    if found is None:
        abort(404, "There is no such course.")
    return found


def storage_wanted() -> str:
    """The course page's `storage` parameter: who keeps values of tools, so that each way can be tried."""
    wanted = request.args.get("storage", STORAGES[0])
    return wanted if wanted in STORAGES else STORAGES[0]


def _tool_origins() -> str:
    return " ".join(dict.fromkeys(origin for tool in platform().tools for origin in tool.origins))


def _to(address: str) -> Response:
    answer = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer


def _members(course_id: str) -> Slice[Membership]:
    return read_slice(
        select(Membership).where(Membership.course_id == course_id, Membership.active).order_by(Membership.id)
    )


def _visitors() -> Sequence[Person]:
    identifiers = [visitor.id for visitor in platform().visitors[:20]]
    return session().scalars(select(Person).where(Person.id.in_(identifiers)).order_by(Person.id)).all()


def _activities(course_id: str, person: Person) -> list[Activity]:
    links = session().scalars(
        select(ResourceLink)
        .where(ResourceLink.course_id == course_id)
        .order_by(ResourceLink.position, ResourceLink.id)
        .limit(100)
    )
    grades = _grades(course_id, person)
    found = []
    for link in links:
        tool = find_tool(link.client_id)
        if tool is None:
            continue
        maximum, grade = grades.get(link.id, (None, None))
        here, new_tab = (launch_form(tool, person, link, course_id, target) for target in _TARGETS)
        found.append(Activity(link, tool, here, new_tab, maximum, grade))
    return found


_TARGETS: tuple[Target, Target] = ("iframe", "window")


def _grades(course_id: str, person: Person) -> dict[str, tuple[float | None, float | None]]:
    """For each graded link: the points to be had, and this person's if they are a learner with some."""
    rows = session().execute(
        select(LineItem.resource_link_id, LineItem.score_maximum, Score.grade)
        .outerjoin(Score, (Score.line_item_id == LineItem.id) & (Score.person_id == person.id))
        .where(LineItem.course_id == course_id, LineItem.resource_link_id.is_not(None))
    )
    return {link_id: (maximum, grade) for link_id, maximum, grade in rows if link_id is not None}


def _additions(course_id: str, person: Person) -> list[tuple[ToolRegistration, LaunchForm]]:
    return [
        (tool, launch_form(tool, person, None, course_id, "iframe"))
        for tool in all_tools()
        if tool.deep_linking_url
    ]


def launch_form(
    tool: ToolRegistration,
    person: Person,
    link: ResourceLink | None,
    course_id: str,
    target: Target,
    review: tuple[str, int] | None = None,
) -> LaunchForm:
    """
    Args:
        link: None asks for deep linking.
        review: whose work in which column, for a submission review.
    """
    learner, column = review or (None, None)
    link_id = link.id if link else None
    hint = LaunchHint(person.id, course_id, tool.client_id, link_id, target, learner, column)
    fields = {
        "iss": platform().issuer,
        "login_hint": person.id,
        "target_link_uri": (link.url if link else tool.deep_linking_url) or tool.target_link_uri,
        "lti_message_hint": sign_hint(hint),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    if target == "iframe" and storage_wanted() != "none":
        fields["lti_storage_target"] = storage_wanted()
    return LaunchForm(tool.login_url, fields)
