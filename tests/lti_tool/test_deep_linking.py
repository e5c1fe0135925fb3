"""A teacher chooses what to place, and the platform gets it in a signed answer that it can believe."""

import html
import re
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from lti_tool.tables import LinkRow, SessionRow
from tests.lti_tool.world import BASE, ELS, HANNE, LTI, MENTOR, Browser, Person, Platform, World

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DATA = "csrftoken:7b3f-é"
HISTORY = {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}
STEPS = [
    "vooraf",
    "wie-kijkt-mee",
    "rollen-en-verwachtingen",
    "de-buurt-als-partner",
    "de-linde",
    "toets",
    "participatiematrix",
    "eigen-praktijk",
    "voor-het-teamoverleg",
]


def settings_of(platform: Platform, **changes: Any) -> dict[str, Any]:
    settings = {
        "deep_link_return_url": f"{platform.issuer}/terug?sesskey=a",
        "accept_types": ["link", "ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "data": DATA,
        **changes,
    }
    return {name: value for name, value in settings.items() if value is not None}


def request_of(platform: Platform, **changes: Any) -> dict[str, Any]:
    """Give what differs in the claims of a Deep Linking request."""
    return {
        f"{LTI}message_type": "LtiDeepLinkingRequest",
        f"{LTI}resource_link": None,
        f"{LTI}custom": None,
        f"{DL}deep_linking_settings": settings_of(platform, **changes),
    }


def picking(world: World, platform: Platform | None = None, person: Person = ELS, **changes: Any) -> Browser:
    platform = platform or world.west
    browser = world.browser()
    response = browser.launch(platform, person, **request_of(platform, **changes))
    assert response.status_code == 200, response.text
    return browser


def press(browser: Browser, button: str, value: str = "1", token: str | None = None, **form: Any) -> TestResponse:
    said = {"token": browser.token if token is None else token, button: value, **form}
    response = browser.client.post("/lti/pick", data=said, base_url=BASE)
    if response.status_code in (200, 400):
        browser.page = response.text
    return response


def answered(world: World, platform: Platform, response: TestResponse) -> dict[str, Any]:
    """Give the claims of the answer, checked as strictly as the standard allows."""
    assert response.status_code == 200, response.text
    [form] = re.findall(r'<form method="post" action="([^"]+)" id="lti-hand-over">', response.text)
    assert html.unescape(form) == f"{platform.issuer}/terug?sesskey=a"
    [token] = re.findall(r'name="JWT" value="([^"]+)"', response.text)
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "RS256"
    keys = world.app.test_client().get("/lti/jwks").json["keys"]
    public = jwt.PyJWK(next(key for key in keys if key["kid"] == header["kid"]))
    claims: dict[str, Any] = jwt.decode(
        token,
        public,
        algorithms=["RS256"],
        audience=platform.issuer,
        issuer=platform.client_id,
        options={"verify_exp": False, "verify_iat": False, "require": ["iss", "aud", "iat", "exp", "nonce"]},
    )
    assert claims["aud"] == [platform.issuer]
    assert claims["iat"] == int(world.clock().timestamp())
    assert 0 < claims["exp"] - claims["iat"] <= 600
    assert len(claims["nonce"]) >= 32
    assert claims[f"{LTI}message_type"] == "LtiDeepLinkingResponse"
    assert claims[f"{LTI}version"] == "1.3.0"
    assert claims[f"{LTI}deployment_id"] == platform.deployment_id
    assert set(claims) <= {
        *("iss", "aud", "iat", "exp", "nonce"),
        *(f"{LTI}{name}" for name in ("message_type", "version", "deployment_id")),
        *(f"{DL}{name}" for name in ("content_items", "data")),
    }
    return claims


def items(world: World, response: TestResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answered(world, world.west, response)[f"{DL}content_items"]
    return found


def test_a_step_is_placed_with_its_column_and_its_id_in_custom(world: World) -> None:
    response = press(picking(world), "place", choice="samen-kijken/eigen-praktijk")
    claims = answered(world, world.west, response)
    assert claims[f"{DL}data"] == DATA
    assert claims[f"{DL}content_items"] == [
        {
            "type": "ltiResourceLink",
            "title": "Een moment uit je eigen praktijk",
            "text": "Uit de module Samen kijken: naasten, vrijwilligers, partners.",
            "url": f"{BASE}/lti/launch",
            "custom": {"module": "samen-kijken", "step": "eigen-praktijk", **HISTORY},
            "lineItem": {
                "label": "Een moment uit je eigen praktijk",
                "scoreMaximum": 10.0,
                "resourceId": "samen-kijken/eigen-praktijk",
                "tag": "score",
                "submissionReview": {"reviewableStatus": ["Submitted", "Completed"], "label": "Lees het werk"},
            },
        }
    ]


def test_every_answer_has_a_nonce_of_its_own(world: World) -> None:
    browser = picking(world)
    token = browser.token
    answers = [
        answered(world, world.west, press(browser, "place", token=token, choice="samen-kijken")) for _ in range(2)
    ]
    assert answers[0]["nonce"] != answers[1]["nonce"]


def test_data_goes_back_only_where_it_came(world: World) -> None:
    response = press(picking(world, data=None), "place", choice="samen-kijken")
    assert f"{DL}data" not in answered(world, world.west, response)


def test_a_whole_module_is_one_item_without_a_column(world: World) -> None:
    [item] = items(world, press(picking(world), "place", choice="samen-kijken"))
    assert item["custom"] == {"module": "samen-kijken", **HISTORY}
    assert "lineItem" not in item
    assert item["title"].startswith("Samen kijken")


def test_a_module_is_placed_as_its_steps_each_once_and_in_order(world: World) -> None:
    placed = items(world, press(picking(world), "place", choice=["samen-kijken/toets", "samen-kijken/*"]))
    assert [item["custom"]["step"] for item in placed] == STEPS
    scored = {item["custom"]["step"]: item["lineItem"]["scoreMaximum"] for item in placed if "lineItem" in item}
    assert scored == {"de-linde": 10, "toets": 6, "eigen-praktijk": 10}


def test_dates_go_along_in_utc_where_they_are_given(world: World) -> None:
    choice = ["samen-kijken/vooraf", "samen-kijken/toets"]
    dates = {"opens": "2026-03-09T08:00", "due": "2026-06-30T23:59", "zone": "Europe/Brussels"}
    reading, quiz = items(world, press(picking(world), "place", choice=choice, **dates))
    assert reading["available"] == quiz["available"] == {"startDateTime": "2026-03-09T07:00:00.000Z"}
    assert quiz["submission"] == {"endDateTime": "2026-06-30T21:59:00.000Z"}
    assert "submission" not in reading, "there is nothing to hand in"
    [item] = items(world, press(picking(world), "place", choice=choice[1], due="2026-06-30T23:59", zone="Weg/Van/Hier"))
    assert item["submission"] == {"endDateTime": "2026-06-30T21:59:00.000Z"}
    assert "available" not in item


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "Je koos nog niets"),
        ({"choice": "samen-kijken", "opens": "2026-03-09T08:00", "due": "2026-03-09T08:00"}, "pas nadat"),
        ({"choice": "samen-kijken", "due": "gisteren"}, "Schrijf een datum"),
    ],
)
def test_what_cannot_be_placed_is_said_and_the_choice_stays(world: World, form: dict[str, str], says: str) -> None:
    browser = picking(world)
    response = press(browser, "place", words="naasten", **form)
    assert response.status_code == 400
    assert says in response.text
    assert 'value="naasten"' in response.text
    assert (" checked" in response.text) == ("choice" in form)
    assert press(browser, "place", choice="samen-kijken").status_code == 200


def test_something_that_is_not_on_offer_is_not_placed(world: World) -> None:
    response = press(picking(world), "place", choice=["samen-kijken", "samen-kijken/weg"])
    assert response.status_code == 404
    assert "JWT" not in response.text


def test_choosing_nothing_is_an_answer_too(world: World) -> None:
    claims = answered(world, world.west, press(picking(world), "cancel", choice="samen-kijken"))
    assert claims[f"{DL}content_items"] == []
    assert claims[f"{DL}data"] == DATA


@pytest.mark.parametrize("multiple", [False, None])
def test_a_platform_that_takes_one_item_gets_one(world: World, multiple: bool | None) -> None:
    browser = picking(world, accept_multiple=multiple)
    assert 'type="checkbox"' not in browser.page
    assert "/*" not in browser.page
    assert press(browser, "place", choice=["samen-kijken/toets", "samen-kijken/vooraf"]).status_code == 400
    assert press(browser, "place", choice="samen-kijken/*").status_code == 400
    assert len(items(world, press(browser, "place", choice="samen-kijken/toets"))) == 1


def test_a_platform_that_takes_no_columns_gets_none(world: World) -> None:
    browser = picking(world, accept_lineitem=False)
    assert "score op" not in browser.page
    [item] = items(world, press(browser, "place", choice="samen-kijken/toets"))
    assert "lineItem" not in item


def test_a_platform_that_says_nothing_of_columns_gets_them(world: World) -> None:
    [item] = items(world, press(picking(world, accept_lineitem=None), "place", choice="samen-kijken/toets"))
    assert item["lineItem"]["resourceId"] == "samen-kijken/toets"


def shown(page: str) -> list[str]:
    """Give the steps of one module that are shown, of the many that a picker offers."""
    rows = re.findall(r'<li class="lti-step"[^>]*?( hidden)?>.*?name="choice" value="([^"]+)"', page, re.DOTALL)
    return [choice.partition("/")[2] for hidden, choice in rows if not hidden and choice.startswith("samen-kijken/")]


@pytest.mark.parametrize(
    ("form", "steps"),
    [
        ({"words": "KOUDE kom"}, ["de-linde"]),
        ({"words": "  naasten\tpartners "}, STEPS),
        ({"words": "reflectie samen kijken"}, ["eigen-praktijk"]),
        ({"words": "samen kijken", "kind": "quiz"}, ["toets"]),
        ({"phase": "waarnemen"}, STEPS),
        ({"phase": "borgen"}, []),
        ({"words": "komkommer"}, []),
    ],
)
def test_search_works_without_script_and_keeps_what_was_chosen(
    world: World, form: dict[str, str], steps: list[str]
) -> None:
    browser = picking(world)
    page = press(browser, "search", choice="samen-kijken/vooraf", **form).text
    assert shown(page) == steps
    assert re.search(r'value="samen-kijken/vooraf" checked', page)


def test_a_step_is_looked_at_tried_and_chosen_without_losing_the_rest(world: World) -> None:
    browser = picking(world)
    token = browser.token
    form = {"choice": "samen-kijken/vooraf", "words": "toets", "due": "2026-06-30T23:59"}
    page = press(browser, "preview", "samen-kijken/toets", **form).text
    assert "<vk-quiz" in page
    assert "wordt niet bewaard" in page
    look = html.unescape(re.findall(r'data-token="([^"]+)"', page)[0])
    bearer = {"Authorization": f"Bearer {look}"}
    state = browser.client.post("/lti/pick/look/state", json={}, headers=bearer, base_url=BASE)
    assert (state.status_code, state.json["status"]) == (200, "new")
    for operation in ("save", "submit", "queue", "renew"):
        refused = browser.client.post(f"/lti/pick/look/{operation}", json={}, headers=bearer, base_url=BASE)
        assert (refused.status_code, refused.json["code"]) == (403, "preview")
    back = press(browser, "add", "samen-kijken/toets", token=token, **form).text
    chosen = re.findall(r'name="choice" value="([^"]+)" checked', back)
    assert chosen == ["samen-kijken/vooraf", "samen-kijken/toets"]
    assert 'value="2026-06-30T23:59"' in back
    assert 'name="words" value="toets"' in back


@pytest.mark.parametrize("person", [HANNE, MENTOR])
def test_only_a_teacher_chooses(world: World, person: Person, caplog: pytest.LogCaptureFixture) -> None:
    response = world.browser().launch(world.west, person, **request_of(world.west))
    assert response.status_code == 403
    assert "<code>deep-link-role</code>" in response.text
    assert "data-picker" not in response.text
    assert "code=deep-link-role" in caplog.text


def test_choosing_leaves_no_link_and_no_session(world: World) -> None:
    press(picking(world), "place", choice="samen-kijken")
    with world.services.database.read() as session:
        assert session.query(LinkRow).count() == session.query(SessionRow).count() == 0


def test_a_request_is_good_for_one_picker(world: World) -> None:
    browser = world.browser()
    state, nonce = browser.start(world.west)
    cookies = list(browser.client._cookies.values())
    claims = world.west.claims(nonce, world.clock(), ELS, **request_of(world.west))
    assert browser.post(world.west.sign(claims), state).status_code == 200
    for cookie in cookies:
        browser.client.set_cookie(cookie.key, cookie.value, domain="127.0.0.1", path="/")
    assert "<code>nonce-used</code>" in browser.post(world.west.sign(claims), state).text


def test_each_platform_gets_its_own_answer(world: World) -> None:
    response = press(picking(world, world.zuid), "place", choice="samen-kijken")
    answered(world, world.zuid, response)
    assert world.west.issuer not in response.text


def test_the_pages_policy_lets_the_form_go_to_the_platform_and_nowhere_else(world: World) -> None:
    browser = picking(world, deep_link_return_url="https://campus.example:8443/terug")
    policy = browser.launch(world.west, ELS, **request_of(world.west)).headers["Content-Security-Policy"]
    assert "form-action 'self';" in policy
    response = press(picking(world, deep_link_return_url="https://campus.example:8443/terug"), "cancel")
    policy = response.headers["Content-Security-Policy"]
    assert f"form-action 'self' https://campus.example:8443 {world.west.listener.url};" in policy
    assert f"frame-ancestors {world.west.listener.url}" in policy
    assert "script-src 'self';" in policy
    assert not re.search(r"<script(?! type=\"module\" src=)", response.text)


@pytest.mark.parametrize("kind", ["forged", "late", "page", "empty"])
def test_a_token_that_is_not_the_pickers_opens_nothing(world: World, kind: str) -> None:
    browser = picking(world)
    token = browser.token
    if kind == "late":
        world.clock.advance(hours=13)
    tokens = {"forged": token[:-4] + "AAAA", "late": token, "page": world.at(world.west, ELS).token, "empty": ""}
    response = press(browser, "place", token=tokens[kind], choice="samen-kijken")
    assert response.status_code == 401
    assert "JWT" not in response.text


def test_a_deployment_that_is_gone_gets_no_answer(world: World) -> None:
    from lti_tool.tables import DeploymentRow

    browser = picking(world)
    with world.services.database.write() as session:
        session.query(DeploymentRow).filter_by(deployment_id="1").delete()
    assert press(browser, "place", choice="samen-kijken").status_code == 403
