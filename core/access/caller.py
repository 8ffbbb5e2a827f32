"""From where a request came: an address, for limits and the audit, and the program that sent it."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.http import HttpRequest

from core.access.models import LONGEST_AGENT

ONE_SITE: Final = 64  # bits of an IPv6 address that a provider gives to one customer (RFC 6177)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as the network tells."""

    address: str
    agent: str


def caller_of(request: HttpRequest) -> Caller:
    """The caller of a request.

    The address is the peer's; behind a proxy uvicorn puts in the one that the proxy names, if the
    proxy is one of FORWARDED_ALLOW_IPS.
    """
    agent = request.headers.get("User-Agent", "")
    printable = "".join(letter for letter in agent if letter.isprintable())
    return Caller(site_of(request.META.get("REMOTE_ADDR") or ""), printable[:LONGEST_AGENT])


def site_of(address: str) -> str:
    """The address, or for IPv6 the network of it that is one customer's; '' for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), ONE_SITE), strict=False))
    return str(found)
