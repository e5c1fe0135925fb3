"""The strict platform refuses what is wrong: else its tests of the tool would prove nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests

from lti_tool.keys import SigningKey
from tests.lti_tool.strict_platform import DL, StrictPlatform
from tests.lti_tool.world import HANNE, LTI, FakeClock, World

Changes = Mapping[str, Any]


@pytest.fixture
def ours(world: World) -> SigningKey:
    return world.services.keys.signing_key()


def altered(good: Changes, changes: Changes) -> dict[str, Any]:
    """Give a mapping with some values replaced, and those that are None gone."""
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def why(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body.get("error_description") or body["why"]


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "openid profile"},
        {"response_type": "code"},
        {"response_mode": None},
        {"prompt": None},
        {"prompt": "login"},
        {"client_id": "een-ander"},
        {"redirect_uri": "http://127.0.0.1:8001/lti/launch/"},
        {"login_hint": "een-ander"},
        {"lti_message_hint": "iets anders"},
        {"state": None},
        {"nonce": "kort"},
        {"tenant": None},
    ],
)
def test_an_authentication_request_is_right_in_every_part(
    world: World, strict: StrictPlatform, change: Changes
) -> None:
    start = world.browser().login(strict, **strict.login_of(HANNE, {}))
    address, _, query = start.headers["Location"].partition("?")
    asked = altered(dict(parse_qsl(query)), change)
    assert requests.get(f"{address}?{urlencode(asked)}", timeout=20).status_code == 400
    assert len(strict.refusals) == 1


def test_an_authentication_request_counts_once(world: World, strict: StrictPlatform) -> None:
    start = world.browser().login(strict, **strict.login_of(HANNE, {})).headers["Location"]
    assert [requests.get(start, timeout=20).status_code for _ in range(2)] == [200, 400]
    again = dict(parse_qsl(urlsplit(start).query)) | strict.login_of(HANNE, {})
    del again["target_link_uri"]
    said = requests.get(f"{strict.issuer}/auth?{urlencode(again)}", timeout=20)
    assert why(said) == (400, "state was seen before")


def sign(claims: Changes, by: SigningKey, kid: str | None = None) -> str:
    return jwt.encode(dict(claims), by.private_pem, algorithm="RS256", headers={"kid": kid or by.kid})


NOW = int(FakeClock()().timestamp())


def choice_of(strict: StrictPlatform, at: datetime, settings: Changes) -> dict[str, Any]:
    now = int(at.timestamp())
    return {
        "iss": strict.client_id,
        "aud": strict.issuer,
        "iat": now,
        "exp": now + 60,
        "nonce": f"een-nonce-{settings['data']}",
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": strict.deployment_id,
        f"{DL}data": settings["data"],
        f"{DL}content_items": [{"type": "ltiResourceLink", "title": "Stap", "url": f"{strict.tool}/lti/launch"}],
    }


def hand_in(strict: StrictPlatform, token: str, name: str = "JWT") -> requests.Response:
    return requests.post(f"{strict.issuer}/terug?sesskey=Zo%2FEven", data={name: token}, timeout=20)


ITEM_OF = {"type": "ltiResourceLink", "title": "Stap", "url": "http://127.0.0.1:8001/lti/launch"}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "een-ander"},
        {"aud": "een-ander"},
        {"aud": ["een-ander"]},
        {"azp": "een-ander"},
        {"exp": None},
        {"iat": NOW + 5},
        {"nonce": None},
        {f"{LTI}message_type": "LtiResourceLinkRequest"},
        {f"{LTI}version": None},
        {f"{LTI}deployment_id": "2"},
        {f"{DL}data": "een ander"},
        {f"{DL}data": None},
        {f"{DL}content_items": None},
        {f"{DL}content_items": [{**ITEM_OF, "type": "link"}]},
        {f"{DL}content_items": [{**ITEM_OF, "title": ""}]},
        {f"{DL}content_items": [{**ITEM_OF, "url": "http://elders.example/"}]},
        {f"{DL}content_items": [{**ITEM_OF, "custom": {"module": 5}}]},
        {f"{DL}content_items": [{**ITEM_OF, "lineItem": {"scoreMaximum": 0}}]},
        {f"{DL}content_items": [{**ITEM_OF, "lineItem": {"scoreMaximum": 1, "max": 1}}]},
        {f"{DL}content_items": [{**ITEM_OF, "submission": {"endDateTime": "2026-06-30T21:59"}}]},
        {f"{DL}content_items": [{**ITEM_OF, "iets": 1}]},
    ],
)
def test_a_choice_is_right_in_every_claim(
    world: World, strict: StrictPlatform, ours: SigningKey, change: Changes
) -> None:
    settings = strict.ask_to_choose()[f"{DL}deep_linking_settings"]
    good = choice_of(strict, world.clock(), settings)
    wrong = altered(good, {"nonce": "een-andere-nonce-van-ons", **change})
    assert hand_in(strict, sign(wrong, ours)).status_code == 400
    assert strict.placed == []


def test_a_choice_counts_once_and_as_much_as_was_asked(world: World, strict: StrictPlatform, ours: SigningKey) -> None:
    settings = strict.ask_to_choose()[f"{DL}deep_linking_settings"]
    good = choice_of(strict, world.clock(), settings)
    assert hand_in(strict, sign(good, ours), "jwt").status_code == 400
    assert requests.post(f"{strict.issuer}/terug", data={"JWT": sign(good, ours)}, timeout=20).status_code == 400
    assert hand_in(strict, sign(good, ours)).status_code == 200
    assert why(hand_in(strict, sign(good, ours))) == (400, "nonce was seen before")
    again = {**good, "nonce": "een-nonce-van-later-nog"}
    assert why(hand_in(strict, sign(again, ours)))[1].startswith("data is not")
    for number, (refuses, items) in enumerate(
        [
            ({"accept_multiple": False}, [ITEM_OF, ITEM_OF]),
            ({"accept_lineitem": False}, [{**ITEM_OF, "lineItem": {"scoreMaximum": 1}}]),
        ]
    ):
        settings = strict.ask_to_choose(**refuses)[f"{DL}deep_linking_settings"]
        claims = choice_of(strict, world.clock(), settings)
        claims |= {"nonce": f"een-nonce-van-nummer-{number}", f"{DL}content_items": items}
        assert hand_in(strict, sign(claims, ours)).status_code == 400
