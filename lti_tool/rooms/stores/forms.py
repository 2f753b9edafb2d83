from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_tool import settings
from lti_tool.db import models
from lti_tool.lti import addresses
from lti_tool.rooms.stores.service import StorePlan
from lti_tool.web.choices import choices
from lti_tool.web.texts import one_line

BASIC = "basic"
OAUTH2 = "oauth2"
WAYS = [
    (BASIC, _l("User name and password")),
    (OAUTH2, _l("OAuth 2 (client credentials)")),
]
VERSIONS = [("1.0.3", _l("1.0.3, which nearly all speak")), ("2.0.0", _l("2.0.0"))]
_TOO_LONG = _l("Use at most %(max)d characters.")


class StoreForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    name = StringField(
        _l("What do you call it?"),
        [InputRequired(_l("Give it a name.")), Length(max=100, message=_TOO_LONG)],
        description=_l("Such as “Biology department”."),
        filters=[one_line],
    )
    endpoint = StringField(
        _l("Its address"),
        [InputRequired(_l("Copy the address that the store shows for xAPI.")), Length(max=2000)],
        description=_l("It often ends with /xapi."),
        filters=[one_line],
    )
    version = SelectField(_l("Version of xAPI"), choices=choices(VERSIONS))
    auth = SelectField(_l("How it lets this tool in"), choices=choices(WAYS))
    username = StringField(
        _l("User name, or client ID"),
        [InputRequired(_l("The store gave it to you.")), Length(max=255, message=_TOO_LONG)],
        filters=[one_line],
    )
    secret = PasswordField(
        _l("Password, or client secret"), [Optional(), Length(max=1000, message=_TOO_LONG)]
    )
    token_url = StringField(
        _l("Address for tokens"),
        [Optional(), Length(max=2000)],
        description=_l("Only for OAuth 2."),
        filters=[one_line],
    )
    scope = StringField(
        _l("Scope"),
        [Optional(), Length(max=500, message=_TOO_LONG)],
        description=_l("Only for OAuth 2, if the store asks for one."),
        filters=[one_line],
    )

    def __init__(self, *, known: models.RecordStore | None = None, **named: Any) -> None:
        super().__init__(**(named if known is None else named | _values(known)))
        self._known = known
        self.secret.flags.optional = known is not None
        if known is not None:
            self.secret.description = _("Leave it empty to keep the one that is stored.")

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        _check_address(self.endpoint)
        if self.auth.data == OAUTH2:
            _check_address(self.token_url)
        if self._known is None and not self.secret.data:
            self.secret.errors = [_("The store gave it to you, with the user name.")]
        if self._known is not None and not self.secret.data and self._known.endpoint != self.endpoint.data:
            self.secret.errors = [_("For another address, give it again.")]
        return not self.errors

    def plan(self) -> StorePlan:
        by_token = self.auth.data == OAUTH2
        return StorePlan(
            name=self.name.data or "",
            endpoint=(self.endpoint.data or "").rstrip("/"),
            version=self.version.data,
            auth=self.auth.data,
            username=self.username.data or "",
            secret=self.secret.data or None,
            token_url=self.token_url.data if by_token else None,
            scope=(self.scope.data or None) if by_token else None,
        )


def _check_address(field: StringField) -> None:
    """Where it leads is looked at when it is called; here only what can be told from its text."""
    if addresses.service_url(field.data) is None:
        field.errors = [_("Give the whole address, such as https://lrs.example.edu/xapi.")]
    elif not (field.data or "").startswith("https://") and not settings.current().allow_loopback:
        field.errors = [_("Use an address that begins with https://: statements tell of people.")]


def _values(known: models.RecordStore) -> dict[str, Any]:
    names = ("name", "endpoint", "version", "auth", "username", "token_url", "scope")
    return {"data": {name: getattr(known, name) for name in names}}
