from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_tool.web.texts import one_line

_NEEDED = _l("Copy it from the platform's page for this tool.")


class InviteForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("What do you call the platform?"),
        [Optional(), Length(max=200, message=_l("At most 200 characters."))],
        filters=[one_line],
        description=_l("Such as “Our Moodle”. Only administrators see it."),
    )


class PlatformForm(FlaskForm):  # type: ignore[misc]
    """What a platform shows about itself once the tool was added there by hand."""

    name = StringField(
        _l("What do you call the platform?"),
        [Optional(), Length(max=200, message=_l("At most 200 characters."))],
        filters=[one_line],
    )
    issuer = StringField(_l("Platform ID (issuer)"), [InputRequired(_NEEDED)], filters=[one_line])
    client_id = StringField(_l("Client ID"), [InputRequired(_NEEDED)], filters=[one_line])
    auth_url = StringField(_l("Authentication request URL"), [InputRequired(_NEEDED)], filters=[one_line])
    token_url = StringField(_l("Access token URL"), [InputRequired(_NEEDED)], filters=[one_line])
    jwks_url = StringField(_l("Public keyset URL"), [InputRequired(_NEEDED)], filters=[one_line])
    deployment_id = StringField(
        _l("Deployment ID"),
        [Optional()],
        filters=[one_line],
        description=_l("Without it the first launch asks you to let the deployment in."),
    )

    def show(self, refused: ValueError) -> None:
        """Put the sentence of `registration.add_platform` next to the field that it is about."""
        option, _colon, sentence = str(refused).partition(": ")
        field = self._fields.get(option.replace("-", "_"), self.issuer)
        field.errors = [sentence[:1].upper() + sentence[1:] + "."]
