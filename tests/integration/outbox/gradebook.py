"""The sandbox LMS as the gradebook of the cast's course."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import engine, models
from lti_tool.lti import grades, keys
from lti_tool.sandbox import SandboxServer
from lti_tool.sandbox import models as sandbox
from lti_tool.sandbox.config import CourseSeed, PersonSeed, SandboxConfig, ToolRegistration
from lti_tool.sandbox.faults import Mode
from tests.cast import Cast

COPIED = (
    "name",
    "given_name",
    "family_name",
    "email",
    "locale",
    "zoneinfo",
    "shares_profile",
    "system_roles",
)
STORE_LOGIN = ("tool", "a password")
TOOL = "https://tool.example/lti"


@dataclass
class Gradebook:
    """What a teacher would see, and switches to put it out of order."""

    lms: SandboxServer
    session: Session
    course: models.Course

    def points(self) -> dict[str, float | None]:
        """Points by the person's id in the platform."""
        return {row.user_id: row.points for row in self._rows()}

    def comments(self) -> dict[str, str | None]:
        return {row.user_id: row.comment for row in self._rows()}

    def columns(self) -> list[str]:
        self.session.rollback()
        return [url for url in self.session.scalars(select(models.LineItem.url)) if url]

    def enrol(self, sub: str) -> None:
        """Somebody comes into the course."""
        with self._table() as own:
            person = own.get_one(sandbox.Person, "ana")
            own.add(sandbox.Person(id=sub, **{name: getattr(person, name) for name in COPIED}))
            own.flush()
            role = own.query(sandbox.Membership).filter_by(person_id="ana").one()
            own.add(
                sandbox.Membership(course_id=role.course_id, person_id=sub, roles=role.roles, active=True)
            )

    def delete_columns(self) -> None:
        """As a teacher or a reset of the course would."""
        with self._table() as own:
            own.query(sandbox.LineItem).delete()

    def reset(self) -> None:
        """The columns are made anew, under other addresses."""
        with self._table() as own:
            for old in own.query(sandbox.LineItem).all():
                names = ("course_id", "client_id", "label", "score_maximum", "resource_id", "tag")
                values = {name: getattr(old, name) for name in names}
                own.add(sandbox.LineItem(**values))
                own.flush()
                own.delete(old)

    def scale(self, maximum: float) -> None:
        """A teacher lets the columns count less."""
        with self._table() as own:
            own.query(sandbox.LineItem).update({"score_maximum": maximum})

    def add(self, item: sandbox.LineItem) -> None:
        with self._table() as own:
            own.add(item)

    def methods(self) -> list[str]:
        """Of all requests so far."""
        with self._table() as own:
            return [one.method for one in own.query(sandbox.ServiceRequest)]

    def all_columns(self) -> list[sandbox.LineItem]:
        """Every column that the platform has."""
        with self._table() as own:
            return own.query(sandbox.LineItem).order_by(sandbox.LineItem.id).all()

    def override(self, sub: str, grade: float | None = None, *, locked: bool = False) -> None:
        """A teacher changes a grade, or locks it."""
        with self._table() as own:
            score = own.query(sandbox.Score).filter_by(person_id=sub).one()
            score.hand = sandbox.TeachersHand(overridden=grade is not None, locked=locked)
            score.grade = score.grade if grade is None else grade

    def lose(self, sub: str) -> None:
        """Somebody's points are gone, as after a restored backup."""
        with self._table() as own:
            own.query(sandbox.Score).filter_by(person_id=sub).delete()

    @contextmanager
    def _table(self) -> Iterator[Session]:
        with Session(self.lms.app.extensions["sandbox_engine"], expire_on_commit=False) as own:
            yield own
            own.commit()

    def fail(self, mode: Mode | None, times: int | None = None) -> None:
        self.lms.app.extensions["sandbox_faults"].switch("gradebook", mode, times)

    def _rows(self) -> list[grades.Result]:
        found = [grades.results(self.session, self.course, url) for url in self.columns()]
        return [row for rows in found for row in rows]


@contextmanager
def open_gradebook(session: Session, cast: Cast) -> Iterator[Gradebook]:
    """A running platform that knows the cast's learners and this tool; the rows point to it."""
    session.rollback()
    tool = ToolRegistration(
        client_id=cast.platform.client_id,
        name="Peer Mentor",
        login_url=f"{TOOL}/login",
        redirect_uris=(f"{TOOL}/launch",),
        target_link_uri=f"{TOOL}/launch",
        jwks=keys.key_set(),
    )
    people = tuple(
        PersonSeed(member.person.sub, "A learner", "A", "learner", "learner@lms.example")
        for member in (cast.mentee, cast.mentor, cast.both)
    )
    course = CourseSeed(cast.course.context_id, "BIO", "Bio 101", (), people)
    config = SandboxConfig(tools=(tool,), courses=(course,), record_store_login=STORE_LOGIN)
    with SandboxServer(config) as lms:
        session.rollback()
        engine.begin_write(session)
        cast.platform.token_url = f"{lms.url}/token"
        cast.course.lineitems_url = f"{lms.url}/lti/courses/{cast.course.context_id}/lineitems"
        engine.commit(session)
        yield Gradebook(lms, session, cast.course)
