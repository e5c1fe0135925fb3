"""A tool, platforms that really sign and really listen, and browsers that keep their own cookies."""

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from lti_tool import registrations
from lti_tool.registrations import Registration
from lti_tool.services import Services
from tests.cast import WEST, ZUID

BASE = "http://127.0.0.1:8001"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
START = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)
TEXT = "Vorige week zag ik hoe een dochter op de drempel bleef staan. " * 20


@cache
def key(name: str) -> RSAPrivateKey:
    """Give an RSA key; the same for the same name, for making one is slow."""
    return generate_private_key(public_exponent=65537, key_size=2048)


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@dataclass(frozen=True)
class Asked:
    """A request that reached the test server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answering = Callable[[Asked], tuple[int, str, bytes] | tuple[int, str, bytes, Mapping[str, str]]]


class Listener:
    """An HTTP server on a free port: answers by path (the query apart), and keeps what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answering] = {}
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                outer.asked.append(asked)
                answering = outer.answers.get(urlsplit(self.path).path, lambda _: (404, "text/plain", b""))
                try:
                    status, kind, said, *more = answering(asked)
                except ConnectionAbortedError:  # who hangs up without a word
                    self.close_connection = True
                    return
                self.send_response(status)
                headers = {"Content-Type": kind, "Content-Length": str(len(said)), **(more[0] if more else {})}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError):  # who asked may have given up
                    self.wfile.write(said)

            do_GET = do_POST = do_DELETE = _answer

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def listening(self) -> Iterator["Listener"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(timeout=10)

    def json(self, path: str, body: Any, status: int = 200) -> None:
        said = json.dumps(body).encode()
        self.answers[path] = lambda _: (status, "application/json", said)

    def to(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if urlsplit(asked.path).path == path]


@dataclass
class Platform:
    """A platform: signs with its own key, listens at its own address, keeps a gradebook."""

    name: str
    tenant: str
    listener: Listener
    client_id: str = "tool-7"
    deployment_id: str = "1"
    scores: list[dict[str, Any]] = field(default_factory=list)
    score_status: list[int] = field(default_factory=list)  # answers to the next scores; 200 after that
    columns: list[dict[str, Any]] = field(default_factory=list)  # the course's others
    column_scores: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # line item and score
    page: int = 2  # line items in one answer, whatever was asked

    def __post_init__(self) -> None:
        self.listener.json(f"/{self.name}/jwks", {"keys": [self.jwk()]})
        self.listener.json(f"/{self.name}/token", {"access_token": f"sesam-{self.name}", "expires_in": 3600})
        self.listener.answers[f"/{self.name}/lineitem/scores"] = self._take
        self.listener.answers[f"/{self.name}/lineitems"] = self._line_items

    @property
    def issuer(self) -> str:
        return f"{self.listener.url}/{self.name}"

    @property
    def registration(self) -> Registration:
        at = self.issuer
        return Registration(at, self.client_id, f"{at}/auth?tenant=1", f"{at}/token", f"{at}/jwks")

    @property
    def line_item(self) -> str:
        return f"{self.issuer}/lineitem?type_id=1"

    @property
    def line_items(self) -> str:
        return f"{self.issuer}/lineitems?type_id=1"

    def add_column(self, **properties: Any) -> str:
        """Put a line item into the course; give its address."""
        path = f"/{self.name}/kolom/{len(self.columns) + 1}"
        address = f"{self.listener.url}{path}?type_id=1"
        self.columns.append({"id": address, "label": "Kolom", "scoreMaximum": 10, **properties})

        def take(asked: Asked) -> tuple[int, str, bytes]:
            if all(column["id"] != address for column in self.columns):
                return 404, "text/plain", b""
            status, kind, said = self._take(asked)
            if status == 200:
                self.column_scores.append((address, self.scores.pop()))
            return status, kind, said

        self.listener.answers[f"{path}/scores"] = take
        return address

    def jwk(self, kid: str = "k1") -> dict[str, Any]:
        # Like lti-consumer's key set: no `alg`.
        jwk = json.loads(RSAAlgorithm.to_jwk(key(self.name).public_key()))
        return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": kid}

    def claims(self, nonce: str, at: datetime, person: "Person", /, **changes: Any) -> dict[str, Any]:
        """Give the claims of a good launch; `changes` replace some, and those that are None go."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": person.id,
            "iat": int(at.timestamp()),
            "exp": int(at.timestamp()) + 60,
            "nonce": nonce,
            f"{LTI}version": "1.3.0",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}deployment_id": self.deployment_id,
            f"{LTI}target_link_uri": f"{BASE}/lti/launch",
            f"{LTI}roles": [MEMBERSHIP + person.role],
            f"{LTI}resource_link": {"id": "link-1"},
            f"{LTI}context": {"id": "cursus-1"},
            f"{LTI}custom": {"module": "samen-kijken", "step": "eigen-praktijk"},
            AGS: {"scope": [SCORE_SCOPE], "lineitem": self.line_item},
        }
        if person.name:
            claims["name"] = person.name
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: Mapping[str, Any], *, by: str = "", kid: str | None = "k1") -> str:
        headers = {"kid": kid} if kid is not None else {}
        return jwt.encode(dict(claims), key(by or self.name), algorithm="RS256", headers=headers)

    def _line_items(self, asked: Asked) -> tuple[int, str, bytes] | tuple[int, str, bytes, Mapping[str, str]]:
        # Like some platforms: what the query filters by is not looked at; who reads has to.
        query = dict(parse_qsl(urlsplit(asked.path).query))
        if asked.headers.get("Authorization") != f"Bearer sesam-{self.name}" or query.get("type_id") != "1":
            return 401, "text/plain", b""
        if asked.method == "POST":
            if asked.headers.get("Content-Type") != "application/vnd.ims.lis.v2.lineitem+json":
                return 400, "text/plain", b""
            self.add_column(**json.loads(asked.body))
            return 201, "application/json", json.dumps(self.columns[-1]).encode()
        if asked.headers.get("Accept") != "application/vnd.ims.lis.v2.lineitemcontainer+json":
            return 406, "text/plain", b""
        start = int(query.get("from", 0))
        following = f"/{self.name}/lineitems?{urlencode({**query, 'from': start + self.page})}"
        more = {"Link": f'<{following}>; rel="next"'} if start + self.page < len(self.columns) else {}
        return 200, "application/json", json.dumps(self.columns[start : start + self.page]).encode(), more

    def _take(self, asked: Asked) -> tuple[int, str, bytes]:
        status = self.score_status.pop(0) if self.score_status else 200
        if asked.headers.get("Authorization") != f"Bearer sesam-{self.name}":
            return 401, "text/plain", b""
        if asked.headers.get("Content-Type") != "application/vnd.ims.lis.v1.score+json":
            return 400, "text/plain", b""
        if status == 200:
            self.scores.append(json.loads(asked.body))
        return status, "application/json", b"{}"


@dataclass(frozen=True)
class Person:
    """Somebody on a platform."""

    id: str
    role: str
    name: str = ""


# The same `sub` on both platforms, on purpose: it says nothing beyond its own issuer.
HANNE = Person("5", "Learner", "Hanne Coppens")
YUSUF = Person("6", "Learner")
ELS = Person("2", "Instructor", "Els Wouters")
LEEN = Person("5", "Learner", "Leen Maes")
OMAR = Person("6", "Learner")
KARIM = Person("2", "Instructor", "Karim Haddad")
MENTOR = Person("9", "Mentor", "Bo Claes")


@dataclass
class World:
    """Two tenants, each on a platform of its own, and the tool between them."""

    app: Flask
    services: Services
    clock: Any
    west: Platform
    zuid: Platform

    def browser(self) -> "Browser":
        return Browser(self)

    def at(self, platform: Platform, person: Person, step: str = "eigen-praktijk", **changes: Any) -> "Browser":
        """Give a browser after a good launch of a step."""
        browser = self.browser()
        custom = {"module": "samen-kijken", **({"step": step} if step else {})}
        link = {"id": f"link-{step or 'module'}"}
        changes = {f"{LTI}custom": custom, f"{LTI}resource_link": link, **changes}
        response = browser.launch(platform, person, **changes)
        assert response.status_code == 200, response.text
        return browser


class Browser:
    """A browser with its own cookies, and the page that it shows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.app.test_client()
        self.page = ""

    def login(self, platform: Platform, *, method: str = "GET", **changes: Any) -> TestResponse:
        asked = {
            "iss": platform.issuer,
            "client_id": platform.client_id,
            "login_hint": "wie",
            "target_link_uri": f"{BASE}/lti/launch",
            "lti_message_hint": "wat",
            **changes,
        }
        asked = {name: value for name, value in asked.items() if value is not None}
        if method == "POST":
            return self.client.post("/lti/login", data=asked, base_url=BASE)
        return self.client.get(f"/lti/login?{urlencode(asked)}", base_url=BASE)

    def start(self, platform: Platform) -> tuple[str, str]:
        """Log in; give state and nonce as the platform gets them."""
        response = self.login(platform)
        assert response.status_code == 302, response.text
        asked = dict(parse_qsl(urlsplit(response.headers["Location"]).query))
        return asked["state"], asked["nonce"]

    def post(self, token: str | None, state: str | None, **more: str) -> TestResponse:
        form = {name: value for name, value in (("id_token", token), ("state", state)) if value is not None}
        response = self.client.post("/lti/launch", data={**form, **more}, base_url=BASE)
        self.page = response.text
        return response

    def launch(self, platform: Platform, person: Person, **changes: Any) -> TestResponse:
        state, nonce = self.start(platform)
        return self.post(platform.sign(platform.claims(nonce, self.world.clock(), person, **changes)), state)

    @property
    def token(self) -> str:
        found = re.search(r'(?:data-token|name="token" value)="([^"]+)"', self.page)
        assert found, self.page
        return html.unescape(found[1])

    def call(self, operation: str, payload: Any = None, *, token: str | None = None) -> TestResponse:
        bearer = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post(f"/lti/api/{operation}", json=payload or {}, headers=bearer, base_url=BASE)

    def ok(self, operation: str, payload: Any = None) -> Any:
        response = self.call(operation, payload)
        assert response.status_code == 200, response.text
        return response.json

    def renew(self, token: str | None = None) -> TestResponse:
        bearer = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post("/lti/session/renew", headers=bearer, base_url=BASE)

    def turn(self, view: str, step: str = "", token: str | None = None) -> TestResponse:
        form = {"token": self.token if token is None else token, "view": view, "step": step}
        response = self.client.post("/lti/page", data=form, base_url=BASE)
        if response.status_code == 200:
            self.page = response.text
        return response

    def submit(self, text: str = TEXT) -> str:
        """Hand in a text; give the submission's id."""
        version = self.ok("state")["work"]["version"]
        return str(self.ok("submit", {"version": version, "body": {"text": text}})["submission"]["id"])

    def grade(self, submission: str, publish: bool = True, level: int = -1, comment: str = "Mooi gezien.") -> Any:
        work = self.ok("work", {"submission": submission})
        graded = [criterion for criterion in work["rubric"]["criteria"] if criterion["graded"]]
        return self.ok(
            "assess",
            {
                "submission": submission,
                "version": work["version"],
                "levels": {criterion["id"]: criterion["levels"][level]["id"] for criterion in graded},
                "comments": {},
                "comment": comment,
                "publish": publish,
            },
        )


def introduce(services: Services, *platforms: Platform) -> None:
    """Register platforms, as the command does."""
    with services.database.write() as session:
        for platform in platforms:
            registrations.register(
                session, platform.tenant, platform.registration, [platform.deployment_id], services.clock()
            )
            services.keys.make_host_key(platform.tenant)


def two_platforms(listener: Listener) -> tuple[Platform, Platform]:
    return Platform("west", WEST, listener), Platform("zuid", ZUID, listener)


def keep_events(asked: Asked) -> tuple[int, str, bytes]:
    """Answer as the assistant does when it keeps every event."""
    ids = [statement["id"] for statement in json.loads(asked.body)["statements"]]
    return 200, "application/json", json.dumps({"stored": ids, "refused": []}).encode()


def unsigned(claims: Mapping[str, Any]) -> str:
    """Give a token with `alg` none."""
    parts = [{"alg": "none", "typ": "JWT"}, dict(claims)]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
