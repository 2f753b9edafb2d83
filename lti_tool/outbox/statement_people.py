"""From the accounts that statements name back to the people of a course."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.outbox import facts


def json_of(member: models.Member) -> dict[str, object]:
    """The account as it stands in statements."""
    account = facts.account(member)
    return {"homePage": account.home_page, "name": account.name}


def all_of(member: models.Member) -> list[dict[str, object]]:
    """Each account by which statements may name this person, whatever the setting was."""
    accounts = (facts.known(member), facts.pseudonymous(member))
    return [{"homePage": one.home_page, "name": one.name} for one in accounts]


def names(session: Session, course: models.Course, accounts: Collection[str]) -> dict[str, str]:
    """What the people of a course are called there, by the names of their accounts; in one query."""
    query = (
        select(models.Member)
        .join(models.Member.person)
        .where(
            models.Member.course_id == course.id,
            or_(models.Person.sub.in_(accounts), models.Member.pseudonym.in_(accounts)),
        )
    )
    found: dict[str, str] = {}
    for member in session.scalars(query):
        found[member.person.sub] = found[member.pseudonym] = member.display_name
    return found
