"""The tool in Chromium, in a platform's frame: cookies, policy, renewal, and what an ended session leaves."""

import html
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, expect
from werkzeug.serving import make_server

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from tests.browser import assert_accessible, look
from tests.lti_tool.test_deep_linking import DL, request_of
from tests.lti_tool.world import ELS, HANNE, LTI, Asked, FakeClock, Listener, Person, World, introduce, two_platforms

pytestmark = pytest.mark.browser


class Campus:
    """A tool on a real port, and a platform whose course page shows it in a frame."""

    def __init__(self, world: World, tool: str) -> None:
        self.world, self.tool = world, tool
        self.person: Person = HANNE
        self.custom: dict[str, str] = {"module": "samen-kijken", "step": "eigen-praktijk"}
        self.changes: dict[str, Any] = {}
        world.west.listener.answers["/west/cursus"] = self._course
        world.west.listener.answers["/west/auth"] = self._authenticate

    def ask_for_items(self) -> list[dict[str, Any]]:
        """Let the next launches ask for something to place; give the list that will hold what came back."""
        west = self.world.west
        taken: list[dict[str, Any]] = []

        def take(asked: Asked) -> tuple[int, str, bytes]:
            token = dict(parse_qsl(asked.body.decode()))["JWT"]
            taken.extend(jwt.decode(token, options={"verify_signature": False})[f"{DL}content_items"])
            titles = ", ".join(item["title"] for item in taken)
            page = f'<!doctype html><html lang="nl"><title>Cursus</title><main><h1>Cursus</h1>In de cursus: {titles}'
            return 200, "text/html; charset=utf-8", page.encode()

        west.listener.answers["/west/terug"] = take
        self.changes = request_of(west, deep_link_return_url=f"{west.issuer}/terug")
        return taken

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
            **self.changes,
        }
        west = self.world.west
        token = west.sign(west.claims(query["nonce"], self.world.clock(), self.person, **changes))
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in {"id_token": token, "state": query["state"]}.items()
        )
        button = "<noscript><button>Aanmelden</button></noscript>"
        form = f'<form method="post" action="{html.escape(query["redirect_uri"])}">{fields}{button}</form>'
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


@pytest.mark.parametrize("width", [390, 1280])
def test_a_teacher_finds_tries_and_places(campus: Campus, page: Page, console: list[str], width: int) -> None:
    campus.person = ELS
    page.set_viewport_size({"width": width, "height": 900})
    taken = campus.ask_for_items()
    frame = open_course(page, campus)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Kies wat er in je cursus komt")
    look(page, "lti-kiezen")
    frame.get_by_label("Zoek een onderwerp").fill("koude KOM")
    expect(frame.get_by_role("checkbox", name="De Linde")).to_be_visible()
    expect(frame.get_by_role("checkbox", name="Even toetsen")).to_be_hidden()
    frame.get_by_role("checkbox", name="De Linde").check()
    expect(frame.get_by_text("1 activiteit gekozen")).to_be_visible()
    frame.get_by_label("Zoek een onderwerp").fill("komkommer")
    expect(frame.get_by_text("Hier staat niets")).to_be_visible()
    frame.get_by_label("Zoek een onderwerp").fill("")
    frame.get_by_label("Inleveren tot").fill("2026-06-30T23:59")
    frame.get_by_role("button", name="Bekijk Even toetsen uit Samen kijken").click()
    expect(frame.get_by_text("wordt niet bewaard")).to_be_visible()
    look(page, "lti-kiezen-voorbeeld")
    frame.get_by_role("radio").first.check()
    with page.expect_response("**/lti/pick/look/answer") as answered:
        frame.get_by_role("button", name="Kijk na").first.click()
    assert answered.value.status == 200
    frame.get_by_role("button", name="Kies deze stap").click()
    expect(frame.get_by_text("2 activiteiten gekozen")).to_be_visible()
    expect(frame.get_by_label("Inleveren tot")).to_have_value("2026-06-30T23:59")
    assert console == []  # before axe looks, which says things of its own
    assert_accessible(page)
    look(page, "lti-kiezen-gekozen")
    console.clear()
    frame.get_by_role("button", name="Plaats in je cursus").click()
    expect(frame.get_by_text("In de cursus: De Linde: een koude kom soep, Even toetsen")).to_be_visible()
    assert [item["submission"]["endDateTime"] for item in taken] == ["2026-06-30T21:59:00.000Z"] * 2
    assert console == []


def test_without_script_a_teacher_places_all_the_same(campus: Campus, chromium: Browser) -> None:
    campus.person = ELS
    taken = campus.ask_for_items()
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(20_000)
    frame = open_course(page, campus)
    frame.get_by_role("link", name="Ga verder").click()  # what a script would have found by itself
    frame.get_by_role("button", name="Aanmelden").click()  # the platform's own step
    frame.get_by_label("Zoek een onderwerp").fill("koude kom")
    frame.get_by_role("button", name="Zoek").click()
    expect(frame.get_by_role("checkbox", name="Even toetsen")).to_be_hidden()
    frame.get_by_role("button", name="Plaats in je cursus").click()
    expect(frame.get_by_role("alert")).to_contain_text("Je koos nog niets")
    look(page, "lti-kiezen-fout")
    frame.get_by_role("checkbox", name="De Linde").check()
    frame.get_by_role("button", name="Plaats in je cursus").click()
    look(page, "lti-kiezen-klaar")
    frame.get_by_role("button", name="Ga verder naar je cursus").click()
    expect(frame.get_by_text("In de cursus: De Linde")).to_be_visible()
    assert len(taken) == 1
    context.close()
