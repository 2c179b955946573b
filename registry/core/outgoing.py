"""HTTP to other machines: pinned addresses, no redirects, bounded answers, nothing private.

An address that somebody else gave us (a webhook) must not lead into our own network. The host is
resolved once, every address that it has must be a public one, and the connection goes to exactly
the address that was looked at, so that a name which changes its answer (DNS rebinding) gains
nothing. TLS is verified against the name. Redirects are answers, never followed.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from registry.core.errors import RegistryError
from registry.core.i18n import N_

TIMEOUT = 10.0
"""Seconds for the connection and for each read."""
DEADLINE = 60.0
"""Seconds for the whole exchange: a side that drips its answer holds nobody up."""
LARGEST = 8 * 1024 * 1024
LONGEST = 2000
"""Characters of an address."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Inside = bool | Literal["machine"]
"""What beside the open net may be called: nothing (False), this machine itself ("machine", for
demonstrations), or any private network (True). Either also admits http."""
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
"""Host and port to the addresses that it has."""


class AddressRefused(RegistryError):  # noqa: N818 - the family reads as sentences
    """The address is none that may be called."""

    code = "address-refused"
    status = 422
    message = N_("This address cannot be used: {why}")


class Unreachable(RegistryError):  # noqa: N818
    """No answer, or one that cannot be read. ``why`` is a short word without personal data."""

    code = "unreachable"
    status = 502
    message = N_("The other side cannot be reached ({why}).")


NOT_HTTPS = N_("it must begin with https://.")
NO_HOST = N_("it names no host, or says more than a host, a port and a path.")
NOT_PUBLIC = N_("it leads into a private or local network.")
NO_SUCH_HOST = N_("its host is not known.")


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host`` as the machine's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the open net, also where it carries another inside itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in _meant(parsed))


def _is_admitted(address: str, private: Inside) -> bool:
    if private is True or is_public(address):
        return True
    return private == "machine" and _is_own(address)


def _is_own(address: str) -> bool:
    """Whether an address is this machine's own, whatever it stands for."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_loopback for one in _meant(parsed))


def _meant(address: IPAddress) -> list[IPAddress]:
    """The address and every IPv4 address that it stands for."""
    found: list[IPAddress] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo or ()
        found += [one for one in (address.sixtofour, *teredo) if one is not None]
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        if address in _NAT64:
            found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def checked(url: str, *, private: Inside = False) -> SplitResult:
    """The parts of ``url``, if its form is one that may be called. Raises ``AddressRefused``.

    With ``private`` (a documented setting, for demonstrations and closed networks) also http and
    what it admits inside. A host written as an address is looked at here already.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise AddressRefused(why=NO_HOST) from None
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise AddressRefused(why=NOT_HTTPS)
    odd = parts.username is not None or parts.password is not None or parts.fragment or port == 0
    plain = url.isascii() and url.isprintable() and " " not in url.strip() and "\\" not in url
    if not parts.hostname or odd or not plain or len(url) > LONGEST:
        raise AddressRefused(why=NO_HOST)
    if _is_written(parts.hostname) and not _is_admitted(parts.hostname, private):
        raise AddressRefused(why=NOT_PUBLIC)
    return parts


def _is_written(host: str) -> bool:
    """Whether a host is an address; odd writings of one (127.1) fall in ``pinned``."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def pinned(parts: SplitResult, *, private: Inside = False, resolver: Resolver = resolve) -> str:
    """The one address to connect to. Raises ``AddressRefused`` where any of them is private."""
    host, port = parts.hostname or "", parts.port or _port(parts)
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise AddressRefused(why=NO_SUCH_HOST)
    if not all(_is_admitted(one, private) for one in addresses):
        raise AddressRefused(why=NOT_PUBLIC)
    return addresses[0]


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    private: Inside = False,
    resolver: Resolver = resolve,
    timeout: float = TIMEOUT,
    deadline: float = DEADLINE,
    most: int = LARGEST,
    trust: Path | None = None,
) -> Answer:
    """One request. Raises ``AddressRefused`` or ``Unreachable``; every status is an answer.

    ``trust``: a file of certificates of authorities (PEM) beside those of the system.
    """
    parts = checked(url, private=private)
    address = pinned(parts, private=private, resolver=resolver)
    connection = _connection(parts, address, timeout, trust)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    over = threading.Timer(deadline, _hang_up, [connection])
    over.daemon = True
    over.start()
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read(most + 1)
        names = {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(why=type(error).__name__) from None
    finally:
        over.cancel()
        connection.close()
    if len(content) > most:
        raise Unreachable(why="TooLarge")
    if len(content) < int(_digits(names.get("content-length", ""))):
        raise Unreachable(why="Incomplete")
    return Answer(answer.status, names, content)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 18 else "0"


def _hang_up(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80


def _connection(
    parts: SplitResult, address: str, timeout: float, trust: Path | None
) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port or _port(parts)
    if parts.scheme == "https":
        return _Pinned(host, port, address=address, timeout=timeout, trust=trust)
    plain = http.client.HTTPConnection(host, port, timeout=timeout)
    # Connects to what was looked at; the Host header still carries the name.
    plain._create_connection = _to(address)  # type: ignore[attr-defined]
    return plain


def _to(address: str) -> Callable[..., socket.socket]:
    def connect(
        target: tuple[str, int], timeout: float, source: tuple[str, int] | None = None
    ) -> socket.socket:
        return socket.create_connection((address, target[1]), timeout, source)

    return connect


class _Pinned(http.client.HTTPSConnection):
    """HTTPS to one address, its certificate verified for the name."""

    def __init__(
        self, host: str, port: int, *, address: str, timeout: float, trust: Path | None
    ) -> None:
        context = ssl.create_default_context()
        if trust is not None:
            context.load_verify_locations(trust)
        super().__init__(host, port, timeout=timeout, context=context)
        self._create_connection = _to(address)
