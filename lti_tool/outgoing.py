"""The one way out to platforms: time-outs, a size limit, no redirects, no proxies, and no addresses on the inside.

Defends against registrations that point at our own network (SSRF), also by a name that resolves anew between check and
call: it is the connected socket's peer that is looked at, before a byte is sent.
"""

import ipaddress
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as ReadTimeout

from veranderkracht.languages import say

CONNECT_SECONDS = 4.0
READ_SECONDS = 8.0
TOTAL_SECONDS = 15.0
MAX_BYTES = 512 * 1024

_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT = re.compile(r"""\brel\s*=\s*(["'“]?)(?:[\w:./-]+ +)*next\b""", re.IGNORECASE)
_PUBLIC6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")  # 6to4's, given up (RFC 7526)


class OutgoingFault(Exception):
    """A call that brought no answer we can use; `reason` is for the log and for administrators."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a platform said.

    Args:
        status: the HTTP status.
        body: the body, at most `MAX_BYTES`.
        retry_after: seconds that the platform asked to wait, or None.
        next_page: where the list goes on, as the `Link` header says; empty at its end.
        date: what the platform's clock said, or None.
    """

    status: int
    body: bytes
    retry_after: float | None = None
    next_page: str = ""
    date: datetime | None = None

    def json(self) -> Any:
        """Give the body as JSON.

        Raises:
            OutgoingFault: it is none, or nested deeper than anybody needs.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as fault:  # the latter for brackets thousands deep
            raise OutgoingFault(say("het antwoord is geen JSON")) from fault


def with_query(address: str, **values: str) -> str:
    """Give an address that asks for these values too, beside what its query holds already."""
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


class Outgoing:
    """Calls to platforms; safe to share between threads.

    Args:
        allow_private: whether plain http and private addresses are allowed.
        total: seconds that one call may take altogether.
        clock: monotonic seconds; tests replace it.
    """

    def __init__(
        self, *, allow_private: bool = False, total: float = TOTAL_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allow_private = allow_private
        self._total = total
        self._clock = clock

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch an address.

        Raises:
            OutgoingFault: no usable answer came.
        """
        return self._call("GET", url, headers, None)

    def post(self, url: str, data: Mapping[str, str] | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Post a form (a mapping) or a body that `headers` describe.

        Raises:
            OutgoingFault: no usable answer came.
        """
        return self._call("POST", url, headers, data)

    def _call(
        self, method: str, url: str, headers: Mapping[str, str] | None, data: Mapping[str, str] | bytes | None
    ) -> Answer:
        _refuse_form(url, allow_http=self._allow_private)
        end = self._clock() + self._total
        # A session of its own per call: no cookies of one platform reach another, and threads share nothing.
        with requests.Session() as session:
            session.trust_env = False
            if not self._allow_private:
                session.mount("https://", _GuardedAdapter())
            try:
                with session.request(
                    method,
                    url,
                    headers={"Accept-Encoding": "identity", **(headers or {})},
                    data=data,
                    timeout=(CONNECT_SECONDS, min(READ_SECONDS, self._total)),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    body = self._body(response, end)
                    following, date = _next_page(url, response), _date(response)
                    return Answer(response.status_code, body, _retry_after(response), following, date)
            except (requests.RequestException, HTTPError, ValueError) as fault:
                # A ValueError: an address that is none, or a header that cannot be sent.
                raise OutgoingFault(f"{_host(url)}: {_why(fault)}") from fault

    def _body(self, response: requests.Response, end: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        # One read of the socket at a time: a server that drips would else keep a larger read waiting for ever.
        while part := response.raw.read1(16 * 1024):
            size += len(part)
            if size > MAX_BYTES:
                raise OutgoingFault(say("het antwoord is groter dan {most} KiB", most=MAX_BYTES // 1024))
            if self._clock() > end:
                raise OutgoingFault(say("het antwoord duurt langer dan {most} s", most=f"{self._total:g}"))
            parts.append(part)
        return b"".join(parts)


class PrivateAddress(OSError):
    """The name leads to an address on the inside."""


def _refuse_form(url: str, *, allow_http: bool) -> None:
    """Refuse an address that is none, or that says more than where to.

    A name or password in it would take the place of our own access; other programs would read a backslash or a control
    character otherwise than we do.
    """
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or _ODD.search(url):
        raise OutgoingFault(say("dit is geen bruikbaar adres"))
    if "@" in parts.netloc:
        raise OutgoingFault(
            say("{host}: een adres met een naam of wachtwoord erin is niet toegelaten", host=_host(url))
        )
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise OutgoingFault(say("{host}: enkel https is toegelaten", host=_host(url)))


def is_inside(text: str) -> bool:
    """Tell whether an address is not one of the public internet, or leads to such a one through another notation."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.teredo or not (address in _PUBLIC6 or address in _NAT64 or address.ipv4_mapped):
            return True
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:  # networks with IPv6 only reach the public IPv4 internet by it
            inner = ipaddress.IPv4Address(address.packed[-4:])
        address = inner or address
    return not address.is_global or address.is_multicast or address in _RELAYS


def _refuse_private(connection: HTTPSConnection) -> None:
    peer = connection.sock.getpeername()[0] if connection.sock else ""
    if is_inside(peer):
        connection.close()
        raise PrivateAddress(say("{peer} is een privaat adres", peer=peer))


class _GuardedHTTPS(HTTPSConnection):
    def _new_conn(self) -> Any:
        # The socket is connected here, before TLS says a word.
        made = super()._new_conn()
        self.sock = made
        _refuse_private(self)
        return made


class _GuardedPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _GuardedPool}


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or say("adres zonder naam")
    except ValueError:
        return say("een adres dat niet klopt")


def _why(fault: requests.RequestException | HTTPError | ValueError) -> str:
    inner: BaseException | None = fault
    while inner is not None:
        if isinstance(inner, PrivateAddress):
            return str(inner)
        reason = getattr(inner, "reason", None) or next((arg for arg in inner.args if isinstance(arg, Exception)), None)
        inner = reason if isinstance(reason, BaseException) else inner.__cause__ or inner.__context__
    if isinstance(fault, (requests.Timeout, ReadTimeout)):
        return say("antwoordt niet op tijd")
    if isinstance(fault, requests.exceptions.SSLError):
        return say("het TLS-certificaat klopt niet")
    if isinstance(fault, (requests.ConnectionError, HTTPError)):
        return say("geen verbinding")
    return type(fault).__name__


def _retry_after(response: requests.Response) -> float | None:
    # As seconds; digits of other scripts are digits to Python too, but no number here.
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _date(response: requests.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return said.astimezone(UTC) if said.tzinfo else None


def _next_page(url: str, response: requests.Response) -> str:
    # Moodle 5.1 writes rel=“next” with curly quotes, and `&amp;` in the address (mod/lti/service/gradebookservices:
    # lineitems.php, results.php); the parser of requests stumbles over both.
    header = response.headers.get("Link", "").encode("latin-1", "replace").decode(errors="replace")
    following = next((address for address, about in _LINK.findall(header) if _NEXT.search(about)), "").strip()
    following = following.replace("&amp;", "&")
    try:
        return urljoin(url, following) if following else ""
    except ValueError:
        return following  # no address; whoever follows it sees that
