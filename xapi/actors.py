"""Who a statement is about: accounts, never names or mailboxes (xAPI 1.0.3, Data 2.4.2.4)."""

import uuid
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

type_config = ConfigDict(frozen=True, extra="forbid")

JsonObject = dict[str, object]


def _absolute(value: str) -> str:
    parts = urlsplit(value)
    if (
        not parts.scheme
        or not (parts.netloc or parts.path)
        or any(character.isspace() for character in value)
    ):
        raise ValueError("must be an absolute IRI such as https://lms.example")
    return value


Iri = Annotated[str, AfterValidator(_absolute)]


class Account(BaseModel):
    """A person as their platform knows them: the issuer and its ``sub`` (or a pseudonym of it)."""

    model_config = type_config

    home_page: Iri
    name: Annotated[str, Field(min_length=1)]


def agent(account: Account) -> JsonObject:
    return {"objectType": "Agent", "account": {"homePage": account.home_page, "name": account.name}}


def pair(tool: str, registration: uuid.UUID) -> JsonObject:
    """The people of a mentorship together: an identified group (Data 2.4.2.2) that lists no members."""
    return {"objectType": "Group", "account": {"homePage": tool, "name": str(registration)}}
