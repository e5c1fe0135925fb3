"""Launches in Chromium, in a frame of another site, with third-party cookies blocked: each browser finds its way.

The platform stands on `localhost`, the tool on `127.0.0.1` over TLS with a certificate made here.
"""

import html
import ipaddress
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from lti_tool import registrations
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from tests.browser import CHROMIUM, LAUNCH_ARGUMENTS, assert_accessible, look
from tests.cast import WEST, ZUID
from tests.lti_tool.test_pages_in_a_browser import Campus
from tests.lti_tool.world import Asked, FakeClock, Listener, Platform, World, introduce, key

pytestmark = pytest.mark.browser

# What a platform with storage does (LTI postMessage Storage 0.1): it keeps values apart for each origin that asks.
STORAGE = """
const kept = new Map();
window.addEventListener("message", ({ data, origin, source }) => {
  const { subject, message_id, key, value } = Object(data);
  if (subject === "lti.put_data") value === null ? kept.delete(origin + key) : kept.set(origin + key, value);
  else if (subject !== "lti.get_data") return;
  document.title = `bewaard: ${kept.size}`;
  source.postMessage({ subject: `${subject}.response`, message_id, key, value: kept.get(origin + key) }, origin);
});
"""


class OnLocalhost(Platform):
    """A platform that is another site than the tool: cookies ignore ports, so the name must differ."""

    @property
    def issuer(self) -> str:
        return super().issuer.replace("127.0.0.1", "localhost")


class FramingCampus(Campus):
    """A course page that shows the tool in a frame, with storage or without."""

    storage = ""  # the `lti_storage_target`
    keeps = STORAGE

    @property
    def course_origin(self) -> str:
        return self.world.west.issuer.removesuffix("/west")

    def _course(self, _: Asked) -> tuple[int, str, bytes]:
        west = self.world.west
        asked = {
            "iss": west.issuer,
            "client_id": west.client_id,
            "login_hint": self.person.id,
            "target_link_uri": f"{self.tool}/lti/launch",
            **({"lti_storage_target": self.storage} if self.storage else {}),
        }
        west.listener.answers["/west/opslag"] = lambda _: (200, "text/html", f"<script>{self.keeps}</script>".encode())
        beside = (
            f'<iframe hidden name="{self.storage}" src="/west/opslag"></iframe>' if self.storage != "_parent" else ""
        )
        script = f"<script>{self.keeps}</script>" if self.storage == "_parent" else ""
        start = html.escape(f"{self.tool}/lti/login?{urlencode(asked)}")
        page = (
            f'<!doctype html><html lang="nl"><title>Cursus</title>{script}<body style="margin:0">{beside}'
            f'<iframe title="Activiteit" id="tool" src="{start}" style="width:100%;height:98vh;border:0"></iframe>'
        )
        return 200, "text/html; charset=utf-8", page.encode()


def certificate(folder: Path) -> tuple[str, str]:
    """Make a certificate for 127.0.0.1; give the paths of it and of its key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at, private = datetime.now(UTC), key("tls")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, SHA256())
    )
    pem, secret = folder / "tls.pem", folder / "tls.key"
    pem.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(pem), str(secret)


@pytest.fixture
def campus(settings: LtiSettings, listener: Listener, tmp_path: Path) -> Iterator[FramingCampus]:
    made: list[Any] = []
    server = make_server(
        "127.0.0.1",
        0,
        lambda environ, start: made[0](environ, start),
        threaded=True,
        ssl_context=certificate(tmp_path),
    )
    address = f"https://127.0.0.1:{server.port}"
    clock = FakeClock()
    app = create_app(replace(settings, base_url=address), clock=clock, wake=lambda: None)
    made.append(app)
    services = app.extensions["veranderkracht"]
    west, zuid = OnLocalhost("west", WEST, listener), Platform("zuid", ZUID, listener)
    introduce(services, west, zuid)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield FramingCampus(World(app, services, clock, west, zuid), address)
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
    services.database.close()


@contextmanager
def browsing(
    chromium: Browser, folder: Path, *, dropped: tuple[str, str] | None = None, blocking: bool = True
) -> Iterator[BrowserContext]:
    """A browser of its own that blocks third-party cookies; `dropped`: (tool, platform): none in the frame."""
    cookies = {f"{dropped[0]},{dropped[1]}": {"setting": 2}} if dropped else {}
    preferences = {
        "profile": {
            "cookie_controls_mode": int(blocking),
            "block_third_party_cookies": blocking,
            "content_settings": {"exceptions": {"cookies": cookies}},
        }
    }
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = chromium.browser_type.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=LAUNCH_ARGUMENTS,
        ignore_https_errors=True,
        viewport={"width": 1280, "height": 900},
        locale="nl-BE",
    )
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        context.close()


def opened(page: Page, campus: FramingCampus) -> None:
    page.goto(campus.course)
    expect(page.frame_locator("#tool").get_by_role("textbox")).to_be_visible()


def ways(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(record.args[0]) for record in caplog.records if record.name == "lti_tool.visits" and record.args]


@pytest.fixture(autouse=True)
def _listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="lti_tool.visits")


@pytest.mark.parametrize("storage", ["", "_parent"])
def test_a_partitioned_cookie_brings_the_learner_in(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture, storage: str
) -> None:
    campus.storage = storage
    with browsing(chromium, tmp_path / "profile") as context:
        opened(context.pages[0], campus)
        opened(context.pages[0], campus)
        assert ways(caplog) == ["cookie", "cookie"]


@pytest.mark.parametrize("storage", ["_parent", "opslag"])
def test_without_any_cookie_in_the_frame_the_platforms_storage_does(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture, storage: str
) -> None:
    campus.storage = storage
    with browsing(chromium, tmp_path / "profile", dropped=(campus.tool, campus.course_origin)) as context:
        page = context.pages[0]
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        opened(page, campus)
        assert ways(caplog) == ["storage"]
        keeper = page if storage == "_parent" else next(frame for frame in page.frames if frame.name == "opslag")
        assert keeper.title() == "bewaard: 0", "the secret was not thrown away"
        frame = page.frame_locator("#tool")
        frame.get_by_role("textbox").fill("Een moment met een dochter.")
        expect(frame.locator('[data-vk="saved"]')).to_contain_text("Bewaard")
        assert [text for text in said if "Content Security Policy" in text] == []


@pytest.mark.parametrize("storage", ["", "opslag"])
def test_with_no_cookie_and_no_storage_a_new_window_opens_the_step(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture, storage: str
) -> None:
    # The platform that names a storage says that it is full.
    campus.storage = storage
    campus.keeps = STORAGE.replace("key, value: kept.get(origin + key)", 'error: { code: "storage_exhaustion" }')
    with browsing(chromium, tmp_path / "profile", dropped=(campus.tool, campus.course_origin)) as context:
        page = context.pages[0]
        page.goto(campus.course)
        frame = page.frame_locator("#tool")
        expect(frame.get_by_role("heading", level=1)).to_have_text("Open de activiteit in een nieuw venster")
        assert frame.locator("#lti-start").get_attribute("data-way") == "window"
        assert_accessible(page)
        look(page, "lti-nieuw-venster")
        with context.expect_page() as popped:
            frame.get_by_role("button", name="Open in een nieuw venster").click()
        window = popped.value
        expect(window.get_by_role("textbox")).to_be_visible()
        assert ways(caplog) == ["window"]
        expect(frame.get_by_role("status").last).to_contain_text("staat open in een ander venster")
        window.get_by_role("textbox").fill("Een moment met een dochter.")
        expect(window.locator('[data-vk="saved"]')).to_contain_text("Bewaard")


def test_a_storage_that_answers_from_another_origin_is_not_believed(
    chromium: Browser, campus: FramingCampus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # The course page is not the platform's login address: what it says of storage does not count.
    campus.storage = "_parent"
    west = campus.world.west
    with campus.world.services.database.write() as session:
        moved = replace(west.registration, auth_url=west.registration.auth_url.replace("localhost", "127.0.0.1"))
        moved = replace(moved, frame_origins=(campus.course_origin,))
        registrations.register(session, west.tenant, moved, [west.deployment_id], campus.world.clock())
    with browsing(chromium, tmp_path / "profile", dropped=(campus.tool, campus.course_origin)) as context:
        page = context.pages[0]
        page.goto(campus.course)
        expect(page.frame_locator("#tool").get_by_role("heading", level=1)).to_contain_text("nieuw venster")
        assert page.title() == "Cursus", "the secret went to an origin that is not the platform's"
        assert ways(caplog) == []
