"""No sequence of launches, replays, reorderings and waiting lets one token in twice."""

import html
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.outbox import Sender
from lti_tool.tables import SessionRow
from tests.lti_tool.world import BASE, HANNE, YUSUF, Browser, FakeClock, Listener, World, introduce, two_platforms

Begun = tuple[Browser, dict[str, str], str, str, str]  # browser, cookies, state, token, the storage's secret


class Launches(RuleBasedStateMachine):
    """Starts, finished or not; the world moves on between them."""

    starts: Bundle[Begun] = Bundle("starts")
    spent: Bundle[Begun] = Bundle("spent")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        data = Path(self.folder.name)
        configured = LtiSettings(
            data=data,
            database_url=f"sqlite:///{data / 'lti.sqlite3'}",
            keys=data / "keys",
            base_url=BASE,
            secret="s" * 40,
            allow_private=True,
        )
        self.listening = Listener().listening()
        listener = self.listening.__enter__()
        clock = FakeClock()
        app = create_app(configured, clock=clock, wake=lambda: None)
        services = app.extensions["veranderkracht"]
        west, zuid = two_platforms(listener)
        introduce(services, west, zuid)
        self.world = World(app, services, clock, west, zuid)
        self.let_in: list[str] = []

    @rule(target=starts, person=st.sampled_from([HANNE, YUSUF]))
    def start(self, person: Any) -> Begun:
        browser = self.world.browser()
        page = browser.login(self.world.west, lti_storage_target="_parent").text
        [address, secret] = (re.findall(rf'data-{name}="([^"]+)"', page)[0] for name in ("next", "secret"))
        asked = dict(parse_qsl(urlsplit(html.unescape(address)).query))
        token = self.world.west.sign(self.world.west.claims(asked["nonce"], self.world.clock(), person))
        cookies = {cookie.key: cookie.value for cookie in browser.client._cookies.values()}
        return browser, cookies, asked["state"], token, secret

    @rule(target=spent, begun=consumes(starts))
    def finish(self, begun: Begun) -> Begun:
        self._post(begun, may=True)
        return begun

    @rule(target=spent, begun=consumes(starts))
    def finish_by_storage(self, begun: Begun) -> Begun:
        self._store(begun, may=True)
        return begun

    @rule(begun=spent, stored=st.booleans())
    def replay(self, begun: Begun, stored: bool) -> None:
        (self._store if stored else self._post)(begun, may=begun[3] not in self.let_in)

    @rule(first=starts, second=starts)
    def mix(self, first: Any, second: Any) -> None:
        if first is not second:
            browser, cookies, state, _, secret = first
            self._post((browser, cookies, state, second[3], secret), may=False)
            self._store((browser, cookies, state, second[3], secret), may=False)
            self._store((browser, cookies, state, first[3], second[4]), may=False)

    @rule(seconds=st.sampled_from([1, 59, 62, 300, 599, 601, 4000]))
    def wait(self, seconds: int) -> None:
        self.world.clock.advance(seconds=seconds)

    @rule()
    def clean(self) -> None:
        Sender(self.world.services, None).clean()  # type: ignore[arg-type]

    def _post(self, begun: Begun, *, may: bool) -> None:
        browser, cookies, state, token, _ = begun
        for name, value in cookies.items():
            browser.client.set_cookie(name, value, domain="127.0.0.1", path="/")
        if browser.post(token, state).status_code == 200:
            assert may
            self.let_in.append(token)

    def _store(self, begun: Begun, *, may: bool) -> None:
        browser, _, state, token, secret = begun
        body = {"id_token": token, "state": state, "secret": secret}
        headers = {"Origin": BASE}
        if browser.client.post("/lti/launch/stored", json=body, headers=headers, base_url=BASE).status_code == 200:
            assert may
            self.let_in.append(token)

    @invariant()
    def each_token_counts_once(self) -> None:
        if hasattr(self, "let_in"):
            assert len(self.let_in) == len(set(self.let_in))
            with self.world.services.database.read() as session:
                assert session.query(SessionRow).count() <= len(self.let_in)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.services.database.close()
            self.listening.__exit__(None, None, None)
            self.folder.cleanup()


TestLaunches = Launches.TestCase
TestLaunches.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)
