"""Which of the tablet's addresses are on the car's own network: those at which the crew's other devices are served."""

import ipaddress
from collections.abc import Iterable
from typing import Final

_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
"""RFC 6598: what operators of mobile networks give to their customers."""


def is_of_car_network(names: Iterable[str], here: str) -> bool:
    """Return whether a connection that came to the address `here` of this machine came over the car's network.

    `names` are the names and addresses by which the crew's devices reach the tablet. If any is an address, it is one of those
    (or this machine); else a private one (RFC 1918, RFC 4193, link-local), which that of mobile data mostly is not.
    """
    try:
        address = _plain(ipaddress.ip_address(here.partition("%")[0]))
    except ValueError:
        return False
    if address.is_loopback:
        return True
    named = set(_addresses(names))
    if named:
        return address in named
    return address.is_private and not (address.version == 4 and address in _SHARED)


def _addresses(names: Iterable[str]) -> Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for name in names:
        try:
            address = _plain(ipaddress.ip_address(name))
        except ValueError:
            continue
        if not address.is_loopback:
            yield address


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an IPv4 address for one that stands in an IPv6 socket."""
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
