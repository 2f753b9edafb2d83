"""What a sandbox LMS is made of: tools, courses, people. Frozen data; the demo's seeding reads it too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lti_tool.sandbox.vocabulary import ALL_SCOPES, ROLE_LEARNER


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """A person and their roles (full URIs) in the course that lists them.

    ``id`` is the `sub` of every launch. ``shares_profile=False`` withholds name and email from every tool.
    """

    id: str
    name: str
    given_name: str
    family_name: str
    email: str
    locale: str = "en"
    zoneinfo: str = "UTC"
    roles: tuple[str, ...] = (ROLE_LEARNER,)
    active: bool = True
    shares_profile: bool = True


@dataclass(frozen=True, slots=True)
class ResourceLinkSeed:
    """A tool's activity in a course; with ``maximum`` (points) it has a gradebook column of its own."""

    id: str
    title: str
    custom: Mapping[str, str] = field(default_factory=dict)
    maximum: float | None = None
    client_id: str | None = None
    """Whose activity it is; None for the first registered tool."""


@dataclass(frozen=True, slots=True)
class GroupSetSeed:
    """A set of groups, and who (ids of people) is in which of its groups."""

    id: str
    name: str
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CourseSeed:
    id: str
    label: str
    title: str
    resource_links: tuple[ResourceLinkSeed, ...]
    people: tuple[PersonSeed, ...]
    group_sets: tuple[GroupSetSeed, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolRegistration:
    """A tool as the LMS knows it. Its public keys: at ``jwks_url``, or here as ``jwks``; never both."""

    client_id: str
    name: str
    login_url: str
    redirect_uris: tuple[str, ...]
    target_link_uri: str
    deployment_id: str = "1"
    jwks_url: str | None = None
    jwks: Mapping[str, Any] | None = None
    deep_linking_url: str | None = None
    scopes: tuple[str, ...] = ALL_SCOPES
    shares_profile: bool = True
    """False withholds everybody's name and email from this tool."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Sent with each of its links, beside the link's own values."""

    def __post_init__(self) -> None:
        if (self.jwks_url is None) == (self.jwks is None):
            raise ValueError("jwks_url or jwks: give exactly one of them")

    @property
    def origins(self) -> tuple[str, ...]:
        """The tool's origins: where its pages may be framed from and forms be sent to."""
        addresses = (self.login_url, self.target_link_uri, self.deep_linking_url or "", *self.redirect_uris)
        parts = (urlsplit(address) for address in addresses if address)
        return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """The whole platform. Times are in seconds.

    ``issuer`` is also the base of every address; ``database_url`` is a SQLite address, where ``sqlite://``
    alone means a file that goes away with the app.
    """

    tools: tuple[ToolRegistration, ...]
    courses: tuple[CourseSeed, ...]
    issuer: str = "http://127.0.0.1:8001"
    database_url: str = "sqlite://"
    visitors: tuple[PersonSeed, ...] = ()
    """People of the LMS who are enrolled nowhere and may enter every course (administrators)."""
    record_store_login: tuple[str, str] | None = None
    """Name and password of the record store; without them it lets nobody in."""
    token_seconds: int = 3600
    assertion_seconds: int = 300
    """The longest life that a client assertion may claim, and how old it may be."""
    leeway_seconds: int = 10
    page_size: int = 100
    """Entries on a page of a service's list when the tool sets no limit; also the most it can get."""
    jwks_timeout: float = 5.0

    def __post_init__(self) -> None:
        if self.issuer.endswith("/"):
            raise ValueError("issuer: leave out the slash at the end")
        if not self.tools:
            raise ValueError("tools: register at least one")

    def tool(self, client_id: str | None) -> ToolRegistration | None:
        return next((tool for tool in self.tools if tool.client_id == client_id), None)
