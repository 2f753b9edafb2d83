"""The gradebook column that a score goes to: known, found, or made once and by one worker.

Its address is looked for in this order: the one kept from the last time; the one of the link that opens the
cohort; a column of the tool with the cohort's resource id and tag; then it is made. A kept address that the
platform does not know any more is looked up once anew; if there is no other column, an instructor is asked
before one is made, since somebody may have deleted it on purpose. Nothing here deletes one.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import clock, engine, models
from lti_tool.lti import grades
from lti_tool.outbox import comments, participation, scores
from lti_tool.outbox.reckoning import WHOLE, reckon

TAG = "participation"
LEASE = timedelta(minutes=3)
"""Longer than a look-up and a creation take; then whoever held it counts as lost."""


class Gone(Exception):
    """The platform has no such column any more, and nobody said that another may be made."""


class Busy(Exception):
    """Another worker is looking for the column, or making it."""


@dataclass(frozen=True)
class Place:
    """What is needed to find or make a column; no row, since it outlives the transaction."""

    cohort_id: int
    part: str
    label: str
    maximum: Decimal

    @property
    def resource_id(self) -> str:
        return f"cohort-{self.cohort_id}" + (f"-{self.part}" if self.part else "")


def address(session: Session, cohort: models.Cohort, part: str) -> str:
    """The address of the column, which is looked for or made if need be. Ends the session's transaction.

    Raises:
        Gone, Busy, ServiceError: see there.
    """
    known = _row(session, cohort.id, part)
    if known is not None and known.url:
        return known.url
    place = _place(cohort, part)
    with _alone(session, place) as token:
        found = _look(session, place)
        if found is None:
            if not _row_of(session, place).may_be_made:
                raise Gone
            _renew_lease(session, token)
            found = _make(session, place)
        _keep(session, place, token, found)
    return found


def address_instead(session: Session, cohort: models.Cohort, part: str, lost: str) -> str | None:
    """After a 404 for ``lost``: the column's new address, or None when the column is still there.

    Raises:
        Gone, Busy, ServiceError: see there.
    """
    if grades.can_look_up(cohort.course) and not grades.line_item_is_gone(session, cohort.course, lost):
        return None
    session.rollback()
    engine.begin_write(session)
    session.execute(
        update(models.LineItem)
        .where(models.LineItem.cohort_id == cohort.id, models.LineItem.part == part)
        .where(models.LineItem.url == lost)
        .values(url=None, gone_url=lost, may_be_made=False)
    )
    engine.commit(session)
    return address(session, cohort, part)


def allow_another(session: Session, cohort: models.Cohort) -> int:
    """An instructor says that columns which went missing may be made anew; how many there were."""
    gone = select(models.LineItem).where(
        models.LineItem.cohort_id == cohort.id, models.LineItem.may_be_made.is_(False)
    )
    found = session.scalars(gone.with_for_update()).all()
    for item in found:
        item.may_be_made = True
    session.flush()
    return len(found)


def missing(session: Session, cohort: models.Cohort) -> list[models.LineItem]:
    """Columns that went missing, and that no instructor has decided about."""
    query = select(models.LineItem).where(
        models.LineItem.cohort_id == cohort.id,
        models.LineItem.url.is_(None),
        models.LineItem.may_be_made.is_(False),
    )
    return list(session.scalars(query.order_by(models.LineItem.id)))


def _row(session: Session, cohort_id: int, part: str) -> models.LineItem | None:
    query = select(models.LineItem).where(
        models.LineItem.cohort_id == cohort_id, models.LineItem.part == part
    )
    return session.scalar(query.execution_options(populate_existing=True))


def _row_of(session: Session, place: Place) -> models.LineItem:
    row = _row(session, place.cohort_id, place.part)
    assert row is not None  # it carries the lease
    return row


def _place(cohort: models.Cohort, part: str) -> Place:
    if part == WHOLE:
        return Place(cohort.id, part, cohort.name, Decimal(cohort.grade_rule.maximum))
    nothing_yet = reckon(participation.terms_of(cohort.grade_rule), {})
    maxima = {one.kind: one.maximum for one in nothing_yet.parts}
    # A score for a part that counts no more may still be on its way.
    maximum = maxima.get(part, nothing_yet.maximum)
    return Place(cohort.id, part, f"{cohort.name}: {comments.name(part)}", maximum)


@contextmanager
def _alone(session: Session, place: Place) -> Iterator[str]:
    """Only one worker at a time looks for a column and makes it; gives the lease's token."""
    token = str(uuid.uuid4())
    _take(session, place, token)
    try:
        yield token
    finally:
        session.rollback()
        engine.begin_write(session)
        session.execute(
            update(models.LineItem)
            .where(models.LineItem.lease == token)
            .values(lease=None, leased_until=None)
        )
        engine.commit(session)


def _take(session: Session, place: Place, token: str) -> None:
    session.rollback()
    engine.begin_write(session)
    if _row(session, place.cohort_id, place.part) is None:
        _insert(session, place)
    free = or_(models.LineItem.leased_until.is_(None), models.LineItem.leased_until <= clock.now())
    taken = session.execute(
        update(models.LineItem)
        .where(models.LineItem.cohort_id == place.cohort_id, models.LineItem.part == place.part, free)
        .where(models.LineItem.url.is_(None))
        .values(lease=token, leased_until=clock.now() + LEASE)
        .execution_options(synchronize_session=False)
    )
    engine.commit(session)
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Busy


def _renew_lease(session: Session, token: str) -> None:
    """Have the whole time for making the column, however long the look-up took."""
    session.rollback()
    engine.begin_write(session)
    kept = session.execute(
        update(models.LineItem)
        .where(models.LineItem.lease == token)
        .values(leased_until=clock.now() + LEASE)
        .execution_options(synchronize_session=False)
    )
    engine.commit(session)
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise Busy


def _insert(session: Session, place: Place) -> None:
    row = models.LineItem(
        cohort_id=place.cohort_id, part=place.part, label=place.label[:200], maximum=place.maximum
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return  # another worker was quicker


def _look(session: Session, place: Place) -> str | None:
    cohort = session.get_one(models.Cohort, place.cohort_id)
    gone = _row_of(session, place).gone_url
    if place.part == WHOLE:
        own = scores.own_column(session, cohort.id)
        if own is not None and own != gone:
            return own
    if not grades.can_look_up(cohort.course):
        return None
    found = grades.find_line_item(
        session,
        cohort.course,
        resource_id=place.resource_id,
        tag=TAG,
        link_ids=scores.link_ids(session, cohort.id),
    )
    return found if found != gone else None


def _make(session: Session, place: Place) -> str:
    cohort = session.get_one(models.Cohort, place.cohort_id)
    return grades.create_line_item(
        session,
        cohort.course,
        resource_id=place.resource_id,
        tag=TAG,
        label=place.label,
        maximum=float(place.maximum),
    )


def _keep(session: Session, place: Place, token: str, url: str) -> None:
    """Write the address down, unless the lease ran out and another worker did."""
    session.rollback()
    engine.begin_write(session)
    of_activity = url == scores.own_column(session, place.cohort_id)
    session.execute(
        update(models.LineItem)
        .where(models.LineItem.lease == token)
        .values(
            url=url,
            made_here=not of_activity,
            may_be_made=True,
            label=place.label[:200],
            maximum=place.maximum,
        )
        .execution_options(synchronize_session=False)
    )
    engine.commit(session)
