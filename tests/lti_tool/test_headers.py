"""Every answer of the tool says what browsers may do with it: pages, errors, files and answers to programs alike."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.test import Client, TestResponse

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.responses import ANYWHERE, framed_by
from tests.lti_tool.test_deep_linking import request_of
from tests.lti_tool.test_pages_in_a_browser import Campus, campus
from tests.lti_tool.world import BASE, ELS, HANNE, World

__all__ = ["campus"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ORDER = "default-src script-src style-src font-src img-src connect-src form-action base-uri frame-ancestors".split()


def every_address(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        yield re.sub(r"<[^>]+>", "iets", rule.rule)
    yield "/lti/static/vk/vk.css"
    yield "/lti/static/tool/lti_host.js"
    yield "/nergens"
    yield "/lti/page/"


def policy(response: TestResponse) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def assert_guarded(response: TestResponse) -> None:
    told = policy(response)
    assert list(told) == ORDER
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == told["style-src"] == ["'self'"], "nothing inline, nothing from elsewhere"
    assert told["base-uri"] == ["'none'"]
    headers = response.headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] in ("same-origin", "unsafe-none")
    features = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
    assert {"camera", "microphone", "geolocation", "payment", "usb", "clipboard-read"} <= set(features)
    assert set(features.values()) == {"()"}
    for name in ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"):
        assert len(headers.getlist(name)) == 1, name


@pytest.mark.parametrize(
    "body", [{}, {"data": "x" * 2_000_000}, {"json": {"state": 5}}], ids=["empty", "large", "json"]
)
def test_every_address_answers_every_method_with_all_headers(world: World, body: dict[str, object]) -> None:
    client: Client = world.app.test_client()
    seen = set()
    for address in every_address(world.app):
        for method in METHODS:
            response = client.open(address, method=method, base_url=BASE, **body)
            seen.add(response.status_code)
            assert_guarded(response)
    assert {200, 404, 405} <= seen


def test_a_fault_of_ours_is_answered_with_all_headers(world: World) -> None:
    def broken() -> str:
        raise RuntimeError("kapot")

    world.app.add_url_rule("/lti/kapot", view_func=broken)
    response = world.app.test_client().get("/lti/kapot", base_url=BASE)
    assert response.status_code == 500
    assert_guarded(response)


def test_pages_are_shown_by_the_registered_platform_only(world: World) -> None:
    west, zuid = world.west, world.zuid
    for person in (HANNE, ELS):
        browser = world.at(west, person, "")
        turned = browser.turn("play" if person is HANNE else "desk", "eigen-praktijk")
        assert turned.status_code == 200
        assert_guarded(turned)
        assert policy(turned)["frame-ancestors"] == list(west.registration.origins)
    picker = world.browser().launch(west, ELS, **request_of(west))
    assert picker.status_code == 200, picker.text
    assert policy(picker)["frame-ancestors"] == list(west.registration.origins)
    start = world.browser().login(zuid, lti_storage_target="_parent")
    assert start.status_code == 200, start.text
    assert policy(start)["frame-ancestors"] == list(zuid.registration.origins)


def test_an_error_page_has_nothing_to_click_so_any_platform_may_show_it(world: World) -> None:
    response = world.app.test_client().post("/lti/launch", base_url=BASE)
    assert policy(response)["frame-ancestors"] == [ANYWHERE]
    assert not re.search(r"<(a|button|form|input)\b", response.text)


def test_answers_for_programs_are_never_in_a_frame(world: World) -> None:
    client = world.app.test_client()
    for address in ("/healthz", "/lti/jwks", "/lti/static/vk/vk.css"):
        assert policy(client.get(address, base_url=BASE))["frame-ancestors"] == ["'none'"]


def test_a_platform_gets_its_opener_back_and_nobody_else_gets_one(world: World) -> None:
    client = world.app.test_client()
    opener = "Cross-Origin-Opener-Policy"
    assert client.get("/lti/launch", base_url=BASE).headers[opener] == "unsafe-none"
    assert client.post("/lti/page", base_url=BASE).headers[opener] == "unsafe-none"
    assert client.get("/lti/jwks", base_url=BASE).headers[opener] == "same-origin"
    assert client.get("/nergens", base_url=BASE).headers[opener] == "same-origin"


@pytest.mark.parametrize(("base", "told"), [("https://tool.example", "max-age=31536000"), (BASE, None)])
def test_browsers_are_told_to_stay_on_https_where_the_tool_is(
    settings: LtiSettings, base: str, told: str | None
) -> None:
    app = create_app(LtiSettings(**{**vars(settings), "base_url": base}), wake=lambda: None)
    for address in ("/healthz", "/nergens", "/lti/static/vk/vk.css"):
        assert app.test_client().get(address).headers.get("Strict-Transport-Security") == told
    app.extensions["veranderkracht"].database.close()


@pytest.mark.parametrize("evil", ["https://a.example; script-src *", "https://a.example 'unsafe-inline'", "data:", ""])
def test_an_origin_cannot_bend_the_policy(world: World, evil: str) -> None:
    def page() -> str:
        framed_by(("https://lms.example:8443", evil))
        return "x"

    world.app.add_url_rule("/lti/proef", view_func=page)
    response = world.app.test_client().get("/lti/proef", base_url=BASE)
    assert policy(response)["frame-ancestors"] == ["https://lms.example:8443"]
    assert_guarded(response)


@pytest.mark.browser
def test_a_window_that_a_platform_opens_still_knows_its_opener_after_the_launch(
    campus: Campus, chromium: Browser
) -> None:
    context = chromium.new_context(locale="nl-BE")
    course = context.new_page()
    course.goto(campus.course)
    start = course.locator("iframe").get_attribute("src")

    def opened(address: str, shows: str) -> bool:
        with course.expect_popup() as opening:
            course.evaluate("address => void window.open(address)", address)
        opening.value.wait_for_url(shows)
        return bool(opening.value.evaluate("window.opener !== null"))

    assert opened(str(start), f"{campus.tool}/lti/launch"), "Deep Linking and registration end by a word to the opener"
    assert not opened(f"{campus.tool}/lti/jwks", f"{campus.tool}/lti/jwks"), "else this test could not fail"
    context.close()
