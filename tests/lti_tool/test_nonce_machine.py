"""No sequence of launches, replays, reorderings, mix-ups, restarts and waiting lets one start in twice, or too late.

Two browsers, two platforms, both ways to be known again, and launches for a step as well as for choosing one.
"""

import html
import re
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.outbox import Sender
from lti_tool.tables import SessionRow
from tests.lti_tool.test_deep_linking import request_of
from tests.lti_tool.world import (
    BASE,
    ELS,
    HANNE,
    Browser,
    FakeClock,
    Listener,
    Platform,
    World,
    introduce,
    two_platforms,
)

STATE_SECONDS, TOKEN_SECONDS, SKEW = 600, 60, 60


@dataclass(frozen=True)
class Start:
    """A launch that has begun: in which browser and on which platform, and what came of it."""

    browser: int
    platform: Platform
    choosing: bool
    cookies: tuple[tuple[str, str], ...]
    state: str
    nonce: str
    secret: str
    at: datetime


@dataclass(frozen=True)
class Message:
    """What a platform has answered to a start."""

    start: Start
    token: str
    at: datetime


class Launches(RuleBasedStateMachine):
    """Starts, answered or not, brought or not; the world moves on between them."""

    starts: Bundle[Start] = Bundle("starts")
    messages: Bundle[Message] = Bundle("messages")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        data = Path(self.folder.name)
        self.configured = LtiSettings(
            data=data,
            database_url=f"sqlite:///{data / 'lti.sqlite3'}",
            keys=data / "keys",
            base_url=BASE,
            secret="s" * 40,
            allow_private=True,
        )
        self.listening = Listener().listening()
        self.platforms = two_platforms(self.listening.__enter__())
        self.clock = FakeClock()
        self.let_in: list[Start] = []
        self._run()
        introduce(self.world.services, *self.platforms)

    @rule(
        target=starts,
        browser=st.integers(0, 1),
        platform=st.integers(0, 1),
        choosing=st.booleans(),
        storage=st.booleans(),
    )
    def start(self, browser: int, platform: int, choosing: bool, storage: bool) -> Start:
        on = self.platforms[platform]
        page = self.browsers[browser].login(on, lti_storage_target="_parent" if storage else None)
        address, secret = page.headers.get("Location", ""), ""
        if storage:
            found = (re.findall(rf'data-{name}="([^"]+)"', page.text)[0] for name in ("next", "secret"))
            address, secret = map(html.unescape, found)
        asked = dict(parse_qsl(urlsplit(address).query))
        set_now = [each.partition(";")[0].partition("=") for each in page.headers.getlist("Set-Cookie")]
        cookies = tuple((name, value) for name, _, value in set_now)
        return Start(browser, on, choosing, cookies, asked["state"], asked["nonce"], secret, self.clock())

    @rule(target=messages, start=starts)
    def answer(self, start: Start) -> Message:
        """Let the platform answer, perhaps not for the first time: the token is another, the nonce is not."""
        return self._signed(start, start.platform)

    @rule(message=messages, stored=st.booleans())
    def bring(self, message: Message, stored: bool) -> None:
        """Bring it, perhaps again: who is in time and the first is let in, and nobody else."""
        start, now = message.start, self.clock().timestamp()
        alive = now < int(start.at.timestamp()) + STATE_SECONDS
        fresh = now <= int(message.at.timestamp()) + TOKEN_SECONDS + SKEW
        stored = stored and bool(start.secret)
        accepted = self._store(message) if stored else self._post(message, start.browser)
        assert accepted == (alive and fresh and start not in self.let_in)
        if accepted:
            self.let_in.append(start)

    @rule(message=messages, stored=st.booleans(), between=st.sampled_from(["nothing", "clean", "restart", "answer"]))
    def bring_twice(self, message: Message, stored: bool, between: str) -> None:
        """Bring it twice, by the same way or the other, with something in between."""
        self.bring(message, stored)
        if between == "clean":
            self.clean()
        elif between == "restart":
            self.restart()
        self.bring(self.answer(message.start) if between == "answer" else message, not stored)

    @rule(message=messages)
    def bring_from_elsewhere(self, message: Message) -> None:
        """Bring it in a browser that did not begin it, with nothing, and from a page that is not ours."""
        assert not self._post(message, 1 - message.start.browser, cookies=False)
        assert not self._post(message, 1 - message.start.browser, cookies=False, state="")
        assert not self._store(message, origin="http://elders.example")
        assert not self._store(replace(message, start=replace(message.start, secret="")))

    @rule(start=starts, stored=st.booleans())
    def bring_late(self, start: Start, stored: bool) -> None:
        """Let the platform answer after ten minutes: its token is fresh, the start is not."""
        self.clock.advance(seconds=STATE_SECONDS)
        self.bring(self.answer(start), stored)

    @rule(platform=st.integers(0, 1), other=st.integers(0, 1), choosing=st.booleans(), same=st.booleans())
    def mix(self, platform: int, other: int, choosing: bool, same: bool) -> None:
        """Bring the token of one start with the state, the cookie or the secret of another, both just begun."""
        mine, theirs = self.start(0, platform, choosing, True), self.start(int(not same), other, choosing, True)
        first, second = self.answer(mine), self.answer(theirs)
        [(name, _)], [(_, value)] = mine.cookies, theirs.cookies
        assert not self._post(replace(first, token=second.token), 0)
        assert not self._store(replace(first, token=second.token))
        assert not self._store(replace(first, start=replace(mine, secret=theirs.secret)))
        assert not self._post(replace(first, start=replace(mine, cookies=theirs.cookies)), 0)
        assert not self._post(replace(first, start=replace(mine, cookies=((name, value),))), 0)
        self.bring(first, stored=choosing)

    @rule(start=starts)
    def answer_by_the_other_platform(self, start: Start) -> None:
        """A platform that learned of a nonce of the other's cannot use it."""
        other = self.platforms[1 - self.platforms.index(start.platform)]
        forged = self._signed(start, other)
        assert not self._post(forged, start.browser)
        assert not self._store(forged)

    @rule(seconds=st.sampled_from([1, 59, 62, 119, 300, 599, 601, 4000]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def clean(self) -> None:
        Sender(self.world.services, None).clean()  # type: ignore[arg-type]

    @rule()
    def restart(self) -> None:
        """What was used up is known to the next process too; the browsers keep their cookies."""
        self.world.services.database.close()
        self._run()

    @invariant()
    def each_start_counts_once(self) -> None:
        if hasattr(self, "let_in"):
            with self.world.services.database.read() as session:
                assert session.query(SessionRow).count() <= sum(not start.choosing for start in self.let_in)

    def _run(self) -> None:
        app = create_app(self.configured, clock=self.clock, wake=lambda: None)
        self.world = World(app, app.extensions["veranderkracht"], self.clock, *self.platforms)
        self.browsers = [Browser(self.world), Browser(self.world)]

    def _signed(self, start: Start, platform: Platform) -> Message:
        person, changes = (ELS, request_of(platform)) if start.choosing else (HANNE, {})
        claims = platform.claims(start.nonce, self.clock(), person, **changes)
        return Message(start, platform.sign(claims), self.clock())

    def _post(self, message: Message, browser: int, *, cookies: bool = True, state: str | None = None) -> bool:
        # What a launch took away may have been kept by who is up to no good, and comes back.
        client = self.browsers[browser].client
        client._cookies.clear()
        for name, value in message.start.cookies if cookies else ():
            client.set_cookie(name, value, domain="127.0.0.1", path="/")
        response = self.browsers[browser].post(message.token, message.start.state if state is None else state)
        assert response.status_code in (200, 403)
        return response.status_code == 200 and 'id="lti-stored"' not in response.text

    def _store(self, message: Message, origin: str = BASE) -> bool:
        body: dict[str, Any] = {"id_token": message.token, "state": message.start.state, "secret": message.start.secret}
        client = self.browsers[message.start.browser].client
        response = client.post("/lti/launch/stored", json=body, headers={"Origin": origin}, base_url=BASE)
        assert response.status_code in (200, 403)
        return response.status_code == 200

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.services.database.close()
            self.listening.__exit__(None, None, None)
            self.folder.cleanup()


TestLaunches = Launches.TestCase
TestLaunches.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)
