"""The tool in Chromium, in a platform's frame: cookies, policy, renewal, and what an ended session leaves."""

import html
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, expect
from werkzeug.serving import make_server

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from tests.browser import assert_accessible, look
from tests.lti_tool.world import ELS, HANNE, LTI, Asked, FakeClock, Listener, Person, World, introduce, two_platforms

pytestmark = pytest.mark.browser


class Campus:
    """A tool on a real port, and a platform whose course page shows it in a frame."""

    def __init__(self, world: World, tool: str) -> None:
        self.world, self.tool = world, tool
        self.person: Person = HANNE
        self.custom: dict[str, str] = {"module": "samen-kijken", "step": "eigen-praktijk"}
        world.west.listener.answers["/west/cursus"] = self._course
        world.west.listener.answers["/west/auth"] = self._authenticate

    @property
    def course(self) -> str:
        return f"{self.world.west.issuer}/cursus"

    def _course(self, _: Asked) -> tuple[int, str, bytes]:
        asked = {
            "iss": self.world.west.issuer,
            "client_id": self.world.west.client_id,
            "login_hint": self.person.id,
            "target_link_uri": f"{self.tool}/lti/launch",
        }
        start = html.escape(f"{self.tool}/lti/login?{urlencode(asked)}")
        page = (
            '<!doctype html><html lang="nl"><title>Cursus</title><body style="margin:0">'
            f'<iframe title="Activiteit" src="{start}" style="width:100%;height:100vh;border:0"></iframe>'
        )
        return 200, "text/html; charset=utf-8", page.encode()

    def _authenticate(self, asked: Asked) -> tuple[int, str, bytes]:
        query = dict(parse_qsl(urlsplit(asked.path).query))
        changes: dict[str, Any] = {
            f"{LTI}custom": self.custom,
            f"{LTI}target_link_uri": f"{self.tool}/lti/launch",
            f"{LTI}resource_link": {"id": self.custom.get("step", "module")},
        }
        west = self.world.west
        token = west.sign(west.claims(query["nonce"], self.world.clock(), self.person, **changes))
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in {"id_token": token, "state": query["state"]}.items()
        )
        form = f'<form method="post" action="{html.escape(query["redirect_uri"])}">{fields}</form>'
        page = f'<!doctype html><html lang="nl"><title>…</title>{form}<script>document.forms[0].submit()</script>'
        return 200, "text/html; charset=utf-8", page.encode()


@pytest.fixture
def campus(settings: LtiSettings, listener: Listener) -> Iterator[Campus]:
    made: list[Any] = []
    server = make_server("127.0.0.1", 0, lambda environ, start: made[0](environ, start), threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    clock = FakeClock()
    app = create_app(LtiSettings(**{**vars(settings), "base_url": address}), clock=clock, wake=lambda: None)
    made.append(app)
    services = app.extensions["veranderkracht"]
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Campus(World(app, services, clock, west, zuid), address)
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
    services.database.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE")
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.fixture
def console(page: Page) -> list[str]:
    """What the console says of errors; none is expected unless a test provokes it."""
    said: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "favicon" not in str(message.location):
            said.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def open_course(page: Page, campus: Campus) -> FrameLocator:
    page.goto(campus.course)
    return page.frame_locator("iframe")


def test_a_learner_writes_in_the_frame_and_finds_it_again(campus: Campus, page: Page, console: list[str]) -> None:
    frame = open_course(page, campus)
    frame.get_by_role("textbox").fill("Een moment met een dochter.")
    expect(frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")
    frame = open_course(page, campus)
    expect(frame.get_by_role("textbox")).to_have_value("Een moment met een dochter.")
    assert console == []
    assert_accessible(page)
    look(page, "lti-reflectie")


def test_text_goes_on_being_saved_when_the_token_has_run_out(campus: Campus, page: Page) -> None:
    frame = open_course(page, campus)
    frame.get_by_role("textbox").fill("Eerste zin.")
    expect(frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")
    campus.world.clock.advance(minutes=45)  # the page's own clock has not noticed
    with page.expect_response("**/lti/session/renew") as renewed:
        frame.get_by_role("textbox").fill("Eerste zin. Tweede zin.")
    assert renewed.value.status == 200
    with page.expect_response(lambda response: response.url.endswith("/api/save") and response.ok):
        frame.get_by_role("textbox").fill("Eerste zin. Tweede zin. Derde zin.")


def test_when_the_session_is_over_the_text_stays_and_a_new_launch_takes_it_up(campus: Campus, page: Page) -> None:
    frame = open_course(page, campus)
    expect(frame.get_by_role("textbox")).to_be_visible()
    campus.world.clock.advance(hours=13)
    with page.expect_response("**/lti/session/renew") as renewed:
        frame.get_by_role("textbox").fill("Dit mag niet verloren gaan.")
    assert renewed.value.status == 401
    expect(frame.locator("body")).to_contain_text("sessie is verlopen")
    expect(frame.get_by_role("textbox")).to_have_value("Dit mag niet verloren gaan.")
    frame = open_course(page, campus)
    expect(frame.get_by_role("textbox")).to_have_value("Dit mag niet verloren gaan.")
    expect(frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")


def test_a_teacher_looks_as_a_learner_and_comes_back(campus: Campus, page: Page, console: list[str]) -> None:
    campus.person = ELS
    frame = open_course(page, campus)
    expect(frame.get_by_text("Nog geen inzendingen")).to_be_visible()
    look(page, "lti-desk")
    frame.get_by_role("button", name="Bekijk als lerende").click()
    expect(frame.get_by_text("wordt niet bewaard")).to_be_visible()
    look(page, "lti-voorbeeld")
    frame.get_by_role("button", name="Naar de inzendingen").click()
    expect(frame.get_by_text("Nog geen inzendingen")).to_be_visible()
    assert console == []  # before axe looks, which says things of its own
    assert_accessible(page)


def test_a_module_is_walked_through_step_by_step(campus: Campus, page: Page, console: list[str]) -> None:
    campus.custom = {"module": "samen-kijken"}
    frame = open_course(page, campus)
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Samen kijken")
    look(page, "lti-module")
    frame.get_by_role("button", name="Open de stap").first.click()
    expect(frame.get_by_role("button", name="Ik heb dit gelezen")).to_be_visible()
    look(page, "lti-stap")
    frame.get_by_role("button", name="Volgende stap").click()
    expect(frame.get_by_text("Stap 2 van")).to_be_visible()
    frame.get_by_role("button", name="Alle stappen").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Samen kijken")
    assert console == []
    assert_accessible(page)


def test_a_refusal_shows_in_the_frame(campus: Campus, page: Page) -> None:
    campus.world.west.deployment_id = "99"
    frame = open_course(page, campus)
    expect(frame.get_by_role("heading", level=1)).to_have_text("De koppeling met je leeromgeving klopt nog niet")
    expect(frame.get_by_text("deployment-unknown")).to_be_visible()
    assert_accessible(page)
    look(page, "lti-geweigerd")


def test_a_page_of_another_site_cannot_frame_the_tool(campus: Campus, page: Page) -> None:
    # The same host under another name is another origin, and not the platform's.
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(campus.course.replace("127.0.0.1", "localhost"))
    assert "lti-visit" not in page.frames[-1].content()
