"""A platform that takes nothing on trust: it holds each message of the tool against the standard, and refuses it.

Here stand the messages by the browser: the authentication request, the launch, the Deep Linking answer. Its services
are `strict_access.py`'s and `strict_grades.py`'s; `refusals` keeps what was refused, for tests that expect nothing.
"""

import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from werkzeug.test import TestResponse

from lti_tool.registrations import Registration
from tests.lti_tool.strict_access import StrictAccess, check_times, signed_by_tool
from tests.lti_tool.strict_grades import SCOPE, TIMESTAMP, StrictGrades, demand_review, is_number
from tests.lti_tool.strict_wire import Reply, Wire, Wrong, demand, form_of, query_of
from tests.lti_tool.world import AGS, BASE, LTI, Asked, Browser, Person, Platform

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
REFLECTION = {"module": "samen-kijken", "step": "eigen-praktijk"}
SECONDS = 20  # for a call of the tests' own


@dataclass(frozen=True)
class Offered:
    """A launch that a person's click has begun: what the platform will send once the tool asks for it."""

    person: Person
    changes: Mapping[str, Any]
    message_hint: str
    target: str


@dataclass
class StrictPlatform(Platform):
    """The platform.

    Args:
        tool: the tool's address.
        tool_keys: fetches the tool's key set.
        clock: gives the time.
    """

    tool: str = BASE
    tool_keys: Callable[[], Mapping[str, Any]] = field(default=lambda: {"keys": []})
    clock: Callable[[], datetime] = field(default=datetime.now)
    placed: list[dict[str, Any]] = field(default_factory=list)  # content items that were taken in

    def __post_init__(self) -> None:
        self.wire = Wire(self.listener, f"/{self.name}")
        scopes = [f"{SCOPE}{name}" for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")]
        self.access = StrictAccess(self.client_id, f"{self.issuer}/oauth2", scopes, self.tool_keys, self.clock)
        self.grades = StrictGrades(self.wire, self.access, self.clock)
        self.wire.serve("/auth", GET=self._authenticate)
        self.wire.serve("/token", POST=self.access.token)
        self.wire.serve("/terug", POST=self._take_choice)
        self.listener.json(f"/{self.name}/jwks", {"keys": [self.jwk()]})
        self._offered: dict[str, Offered] = {}
        self._asked_to_choose: dict[str, dict[str, Any]] = {}
        self._seen: set[str] = set()

    @property
    def registration(self) -> Registration:
        at = self.issuer
        return Registration(
            at, self.client_id, f"{at}/auth?tenant=1", f"{at}/token?tenant=1", f"{at}/jwks", f"{at}/oauth2"
        )

    @property
    def refusals(self) -> list[str]:
        """What was refused until now."""
        return self.wire.refusals

    def claims_for(self, link: str, custom: Mapping[str, str], line_item: str = "", **grades: Any) -> dict[str, Any]:
        """Give what differs in the claims of a launch of a link in the course."""
        self.grades.links.add(link)
        column = {"lineitem": line_item} if line_item else {}
        return {
            f"{LTI}resource_link": {"id": link},
            f"{LTI}custom": dict(custom),
            f"{LTI}target_link_uri": f"{self.tool}/lti/launch",
            AGS: {"scope": self.access.offered, "lineitems": self.grades.url, **column, **grades},
        }

    def ask_to_choose(self, **changes: Any) -> dict[str, Any]:
        """Give what differs in the claims of a Deep Linking request; its answer is taken in once."""
        settings = {
            "deep_link_return_url": f"{self.issuer}/terug?sesskey=Zo%2FEven",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "data": f'{{"stand": "{secrets.token_hex(8)}", "naam": "é&<"}}',
            **changes,
        }
        self._asked_to_choose[settings["data"]] = settings
        return {
            f"{LTI}message_type": "LtiDeepLinkingRequest",
            f"{LTI}resource_link": None,
            f"{LTI}custom": None,
            AGS: None,
            f"{LTI}target_link_uri": f"{self.tool}/lti/launch",
            f"{DL}deep_linking_settings": settings,
        }

    def login_of(self, person: Person, changes: Mapping[str, Any]) -> dict[str, str]:
        """Begin a launch: give what the browser brings to the tool's login address besides issuer and client."""
        if person.role == "Learner":
            self.grades.learners.add(person.id)
        hint = secrets.token_urlsafe(12)
        offered = Offered(person, changes, f"wat & hoe {hint}", f"{self.tool}/lti/launch")
        self._offered[hint] = offered
        return {"login_hint": hint, "lti_message_hint": offered.message_hint, "target_link_uri": offered.target}

    def bring(self, browser: Browser, person: Person, changes: Mapping[str, Any]) -> TestResponse:
        """Take a person through the whole launch, as their browser does."""
        start = browser.login(self, **self.login_of(person, changes))
        assert start.status_code == 302, start.text
        shown = requests.get(start.headers["Location"], timeout=SECONDS, allow_redirects=False)
        assert shown.status_code == 200, shown.text
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', shown.text)}
        assert f'action="{self.tool}/lti/launch"' in shown.text
        return browser.post(fields["id_token"], fields["state"])

    def hand_in(self, page: str) -> requests.Response:
        """Post the form of the tool's last picker page, as the browser does."""
        [action] = re.findall(r'<form method="post" action="([^"]+)" id="lti-hand-over">', page)
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        return requests.post(html.unescape(action), data=fields, timeout=SECONDS, allow_redirects=False)

    def _authenticate(self, asked: Asked) -> Reply:
        query = query_of(asked)
        offered = self._offered.pop(query.get("login_hint", ""), None)
        if offered is None:
            raise Wrong(400, "login_hint is not of a launch that has begun")
        wanted = {
            "tenant": "1",  # the address had a query of its own
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": f"{self.tool}/lti/launch",
            "lti_message_hint": offered.message_hint,
        }
        for name, value in wanted.items():
            demand(query.get(name) == value, f"{name} is {query.get(name)!r}")
        for name in ("state", "nonce"):
            demand(len(query.get(name, "")) >= 16, f"{name} is missing, or can be guessed")
            demand(query[name] not in self._seen, f"{name} was seen before")
            self._seen.add(query[name])
        changes = {**offered.changes, f"{LTI}target_link_uri": offered.target}
        token = self.sign(self.claims(query["nonce"], self.clock(), offered.person, **changes))
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in (("id_token", token), ("state", query["state"]))
        )
        form = f'<form method="post" action="{html.escape(query["redirect_uri"])}">{fields}</form>'
        return 200, "text/html; charset=utf-8", form.encode(), {}

    def _take_choice(self, asked: Asked) -> Reply:
        demand(query_of(asked) == {"sesskey": "Zo/Even"}, "the query of the return address got lost")
        form = form_of(asked)
        demand(set(form) == {"JWT"}, f"the form holds {sorted(form)}")
        claims = signed_by_tool(form["JWT"], self.tool_keys())
        check_times(claims, self.clock(), 3600)
        demand(claims.get("iss") == self.client_id, "iss is not the client")
        audience = claims.get("aud")
        demand(audience == self.issuer or audience == [self.issuer], f"aud is {audience!r}")
        demand(claims.get("azp", self.issuer) == self.issuer, "azp is not the platform")
        nonce = claims.get("nonce")
        demand(isinstance(nonce, str) and len(nonce) >= 16, "nonce is missing, or can be guessed")
        demand(nonce not in self._seen, "nonce was seen before")
        self._seen.add(str(nonce))
        demand(claims.get(f"{LTI}message_type") == "LtiDeepLinkingResponse", "message_type")
        demand(claims.get(f"{LTI}version") == "1.3.0", "version")
        demand(claims.get(f"{LTI}deployment_id") == self.deployment_id, "deployment_id is another")
        settings = self._asked_to_choose.pop(str(claims.get(f"{DL}data")), None)
        if settings is None:
            raise Wrong(400, "data is not of a request that waits for its answer")
        items = claims.get(f"{DL}content_items")
        demand(isinstance(items, list), "content_items is no list")
        demand(len(items) < 2 or settings["accept_multiple"], "more than one item")
        for item in items:
            self._check_item(item, settings)
        self.placed += items
        return 200, "text/html; charset=utf-8", b"<!doctype html><title>Cursus</title>", {}

    def _check_item(self, item: Any, settings: Mapping[str, Any]) -> None:
        known = {"type", "title", "text", "url", "custom", "lineItem", "available", "submission"}
        demand(isinstance(item, dict) and set(item) <= known, "an item holds what it may not")
        demand(item.get("type") in settings["accept_types"], f"type is {item.get('type')!r}")
        demand(isinstance(item.get("title"), str) and item["title"].strip(), "an item has no title")
        demand(isinstance(item.get("text", ""), str), "text is no text")
        demand(item.get("url") == f"{self.tool}/lti/launch", f"url is {item.get('url')!r}")
        custom = item.get("custom", {})
        demand(isinstance(custom, dict) and all(isinstance(value, str) for value in custom.values()), "custom")
        for name, moment in (("available", "startDateTime"), ("submission", "endDateTime")):
            dates = item.get(name, {moment: "2026-01-01T00:00:00.0Z"})
            demand(isinstance(dates, dict) and set(dates) <= {"startDateTime", "endDateTime"}, name)
            demand(all(isinstance(at, str) and TIMESTAMP.fullmatch(at) for at in dates.values()), f"{name} is no time")
        if "lineItem" in item:
            column = item["lineItem"]
            demand(settings["accept_lineitem"], "a column that was not asked for")
            demand(
                isinstance(column, dict)
                and set(column) <= {"label", "scoreMaximum", "resourceId", "tag", "submissionReview"},
                "lineItem",
            )
            demand_review(column)
            demand(is_number(column.get("scoreMaximum")) and column["scoreMaximum"] > 0, "scoreMaximum is not above 0")
            texts = (column.get(name, "") for name in ("label", "resourceId", "tag"))
            demand(all(isinstance(text, str) for text in texts), "lineItem holds what is no text")
