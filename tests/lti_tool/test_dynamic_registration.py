"""An administrator connects a platform with one link and one click: in Moodle's, Canvas's and Brightspace's ways."""

from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.exc import OperationalError

from lti_tool import invites, registrations, waiting
from lti_tool.registrations import Registration
from lti_tool.tables import AuditRow
from tests.lti_tool.inviting import Admin, code, deployments, kept, still_usable
from tests.lti_tool.registrar import CANVAS, SCOPES, TOKEN, TOOL, Brightspace, Canvas, Moodle, Registrar, Sakai, said
from tests.lti_tool.world import BASE, ELS, Platform, World


def test_moodle_is_connected_by_one_click(world: World) -> None:
    moodle, admin = Moodle(world.west.listener, "moodle"), Admin(world)
    done = admin.connect(moodle)
    assert done.status_code == 200, done.text
    assert "In behandeling" in done.text
    [body], [registration] = moodle.taken, kept(world)
    assert registration == Registration(
        moodle.issuer, "client-1", f"{moodle.issuer}/auth", f"{moodle.issuer}/token", f"{moodle.issuer}/jwks"
    )
    assert deployments(world) == ["7"]
    assert (body["redirect_uris"], body["initiate_login_uri"]) == ([f"{BASE}/lti/launch"], f"{BASE}/lti/login")
    assert body["jwks_uri"] == f"{BASE}/lti/jwks"
    assert body["logo_uri"] == f"{BASE}/lti/static/tool/icon.svg"
    assert admin.client.get(urlsplit(body["logo_uri"]).path, base_url=BASE).status_code == 200
    assert body[TOOL]["domain"] == "127.0.0.1"
    # Moodle does not say that it fills in the history of links: then we do not ask for it.
    assert body[TOOL]["custom_parameters"] == {"context_history": "$Context.id.history"}
    assert [message["type"] for message in body[TOOL]["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    ]


def test_a_connected_platform_launches_at_once(world: World) -> None:
    listener = world.west.listener
    moodle, admin = Moodle(listener, "moodle"), Admin(world)
    assert admin.connect(moodle).status_code == 200
    platform = Platform("moodle", "nieuw", listener, client_id="client-1", deployment_id="7")
    world.at(platform, ELS)


def test_canvas_is_connected_inside_its_own_frame(world: World) -> None:
    canvas, admin = Canvas(world.west.listener, "canvas"), Admin(world)
    framed = {"Sec-Fetch-Dest": "iframe", "Referer": "https://school.instructure.example/"}
    page = admin.open(canvas, framed)
    assert "https://school.instructure.example" in page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    done = admin.click(page, {"Sec-Fetch-Site": "same-origin"})
    assert done.status_code == 200, done.text
    assert "frame-ancestors *" in done.headers["Content-Security-Policy"]
    [body], [registration] = canvas.taken, kept(world)
    assert registration.client_id == "10000000000001"
    assert registration.frame_origins == ("https://school.instructure.example",)
    # Canvas names a bare host as its authorization server, and takes assertions for its token address only.
    assert registration.audience == canvas.configuration["token_endpoint"]
    deep_linking = next(each for each in body[TOOL]["messages"] if each["type"] == "LtiDeepLinkingRequest")
    assert deep_linking["placements"] == ["assignment_selection", "link_selection"]
    assert body[TOOL][f"{CANVAS}privacy_level"] == "anonymous"


@pytest.mark.parametrize(
    ("place", "referer"),
    [
        ("document", "https://school.instructure.example/"),
        ("iframe", "https://a.example;script-src *"),
        ("iframe", ""),
    ],
)
def test_only_a_page_around_ours_may_go_on_showing_us(world: World, place: str, referer: str) -> None:
    canvas, admin = Canvas(world.west.listener, "canvas"), Admin(world)
    page = admin.open(canvas, {"Sec-Fetch-Dest": place, "Referer": referer})
    assert "Getoond binnen" not in page.text
    admin.click(page)
    assert kept(world)[0].frame_origins == ()


def test_brightspace_is_connected_without_a_registration_token(world: World) -> None:
    brightspace, admin = Brightspace(world.west.listener, "d2l"), Admin(world)
    done = admin.connect(brightspace)
    assert done.status_code == 200, done.text
    assert "View Deployments" in done.text
    [registration], [body] = kept(world), brightspace.taken
    assert registration.audience == "https://api.brightspace.com/auth/token"
    assert deployments(world) == ["bd1a8f0c-3a0e-4b3f-8e05-d2f6d6b1a7c9"]
    assert body[TOOL]["messages"][1]["placements"] == ["ContentArea"]


def test_sakai_is_asked_for_its_services_though_it_lists_none(world: World) -> None:
    sakai, admin = Sakai(world.west.listener, "sakai"), Admin(world)
    done = admin.connect(sakai)
    assert done.status_code == 200, done.text
    assert "geen puntenboek" not in done.text
    assert sakai.taken[0]["scope"].split() == SCOPES
    assert set(sakai.taken[0][TOOL]["custom_parameters"]) == {"context_history", "link_history"}
    assert deployments(world) == ["1"]


@pytest.mark.parametrize(
    ("form", "claims", "privacy"),
    [
        ({}, ["iss", "sub"], "anonymous"),
        ({"names": "1"}, ["iss", "sub", "name", "given_name", "family_name"], "name_only"),
    ],
)
def test_names_are_asked_only_when_the_administrator_wants_them(
    world: World, form: dict[str, str], claims: list[str], privacy: str
) -> None:
    canvas, admin = Canvas(world.west.listener, "canvas"), Admin(world)
    assert admin.connect(canvas, **form).status_code == 200
    assert canvas.taken[0][TOOL]["claims"] == claims
    assert canvas.taken[0][TOOL][f"{CANVAS}privacy_level"] == privacy


def test_only_scopes_are_asked_that_the_platform_supports(world: World) -> None:
    lms, admin = Moodle(world.west.listener), Admin(world)
    lms.configuration["scopes_supported"] = ["openid"]
    done = admin.connect(lms)
    assert lms.taken[0]["scope"] == ""
    assert "geen puntenboek" in done.text


def test_a_platform_that_does_not_say_its_deployment_waits_for_an_administrator(world: World) -> None:
    listener = world.west.listener
    canvas, admin = Canvas(listener, "canvas"), Admin(world)
    done = admin.connect(canvas)
    assert "deployment-id" in done.text
    assert deployments(world) == []
    platform = Platform("canvas", "nieuw", listener, client_id="10000000000001", deployment_id="55:abc")
    refused = world.browser().launch(platform, ELS)
    assert code(refused) == "deployment-unknown"
    database, at = world.services.database, world.clock()
    with database.write() as session:
        [knocking] = waiting.waiting(session)
        assert (knocking.deployment_id, knocking.proposed, knocking.launches) == ("55:abc", "nieuw", 1)
        waiting.accept(session, knocking.id, by="opdrachtregel", at=at)
    world.at(platform, ELS)
    with database.read() as session:
        assert waiting.waiting(session) == []
        last = session.query(AuditRow).order_by(AuditRow.id.desc()).first()
    assert last
    assert (last.act, last.tenant, last.about) == (
        "deployment-accepted",
        "nieuw",
        f"{canvas.issuer} 10000000000001 55:abc",
    )


def test_newer_canvas_says_its_deployment_beside_the_configuration(world: World) -> None:
    canvas, admin = Canvas(world.west.listener, "canvas"), Admin(world)
    canvas.deployment_id = "55:abc"
    admin.connect(canvas)
    assert deployments(world) == ["55:abc"]


REFUSALS: list[tuple[Any, str, str]] = [
    (
        said(400, {"error": "invalid_redirect_uri", "error_description": "niet goed"}),
        "registration-refused",
        "niet goed",
    ),
    (said(401, {"error": "token_already_used"}), "registration-refused", "status 401 (token_already_used)"),
    (said(422, {"errors": ["domain is fout"]}), "registration-refused", "domain is fout"),
    ((500, "text/html", b"<h1>Oei</h1>"), "registration-refused", "status 500"),
    (said(302, {}), "registration-refused", "status 302"),
    ((200, "text/html", b"<h1>Welkom</h1>"), "registration-answer-invalid", "geen JSON"),
    (said(200, {"client_id": ""}), "registration-answer-invalid", "client_id"),
    (said(200, {"client_id": "x" * 300}), "registration-answer-invalid", "client_id"),
    (said(200, ["client_id"]), "registration-answer-invalid", "JSON-object"),
    ((200, "application/json", b"{" * 600_000), "registration-unanswered", "groter dan"),
]


@pytest.mark.parametrize(("instead", "expected", "says"), REFUSALS)
def test_a_refused_registration_keeps_nothing_and_can_be_tried_again(
    world: World, instead: Any, expected: str, says: str
) -> None:
    moodle, admin = Moodle(world.west.listener), Admin(world)
    moodle.instead.append(instead)
    refused = admin.connect(moodle)
    assert code(refused) == expected
    assert refused.status_code == 502
    assert says in unescape(refused.text)
    assert kept(world) == []
    assert still_usable(world, admin)
    assert admin.connect(moodle).status_code == 200


def test_when_only_our_side_fails_the_administrator_hears_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    moodle, admin = Moodle(world.west.listener), Admin(world)

    def broken(*_: Any, **__: Any) -> None:
        raise OperationalError("INSERT …", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(invites, "use_up", broken)
        half = admin.connect(moodle)
    assert (half.status_code, code(half)) == (500, "registration-unsaved")
    assert "client-1" in half.text and "verwijder die" in half.text
    assert kept(world) == [] and deployments(world) == []
    assert still_usable(world, admin)


def test_an_invitation_never_changes_a_platform_that_is_known(world: World) -> None:
    west, admin = world.west, Admin(world)
    liar = Registrar(west.listener, "west")
    liar.configuration |= {"jwks_uri": f"{west.listener.url}/boef/jwks"}
    liar.instead.append(said(200, {"client_id": west.client_id}))
    refused = admin.connect(liar)
    assert code(refused) == "registration-unsaved"
    assert "al anders geregistreerd" in refused.text
    with world.services.database.read() as session:
        found = registrations.find(session, west.issuer, west.client_id)
    assert found and found[1] == west.registration


def test_a_tool_that_moodle_brings_up_to_date_stays_what_it_was(world: World) -> None:
    moodle = Moodle(world.west.listener, "moodle")
    Admin(world).connect(moodle)
    before, moodle.client_id = kept(world), "client-1"
    assert Admin(world).connect(moodle).status_code == 200
    assert (kept(world), deployments(world)) == (before, ["7"])
    with world.services.database.read() as session:
        acts = [row.act for row in session.query(AuditRow).order_by(AuditRow.id) if row.act.startswith("registration")]
    assert acts == ["registration-added", "registration-renewed"]
    moved = Admin(world)
    moodle.configuration["jwks_uri"] += "/anders"
    assert code(moved.connect(moodle)) == "registration-unsaved"
    assert kept(world) == before


def test_another_institution_cannot_join_a_platform_by_invitation(world: World) -> None:
    moodle = Moodle(world.west.listener, "moodle")
    Admin(world).connect(moodle)
    moodle.client_id = "client-1"
    assert code(Admin(world, tenant="boef").connect(moodle)) == "registration-unsaved"
    assert (deployments(world), deployments(world, "boef")) == (["7"], [])


def test_a_configuration_is_asked_as_the_platform_wants_it(world: World) -> None:
    brightspace, admin = Brightspace(world.west.listener, "d2l"), Admin(world)
    admin.connect(brightspace)
    [asked] = brightspace.listener.to("/d2l/configuration")
    assert dict(parse_qsl(urlsplit(asked.path).query)) == {"once": TOKEN}
    assert "Authorization" not in asked.headers
