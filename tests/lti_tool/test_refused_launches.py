"""Every launch that must be refused is refused: with a page for people, and one log line for administrators."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.test import TestResponse

from lti_tool.refusals import ADVICE, TITLES
from lti_tool.tables import DeploymentRow, SessionRow
from tests.lti_tool.course import FOR_USER, review_of
from tests.lti_tool.world import AGS, BASE, HANNE, LTI, YUSUF, Browser, World, key, unsigned

Launching = Callable[[World, Browser], TestResponse]


def with_claims(**changes: Any) -> Launching:
    """A launch that is good but for these claims; a callable gets the time in seconds."""

    def launch(world: World, browser: Browser) -> TestResponse:
        seconds = int(world.clock().timestamp())
        return browser.launch(
            world.west, HANNE, **{name: value(seconds) if callable(value) else value for name, value in changes.items()}
        )

    return launch


def with_token(make: Callable[[World, dict[str, Any]], str | None]) -> Launching:
    """A launch whose token is made from good claims in another way."""

    def launch(world: World, browser: Browser) -> TestResponse:
        state, nonce = browser.start(world.west)
        return browser.post(make(world, world.west.claims(nonce, world.clock(), HANNE)), state)

    return launch


def replayed(world: World, browser: Browser) -> TestResponse:
    state, nonce = browser.start(world.west)
    cookies = list(browser.client._cookies.values())  # the tool takes the cookie away; a thief would have kept it
    token = world.west.sign(world.west.claims(nonce, world.clock(), HANNE))
    assert browser.post(token, state).status_code == 200
    for cookie in cookies:
        browser.client.set_cookie(cookie.key, cookie.value, domain="127.0.0.1", path="/")
    return browser.post(token, state)


def in_another_browser(world: World, browser: Browser) -> TestResponse:
    state, nonce = browser.start(world.west)
    return world.browser().post(world.west.sign(world.west.claims(nonce, world.clock(), HANNE)), state)


def with_state_of_another_start(world: World, browser: Browser) -> TestResponse:
    _, nonce = browser.start(world.west)
    state, _ = browser.start(world.west)
    return browser.post(world.west.sign(world.west.claims(nonce, world.clock(), HANNE)), state)


def with_state(change: Callable[[str], str | None]) -> Launching:
    def launch(world: World, browser: Browser) -> TestResponse:
        state, nonce = browser.start(world.west)
        return browser.post(world.west.sign(world.west.claims(nonce, world.clock(), HANNE)), change(state))

    return launch


def eleven_minutes_later(world: World, browser: Browser) -> TestResponse:
    state, nonce = browser.start(world.west)
    world.clock.advance(minutes=11)
    return browser.post(world.west.sign(world.west.claims(nonce, world.clock(), HANNE)), state)


def hs256_with_the_public_key(world: World, claims: dict[str, Any]) -> str:
    public = key("west").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # PyJWT refuses to sign like this, as an attacker would not.
    import base64
    import hashlib
    import hmac
    import json

    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    body = (
        part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "k1"}).encode())
        + b"."
        + part(json.dumps(claims).encode())
    )
    return (body + b"." + part(hmac.new(public, body, hashlib.sha256).digest())).decode()


def signed_by_the_other_platform(world: World, claims: dict[str, Any]) -> str:
    return world.zuid.sign(claims)


def with_an_unknown_key(world: World, claims: dict[str, Any]) -> str:
    return world.west.sign(claims, kid="k99")


def as_an_error(world: World, browser: Browser) -> TestResponse:
    state, _ = browser.start(world.west)
    return browser.post(None, state, error="login_required")


def while_the_keys_are_away(world: World, browser: Browser) -> TestResponse:
    world.west.listener.json("/west/jwks", {}, status=500)
    return browser.launch(world.west, HANNE)


def login(**changes: Any) -> Launching:
    return lambda world, browser: browser.login(world.west, **changes)


def reloaded(world: World, browser: Browser) -> TestResponse:
    return browser.client.get("/lti/launch", base_url=BASE)


def switched_off(world: World, browser: Browser) -> TestResponse:
    with world.services.database.write() as session:
        session.query(DeploymentRow).update({"switched_off_at": world.clock()})
    return browser.launch(world.west, HANNE)


def deep_linking(**settings: Any) -> Launching:
    """A Deep Linking request by somebody who does not teach, with these settings."""
    good = {"deep_link_return_url": "https://campus.example/terug", "accept_types": ["ltiResourceLink"]}
    return with_claims(
        **{
            f"{LTI}message_type": "LtiDeepLinkingRequest",
            "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": {**good, **settings},
        }
    )


REFUSED: dict[str, tuple[str, Launching]] = {
    "replayed": ("nonce-used", replayed),
    "expired": ("token-expired", with_claims(exp=lambda at: at - 61)),
    "issued hours ago": ("token-expired", with_claims(iat=lambda at: at - 3700, exp=lambda at: at + 60)),
    "issued in the future": ("token-future", with_claims(iat=lambda at: at + 120, exp=lambda at: at + 300)),
    "not valid yet": ("token-future", with_claims(nbf=lambda at: at + 120)),
    "without exp": ("token-times", with_claims(exp=None)),
    "without iat": ("token-times", with_claims(iat=None)),
    "with a text for exp": ("token-times", with_claims(exp="morgen")),
    "with a truth value for iat": ("token-times", with_claims(iat=True)),
    "signed by another platform": ("signature-invalid", with_token(signed_by_the_other_platform)),
    "signed with a key that the platform does not have": ("key-unknown", with_token(with_an_unknown_key)),
    "unsigned": ("token-algorithm", with_token(lambda world, claims: unsigned(claims))),
    "HS256 with the public key": ("token-algorithm", with_token(hs256_with_the_public_key)),
    "no token": ("token-missing", with_token(lambda world, claims: None)),
    "no JWT": ("token-malformed", with_token(lambda world, claims: "geen.token")),
    "endless token": ("token-malformed", with_token(lambda world, claims: "x" * 70_000)),
    "keys out of reach": ("keys-unreachable", while_the_keys_are_away),
    "other issuer": ("issuer-mismatch", with_claims(iss="https://elders.example")),
    "other audience": ("audience-mismatch", with_claims(aud="een-andere-tool")),
    "no audience": ("audience-mismatch", with_claims(aud=None)),
    "two audiences and another azp": ("azp-mismatch", with_claims(aud=["tool-7", "b"], azp="b")),
    "two audiences and no azp": ("azp-mismatch", with_claims(aud=["tool-7", "b"])),
    "one audience and another azp": ("azp-mismatch", with_claims(azp="b")),
    "unknown deployment": ("deployment-unknown", with_claims(**{f"{LTI}deployment_id": "99"})),
    "deployment that is switched off": ("deployment-off", switched_off),
    "no deployment": ("claims-incomplete", with_claims(**{f"{LTI}deployment_id": None})),
    "no resource link": ("claims-incomplete", with_claims(**{f"{LTI}resource_link": {}})),
    "foreign target": ("target-foreign", with_claims(**{f"{LTI}target_link_uri": "https://kwaad.example/lti/launch"})),
    "target on another port": ("target-foreign", with_claims(**{f"{LTI}target_link_uri": "http://127.0.0.1:9/"})),
    "target with our name as user": (
        "target-foreign",
        with_claims(**{f"{LTI}target_link_uri": "http://127.0.0.1:8001@kwaad.example/"}),
    ),
    "no target": ("target-foreign", with_claims(**{f"{LTI}target_link_uri": None})),
    "LTI 1.1": ("version-unsupported", with_claims(**{f"{LTI}version": "1.1"})),
    "another message": ("message-unsupported", with_claims(**{f"{LTI}message_type": "LtiStartProctoring"})),
    "no nonce": ("nonce-missing", with_claims(nonce=None)),
    "nonce of another start": ("nonce-mismatch", with_claims(nonce="gegokt")),
    "state of another start": ("nonce-mismatch", with_state_of_another_start),
    "another browser": ("browser-mismatch", in_another_browser),
    "no state": ("state-missing", with_state(lambda state: None)),
    "changed state": ("state-invalid", with_state(lambda state: state[:-4] + "AAAA")),
    "too late": ("state-expired", eleven_minutes_later),
    "choosing without being a teacher": ("deep-link-role", deep_linking()),
    "choosing with nowhere to answer to": ("deep-link-incomplete", deep_linking(deep_link_return_url=None)),
    "choosing with a script for an address": (
        "deep-link-incomplete",
        deep_linking(deep_link_return_url="javascript:alert(1)"),
    ),
    "choosing with a policy of its own for an address": (
        "deep-link-incomplete",
        deep_linking(deep_link_return_url="https://campus.example;script-src *"),
    ),
    "choosing with data that is no text": ("deep-link-incomplete", deep_linking(data={"a": 1})),
    "choosing without settings": (
        "deep-link-incomplete",
        with_claims(**{f"{LTI}message_type": "LtiDeepLinkingRequest"}),
    ),
    "choosing links for a platform that takes files": ("deep-link-types", deep_linking(accept_types=["file"])),
    "nobody": ("user-missing", with_claims(sub=None)),
    "the platform says no": ("platform-error", as_an_error),
    "review without a learner": ("review-incomplete", with_claims(**{**review_of(HANNE), FOR_USER: {"name": "H"}})),
    "review without a column": ("review-incomplete", with_claims(**{**review_of(HANNE), AGS: None})),
    "review of an unknown column": ("review-unknown", with_claims(**review_of(HANNE))),
    "review of another's work": ("review-other", with_claims(**review_of(YUSUF))),
    "review by somebody without a role": ("review-other", with_claims(**{**review_of(HANNE), f"{LTI}roles": []})),
    "login from an unknown issuer": ("platform-unknown", login(iss="https://onbekend.example")),
    "login from an unknown client": ("platform-unknown", login(client_id="iemand-anders")),
    "login without issuer": ("login-incomplete", login(iss=None)),
    "login without hint": ("login-incomplete", login(login_hint=None)),
    "login for a foreign target": ("target-foreign", login(target_link_uri="https://kwaad.example/")),
    "address opened by hand": ("state-missing", reloaded),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_launch_is_refused_with_a_page_and_a_log_line(
    name: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    code, launch = REFUSED[name]
    caplog.set_level(logging.INFO)
    before = sessions(world)
    response = launch(world, world.browser())
    assert response.status_code in (403, 503)
    assert response.mimetype == "text/html"
    assert f"<code>{code}</code>" in response.text
    assert f'<h1 class="vk-title">{TITLES[ADVICE[code]]}</h1>' in response.text
    lines = [record.getMessage() for record in caplog.records if record.name == "lti_tool.launch"]
    assert len(lines) == 1
    assert lines[0].startswith(f"launch refused: code={code} issuer='")
    assert "\n" not in lines[0]
    assert not re.search(r"eyJ[\w-]{10,}", caplog.text), "a token stands in the log"
    assert "Hanne" not in caplog.text
    assert sessions(world) - before <= (1 if name == "replayed" else 0)


def test_every_code_of_a_refusal_is_tested() -> None:
    assert {code for code, _ in REFUSED.values()} == set(ADVICE)


def test_the_log_line_names_issuer_client_and_deployment(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.browser().launch(world.west, HANNE, **{f"{LTI}deployment_id": "99"})
    line = caplog.messages[-1]
    assert f"issuer='{world.west.issuer}' client_id='tool-7' deployment_id='99'" in line
    assert "veranderkracht lti register" in line


def test_what_is_sent_to_us_cannot_start_a_log_line_of_its_own(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.browser().login(world.west, iss="https://x.example\nlaunch refused: code=vals")
    assert all("\n" not in message for message in caplog.messages)


def test_a_deployment_of_another_client_of_the_same_platform_is_not_ours(world: World) -> None:
    from lti_tool import registrations

    other = replace(world.west.registration, client_id="tool-8")
    with world.services.database.write() as session:
        registrations.register(session, world.zuid.tenant, other, ["77"], world.clock())
    response = world.browser().launch(world.west, HANNE, **{f"{LTI}deployment_id": "77"})
    assert "<code>deployment-unknown</code>" in response.text


def test_a_refusal_may_show_in_the_platforms_frame(world: World) -> None:
    response = world.browser().launch(world.west, HANNE, aud="een-andere-tool")
    assert f"frame-ancestors {world.west.listener.url}" in response.headers["Content-Security-Policy"]


def test_a_token_of_the_page_is_no_state_and_a_state_is_no_token_of_a_page(world: World) -> None:
    browser = world.at(world.west, HANNE)
    state, _ = browser.start(world.west)
    assert browser.call("state", token=state).status_code == 401
    assert "<code>state-invalid</code>" in browser.post("x", browser.token).text


def test_a_key_set_without_kid_or_alg_still_serves(world: World) -> None:
    jwk = world.west.jwk()
    del jwk["kid"]
    world.west.listener.json("/west/jwks", {"keys": [jwk]})
    browser = world.browser()
    state, nonce = browser.start(world.west)
    token = world.west.sign(world.west.claims(nonce, world.clock(), HANNE), kid=None)
    assert browser.post(token, state).status_code == 200


def test_two_audiences_with_us_as_azp_are_good(world: World) -> None:
    assert world.browser().launch(world.west, HANNE, aud=["tool-7", "b"], azp="tool-7").status_code == 200


def sessions(world: World) -> int:
    with world.services.database.read() as session:
        return session.query(SessionRow).count()


def test_our_own_tests_sign_really(world: World) -> None:
    token = world.west.sign({"sub": "5"})
    assert jwt.decode(token, key("west").public_key(), algorithms=["RS256"]) == {"sub": "5"}
