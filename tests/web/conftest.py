"""A gallery on a free port for each test, and pages of any width and colour scheme whose console must stay silent."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from tests.web.gallery import Gallery, create_app

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    """A gallery, and where a browser finds it."""

    gallery: Gallery
    url: str


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways, at any width."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.fixture
def served() -> Iterator[Served]:
    gallery = Gallery()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(gallery), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(gallery, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()


@pytest.fixture
def open_page(chromium: Browser, served: Served) -> Iterator[OpenPage]:
    """Open an address of the gallery in a browser that nobody used before."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        address: str, *, width: int = 1280, scheme: str = "light", context_of: Page | None = None, locale: str = "nl-BE"
    ) -> Page:
        if context_of is None:
            contexts.append(
                chromium.new_context(
                    viewport={"width": width, "height": 900},
                    color_scheme=scheme,
                    locale=locale,
                    timezone_id="Europe/Brussels",
                    reduced_motion="reduce",
                )
            )
        page = (context_of.context if context_of else contexts[-1]).new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(served.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Chromium itself writes a line for each request that failed; tests that cut the network expect those.
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []
