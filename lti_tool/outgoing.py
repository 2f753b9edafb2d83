"""Every call to the outside goes through here: bounded in time and size, and never to an internal address.

The addresses that are called come from outside (an administrator, a registration, a signed message), so each
is treated as possibly pointing into the network that the tool itself stands in (server-side request forgery).
"""

import ipaddress
import socket
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.util import connection as urllib3_connection

from lti_tool.settings import Settings

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
WHOLE_ANSWER_SECONDS = 30.0
LARGEST_ANSWER = 5 * 1024 * 1024
"""Bytes, after decompression."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(requests.RequestException):
    """The call was not made, or its answer not taken: a forbidden address, or an answer without end."""


class _ForbiddenAddress(Exception):
    # Not an OSError: urllib3 would take it for a broken connection and wrap it.
    pass


def http(settings: Settings) -> requests.Session:
    """A session for calls to platforms and record stores.

    Timeouts (5 s to connect, 10 s between bytes, 30 s in all), no redirects, no proxies from the environment,
    https only, public addresses only, answers of at most 5 MB. ``settings.allow_loopback`` lets http and
    private addresses through (demo and tests).
    """
    return _GuardedSession(guarded=not settings.allow_loopback)


def is_public(address: str) -> bool:
    """Whether an IP address (text) belongs to the public internet, also where it wraps another address."""
    ip = ipaddress.ip_address(address.split("%")[0])
    return all(one.is_global and not one.is_multicast for one in (ip, *_embedded(ip)))


def _embedded(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


class _GuardedSession(requests.Session):
    def __init__(self, *, guarded: bool) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = 0
        self.headers["User-Agent"] = f"PeerMentor/{_version()}"
        self._guarded = guarded
        adapter = _GuardedAdapter() if guarded else HTTPAdapter()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if self._guarded and urlsplit(request.url or "").scheme != "https":
            raise Refused("only https addresses are called", request=request)
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        started = time.monotonic()
        try:
            response = super().send(request, **(kwargs | {"stream": True, "allow_redirects": False}))
        except _ForbiddenAddress as error:
            raise Refused(str(error), request=request) from None
        return _read(response, started)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None  # not even prepared: the target is whatever the other side wrote


def _read(response: requests.Response, started: float) -> requests.Response:
    body = bytearray()
    with response:
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise Refused("the answer is larger than 5 MB", response=response)
            if time.monotonic() - started > WHOLE_ANSWER_SECONDS:
                raise requests.ReadTimeout("the answer takes longer than 30 s", response=response)
    response._content = bytes(body)
    return response


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


class _CheckedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _CheckedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPS


def _connect(connection: HTTPConnection) -> socket.socket:
    """Connect to an address that was checked, not to a name that may mean another one a moment later."""
    address = _checked_address(connection)
    try:
        return urllib3_connection.create_connection(
            (address, connection.port),
            connection.timeout,
            source_address=connection.source_address,
            socket_options=connection.socket_options,
        )
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"connecting to {connection.host} took too long") from error
    except OSError as error:
        raise NewConnectionError(connection, f"no connection: {error}") from error


def _checked_address(connection: HTTPConnection) -> str:
    try:
        found = socket.getaddrinfo(
            connection.host.strip("[]"), connection.port, socket.AF_UNSPEC, socket.SOCK_STREAM
        )
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except UnicodeError:
        raise _ForbiddenAddress("the host has no valid name") from None
    addresses = [str(each[4][0]) for each in found]
    # One internal address among public ones is a trick, too.
    if not addresses or not all(is_public(address) for address in addresses):
        raise _ForbiddenAddress("the host is not on the public internet")
    return addresses[0]


@cache
def _version() -> str:
    try:
        return version("peer-mentor")
    except PackageNotFoundError:
        return "0"
