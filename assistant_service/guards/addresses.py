"""Which addresses a provider of a language model may have: https and public, unless the operator listed the host.

Defends this server's own network against an address that an administrator fills in (SSRF). The address is read when it
is saved and when a model is made; the places that its name stands for are checked when a connection is made, each one,
also after a redirect, so that a name that changes its mind reaches nothing.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import SplitResult, urlsplit

from veranderkracht.errors import Rejected
from veranderkracht.languages import say

_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa")  # last labels
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_PORTS = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_anywhere: ContextVar[bool] = ContextVar("a connection may go to a private address", default=False)


class AddressRefused(Rejected):
    """An address that a provider may not have."""

    code = "address-refused"


class PrivateAddress(OSError):
    """A connection that would go to an address that is not public."""


def is_listed(url: str, hosts: Collection[str]) -> bool:
    """Tell whether the operator listed the host of an address, with or without its port.

    Args:
        url: the address.
        hosts: as `name` or `name:port`.
    """
    parts = _split(url)
    name = _name(parts)
    return bool({name, f"{name}:{parts.port or _PORTS.get(parts.scheme)}"} & {one.lower() for one in hosts})


def check(url: str, hosts: Collection[str]) -> None:
    """Refuse an address that no provider may have; what its name stands for is checked when it is called.

    Args:
        url: the address.
        hosts: that the operator listed; those may be private, and without https.

    Raises:
        AddressRefused: with what is wrong.
    """
    parts = _split(url)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(say("Een adres van een taalmodel bevat geen gebruiker of wachtwoord."))
    if parts.scheme not in _PORTS:
        raise AddressRefused(say("Een adres van een taalmodel begint met https://."))
    if is_listed(url, hosts):
        return
    if parts.scheme != "https":
        raise AddressRefused(say("Het adres van {name} heeft geen https.", name=_name(parts)))
    if not _is_public_name(_name(parts)):
        raise AddressRefused(
            say(
                "{name} is geen openbaar adres. Wie de assistent beheert, kan het toelaten met VK_MODEL_HOSTS.",
                name=_name(parts),
            )
        )


def is_public(address: str) -> bool:
    """Tell whether an IP address, as a resolver gives it, is on the public internet; False for what is none."""
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _meant(one))


@contextmanager
def connecting(*, anywhere: bool) -> Iterator[None]:
    """Let connections of a `GuardedLoop`, made by this task and those it starts, go to private addresses, or not."""
    token = _anywhere.set(anywhere)
    try:
        yield
    finally:
        _anywhere.reset(token)


class GuardedLoop(asyncio.SelectorEventLoop):
    """An event loop that connects to public addresses alone, except within `connecting(anywhere=True)`."""

    async def getaddrinfo(self, host: Any, port: Any, **more: Any) -> Any:
        """Resolve a name; raises PrivateAddress when any of its addresses is not public."""
        found = await super().getaddrinfo(host, port, **more)
        for _, _, _, _, address in found:
            _refuse_private(address)
        return found

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connect; raises PrivateAddress for an address that is not public, however it was found."""
        _refuse_private(address)
        await super().sock_connect(sock, address)


def _refuse_private(address: Any) -> None:
    if _anywhere.get():
        return
    if not isinstance(address, tuple) or not is_public(str(address[0])):
        raise PrivateAddress("the address is not public")


def _split(url: str) -> SplitResult:
    try:
        # What browsers and clients read differently (a backslash, a line's end) is no address at all.
        if not url.isascii() or re.search(r"[\s\\\x00-\x20\x7f]", url):
            raise ValueError
        parts = urlsplit(url)
        if not parts.hostname or parts.port == 0:
            raise ValueError
    except ValueError as fault:
        raise AddressRefused(say("Dit is geen adres; verwacht iets als https://model.voorbeeld.be/v1.")) from fault
    return parts


def _name(parts: SplitResult) -> str:
    return (parts.hostname or "").lower().removesuffix(".")


def _is_public_name(name: str) -> bool:
    try:
        return is_public(str(ipaddress.ip_address(name)))
    except ValueError:
        pass
    last = name.rpartition(".")[2]
    # Decimal, octal and hexadecimal notations of an IPv4 address: a name of the internet never ends so.
    if not _HOST.fullmatch(name) or last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        return False
    return "." in name and last not in _OWN_NAMES


def _meant(address: Address) -> Iterator[Address]:
    """Give an address, and those that are wrapped in it: mapped, 6to4, Teredo, NAT64."""
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)  # how a network without IPv4 writes it
        return
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    for inner in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if inner is not None:
            yield inner
    if address in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
