"""Drives launches, and times them: a browser's part of each, to a WSGI app in this process or to a server over HTTP.

What is timed is the tool's answer to the login initiation and to the launch; what the platform does in between is not.
"""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import mean, median
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti_tool.bench.platform import CLIENT, Platform
from veranderkracht.clock import now
from veranderkracht.errors import VkError

FORM = "application/x-www-form-urlencoded"


class BenchFault(VkError):
    """The bench cannot measure; its text says why."""


@dataclass(frozen=True)
class Answer:
    """What a tool answers: status, headers (names in lower case, several cookies), and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Give a header, or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> str:
        """The cookies that it sets, as a browser sends them back; those that it takes away are left out."""
        pairs = [value.split(";")[0] for key, value in self.headers if key == "set-cookie"]
        return "; ".join(pair for pair in pairs if not pair.endswith("="))


# Method, address (path and query), cookies, form; an empty form for GET.
Ask = Callable[[str, str, str, str], Answer]


@dataclass(frozen=True)
class Timed:
    """One launch: seconds for the login initiation, for the launch, and for the page when the launch redirects."""

    login: float
    launch: float
    page: float
    token: str

    @property
    def whole(self) -> float:
        """Seconds that the tool took for the launch."""
        return self.login + self.launch


def launch(ask: Ask, platform: Platform, base_url: str, number: int) -> Timed:
    """Do one launch, checked to be let in.

    Raises:
        BenchFault: the tool did not let it in.
    """
    target = f"{base_url}/lti/launch"
    asked = {
        "iss": platform.issuer,
        "client_id": CLIENT,
        "login_hint": "bench",
        "target_link_uri": target,
        "lti_message_hint": "bench",
    }
    address = f"/lti/login?{urlencode(asked)}"
    begun = perf_counter()
    started = ask("GET", address, "", "")
    login = perf_counter() - begun
    sent = dict(parse_qsl(urlsplit(started.header("location")).query))
    if started.status != 302 or "nonce" not in sent:
        raise BenchFault(f"De aanmelding van de bench werd niet aanvaard (status {started.status}).")
    token = platform.id_token(number, sent["nonce"], target, now())
    form = urlencode({"id_token": token, "state": sent["state"]})
    begun = perf_counter()
    landed = ask("POST", "/lti/launch", started.cookies, form)
    took = perf_counter() - begun
    if landed.status not in (200, 302):
        raise BenchFault(f"De start van de bench werd niet aanvaard (status {landed.status}).")
    page = 0.0
    if landed.status == 302:
        begun = perf_counter()
        shown = ask("GET", landed.header("location"), landed.cookies, "")
        page = perf_counter() - begun
        if shown.status != 200:
            raise BenchFault(f"De pagina na de start kwam er niet (status {shown.status}).")
    return Timed(login, took, page, token)


def in_process(app: Callable[[dict[str, Any], Any], Any], base_url: str) -> Ask:
    """Give what asks a WSGI app, with no server and no test client in between."""
    parts = urlsplit(base_url)

    def ask(method: str, address: str, cookies: str, form: str) -> Answer:
        path, _, query = address.partition("?")
        body = form.encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": parts.hostname,
            "SERVER_PORT": str(parts.port),
            "HTTP_HOST": parts.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": FORM if form else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": parts.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if cookies:
            environ["HTTP_COOKIE"] = cookies
        told: list[Any] = []
        parts_of_body = app(environ, lambda status, headers, _fault=None: told.extend((status, headers)))
        try:
            said = b"".join(parts_of_body)
        finally:
            if hasattr(parts_of_body, "close"):
                parts_of_body.close()
        return Answer(int(told[0].split()[0]), _lower(told[1]), said)

    return ask


def over_http(port: int) -> Ask:
    """Give what asks a server on this machine, over one connection that stays open."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(method: str, address: str, cookies: str, form: str) -> Answer:
        headers: Mapping[str, str] = {
            **({"Cookie": cookies} if cookies else {}),
            **({"Content-Type": FORM} if form else {}),
        }
        connection.request(method, address, body=form or None, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, _lower(answer.getheaders()), answer.read())

    return ask


def _lower(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in headers)


@dataclass(frozen=True)
class Figures:
    """What a row of the table says of many timings, in seconds."""

    p50: float
    p95: float
    rate: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Figures":
        """Work them out: the rate is that of one after another."""
        ordered = sorted(seconds)
        return cls(median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1 / mean(ordered))
