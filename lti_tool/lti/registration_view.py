"""What the two pages of a registration say."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_tool.db import models
from lti_tool.lti import client_registration
from lti_tool.lti import vocabulary as lti
from lti_tool.lti.addresses import origin_of
from lti_tool.lti.dynamic_registration import Registered
from lti_tool.lti.platform_configuration import PlatformConfiguration
from lti_tool.lti.platforms import canvas, moodle

_PRODUCTS = {moodle.PRODUCT: "Moodle", canvas.PRODUCT: "Canvas"}
_USES: tuple[tuple[str, Any], ...] = (
    (lti.SCOPE_MEMBERSHIP_READ, _l("read the course list, to know who may take part")),
    (lti.SCOPE_LINE_ITEM, _l("keep its column in the gradebook")),
    (lti.SCOPE_SCORE, _l("send points for taking part")),
    (lti.SCOPE_RESULT_READ, _l("read its own points back, to notice changes made by teachers")),
    (lti.SCOPE_GROUP_READ, _l("read the course's groups")),
    (lti.SCOPE_NOTICE_HANDLERS, _l("hear when a course is copied, to offer its set-up again")),
)


@dataclass(frozen=True)
class Offer:
    """Before: who asks, and what Peer Mentor will ask for."""

    facts: list[tuple[str, str]]
    uses: list[str]
    platform: str


@dataclass(frozen=True)
class Done:
    """After: the way on in the platform, and what was not granted."""

    title: str
    steps: list[str]
    missing: list[str]
    back_url: str
    platform: str
    switched_off: bool
    """It was so before, and registering again does not change it."""


def offer_view(platform: PlatformConfiguration) -> Offer:
    product = _PRODUCTS.get(platform.product or "", platform.product or _("a learning platform"))
    personal = {"name", "email"} & set(client_registration.claims(platform))
    facts = [
        (_("Platform"), f"{product}, {platform.account_name or platform.host}"),
        (_("Its address"), platform.issuer),
        (_("In courses it is called"), client_registration.NAME),
        (_("Where"), _where(platform)),
        (_("Names and e-mail"), _("Asked for; the platform decides") if personal else _("Not asked for")),
    ]
    asked = set(client_registration.scopes(platform))
    return Offer(facts, [str(words) for scope, words in _USES if scope in asked], platform.host)


def done_view(platform: PlatformConfiguration, registered: Registered, row: models.Platform) -> Done:
    asked = set(client_registration.scopes(platform)) - set(registered.scopes)
    return Done(
        title=_("%(name)s and Peer Mentor know each other", name=row.name),
        steps=_steps(platform, registered),
        missing=[str(words) for scope, words in _USES if scope in asked],
        back_url=_back(platform),
        platform=platform.host,
        switched_off=row.disabled_at is not None,
    )


def _where(platform: PlatformConfiguration) -> str:
    if platform.product == canvas.PRODUCT:
        return str(_("The course menu (off until a teacher adds it), assignments and modules"))
    return str(_("Activities that a teacher adds to a course"))


def _steps(platform: PlatformConfiguration, registered: Registered) -> list[str]:
    if platform.product == moodle.PRODUCT:
        return [
            _("Close this page. If the tool is listed as Pending, click Activate on its card."),
            _("In a course, turn it on under More, LTI External tools."),
            _("Add it as an activity named “Find a peer mentor”, and open it as the teacher."),
        ]
    if platform.product == canvas.PRODUCT:
        return [
            _("Close this page. Canvas shows what was asked for: leave it as it is, and enable the app."),
            _("Open it once in a course. It then waits to be let in, and an administrator approves it."),
        ]
    if registered.deployment_id is None:
        return [
            _("Close this page and switch the tool on, if your platform asks for it."),
            _("Open it once in a course. It then waits to be let in, and an administrator approves it."),
        ]
    return [
        _("Close this page and activate the tool, if your platform lists it as pending."),
        _("Add it to a course, and open it as the teacher."),
    ]


def _back(platform: PlatformConfiguration) -> str:
    if platform.product == moodle.PRODUCT:
        return moodle.tools_page(platform.issuer)
    return origin_of(platform.issuer) or platform.issuer
