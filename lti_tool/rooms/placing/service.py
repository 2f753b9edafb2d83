"""The answer to a deep linking request, given once (LTI Deep Linking 2.0, section 3.2.1)."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.db import models
from lti_tool.lti.deep_linking import RESOURCE_LINK
from lti_tool.outbox.columns import TAG
from lti_tool.rooms.placing.choice import Choice

FRAME_HEIGHT = 800
"""Pixels, where the platform does not listen to the frame's own wish."""


def answer(
    session: Session,
    request: models.DeepLinkRequest,
    choice: Choice,
    cohorts: Collection[models.Cohort],
    with_column: Collection[int],
    launch_url: str,
) -> None:
    """Fix the content items. A request that was answered keeps its answer.

    Args:
        cohorts: those chosen.
        with_column: ids of cohorts that need no further column.
        launch_url: where the links lead.
    """
    items = [_item(request, choice, cohort, launch_url, cohort.id in with_column) for cohort in cohorts]
    if choice.plain:
        items.append(_item(request, choice, None, launch_url, True))
    if choice.title and len(items) == 1:
        items[0]["title"] = choice.title
        if "lineItem" in items[0]:
            items[0]["lineItem"]["label"] = choice.title
    _fix(session, request, items)


def decline(session: Session, request: models.DeepLinkRequest) -> None:
    """Answer that nothing is to be placed."""
    _fix(session, request, [])


def _fix(session: Session, request: models.DeepLinkRequest, items: list[dict[str, Any]]) -> None:
    # Two clicks in the same moment: the second waits, and finds the answer of the first.
    session.refresh(request, with_for_update=True)
    if request.items is None:
        request.items = items


def _item(
    request: models.DeepLinkRequest,
    choice: Choice,
    cohort: models.Cohort | None,
    launch_url: str,
    has_column: bool,
) -> dict[str, Any]:
    # The link's own words go along, for platforms where the registration could not set them.
    custom = {"context_id_history": "$Context.id.history", "link_id_history": "$ResourceLink.id.history"}
    item: dict[str, Any] = {
        "type": RESOURCE_LINK,
        "url": launch_url,
        "title": cohort.name if cohort else request.title or _("Find a peer mentor"),
        "custom": custom | ({"cohort_id": str(cohort.id)} if cohort else {}),
    }
    if request.text:
        item["text"] = request.text
    if cohort is not None and choice.graded and not has_column and _has_one_column(cohort.grade_rule):
        item["lineItem"] = _line_item(cohort)
    return item | _presentation(request, choice)


def _has_one_column(rule: models.GradeRule) -> bool:
    return rule.enabled and not rule.apart


def _line_item(cohort: models.Cohort) -> dict[str, Any]:
    return {
        "label": cohort.name,
        "scoreMaximum": cohort.grade_rule.maximum,
        "resourceId": f"cohort-{cohort.id}",
        "tag": TAG,
        "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
    }


def _presentation(request: models.DeepLinkRequest, choice: Choice) -> dict[str, Any]:
    target = choice.target or (request.targets[0] if len(request.targets) == 1 else None)
    if target == "window":
        return {"window": {"targetName": "_blank"}}
    return {"iframe": {"height": FRAME_HEIGHT}} if target == "iframe" else {}
