"""Which addresses this service calls because somebody wrote them down: public ones, and those that the place lists.

A name is judged twice: as it is written, and by every address that it leads to at the moment of the call. Nothing here
asks the network.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
PORTS = {"https": 443, "http": 80}
OPEN_PORTS = frozenset({443, 8443})
"""Where receivers listen; other ports belong to mail, databases and the like."""

_URL = re.compile(r"(https?)://([^/?#]*)(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
_AUTHORITY = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ENTRY = re.compile(r"(?:\[([0-9A-Fa-f:]+(?:/[0-9]{1,3})?)\]|([A-Za-z0-9.-]+(?:/[0-9]{1,2})?))(?::([0-9]{1,5}))?")

_NEVER = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.192/32",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fd00:ec2::254/128",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
"""Nobody's receiver, whatever is listed: no host, many hosts, clouds' metadata, and IPv4 in the clothes of IPv6."""


class DestinationRefused(Exception):
    """The address is not called; the text is a code that says why."""


@dataclass(frozen=True)
class Destination:
    url: str
    scheme: str
    host: str
    """In lower case; an IPv6 address without brackets."""
    port: int


@dataclass(frozen=True)
class Listed:
    """One entry of the place's list: a name or a network, and the port if only one is meant."""

    name: str | None
    network: IPv4Network | IPv6Network | None
    port: int | None

    def holds(self, host: str, address: Address | None, port: int) -> bool:
        if self.port not in (None, port):
            return False
        return host == self.name or (self.network is not None and address is not None and address in self.network)


def read_listed(entry: str) -> Listed:
    """`wa.mamuju.go.id`, `10.1.2.3:3000`, `10.1.0.0/16`, `[fd00::7]:443`; raises ValueError."""
    found = _ENTRY.fullmatch(entry)
    port = int(found[3]) if found and found[3] else None
    if not found or (port is not None and not 0 < port < 65536):
        raise ValueError(entry)
    written = found[1] or found[2]
    if "/" in written or _is_literal(written.lower()):
        return Listed(None, ip_network(written), port)
    if not _is_name(written.lower()):
        raise ValueError(entry)
    return Listed(written.lower(), None, port)


def _is_literal(host: str) -> bool:
    """Whether a resolver would take it for an address, also one in octal, hexadecimal or as one number."""
    return ":" in host or _NUMERIC.fullmatch(host.rpartition(".")[2]) is not None


def _is_name(host: str) -> bool:
    return all(_LABEL.fullmatch(label) for label in host.split("."))


def _literal(host: str) -> Address | None:
    """The address that a host is; raises DestinationRefused for one in another than its usual spelling."""
    if not _is_literal(host):
        return None
    try:
        return ip_address(host)
    except ValueError:
        raise DestinationRefused("host") from None


def is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def require_callable(host: str, address: Address, port: int, listed: Iterable[Listed]) -> None:
    """Whether a connection of this host to this address may be made; raises DestinationRefused("address")."""
    if any(address in never for never in _NEVER):
        raise DestinationRefused("address")
    if not is_public(address) and not any(one.holds(host, address, port) for one in listed):
        raise DestinationRefused("address")


def read_destination(url: str, listed: Iterable[Listed]) -> Destination:
    """An address as somebody wrote it down; raises DestinationRefused saying what is wrong with it.

    `https` to a port of OPEN_PORTS; a listed host may be reached in any way that its entry allows.
    """
    found = _URL.fullmatch(url)
    if not found:
        raise DestinationRefused("not-an-address")
    if "@" in found[2]:
        raise DestinationRefused("credentials")
    where = _AUTHORITY.fullmatch(found[2])
    if not where:
        raise DestinationRefused("host")
    scheme, host = found[1], where[1].lower().strip("[]")
    port = int(where[2]) if where[2] else PORTS[scheme]
    address = _literal(host)
    known = any(one.holds(host, address, port) for one in listed)
    if address is None and not (_is_name(host) and (known or "." in host)):
        raise DestinationRefused("host")
    if address is not None:
        require_callable(host, address, port, listed)
    if not known and scheme != "https":
        raise DestinationRefused("needs-https")
    if not 0 < port < 65536 or (not known and port not in OPEN_PORTS):
        raise DestinationRefused("port")
    return Destination(url, scheme, host, port)
