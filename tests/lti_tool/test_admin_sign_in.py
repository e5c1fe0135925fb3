"""Only a link from the command line opens the administration, once; its sessions are short and its forms its own."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from lti_tool.admin_tables import AdminLinkRow, AdminSessionRow
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from tests.cast import WEST
from tests.lti_tool.administering import NAME, Beheer, acts, deployments_of, id_of, moodle, words
from tests.lti_tool.test_headers import policy
from tests.lti_tool.world import BASE, ELS, HANNE, FakeClock, Listener, World, introduce, two_platforms
from veranderkracht.cli import main

ADMINISTRATOR = [
    "http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
]


def pages(world: World) -> list[str]:
    """Give an address of every page below the administration, but the one to sign in."""
    rules = (rule.rule for rule in world.app.url_map.iter_rules())
    below = [re.sub(r"<int:\w+>", "1", rule) for rule in rules if rule.startswith("/lti/admin/")]
    return [re.sub(r"<[^>]+>", "moodle", rule) for rule in below if not rule.endswith("/sign-in")]


def test_opening_the_link_uses_nothing_up_and_the_button_does(world: World) -> None:
    els = Beheer(world)
    secret = els.link()
    for _ in range(3):
        opened = els.client.get(f"/lti/admin/sign-in?link={secret}", base_url=BASE)
        assert opened.status_code == 200
        assert f"Aanmelden als {NAME}" in words(opened)
        assert "Set-Cookie" not in opened.headers
    assert els.use(secret).status_code == 303
    assert els.get().status_code == 200
    again = Beheer(world).use(secret)
    assert again.status_code == 404
    assert "werkt niet meer" in words(again)
    assert "Set-Cookie" not in again.headers


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, settings: LtiSettings, listener: Listener) -> Iterator[World]:
    """A tool on either database."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        creating = create_engine(server, isolation_level="AUTOCOMMIT")
        with creating.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS beheer WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE beheer"))
        creating.dispose()
        settings = replace(settings, database_url=server.rpartition("/")[0] + "/beheer")
    app = create_app(settings, clock=(clock := FakeClock()), wake=lambda: None)
    services = app.extensions["veranderkracht"]
    services.database.migrate()
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    yield World(app, services, clock, west, zuid)
    services.database.close()


def test_every_page_works_on_either_database(shared: World) -> None:
    hanne = shared.at(shared.west, HANNE)
    hanne.submit()
    for number in range(3):
        shared.browser().login(shared.west, iss=f"https://onbekend-{number % 2}.example")
    shared.browser().launch(shared.west, HANNE, aud="een-ander")
    els = Beheer(shared).signed_in()
    said = words(els.get())
    assert "vandaag om 10:00 daarna geweigerd" not in said, "both at one moment"
    assert "1 wacht" in said
    assert "https://onbekend-1.example" in said
    platform = f"/platforms/{id_of(shared, shared.west)}"
    assert "audience-mismatch" in words(els.get(platform))
    assert els.post(f"{platform}/test").status_code == 200
    els.follow(els.post("/platforms/new/moodle", **moodle(shared)))
    els.follow(els.post(f"{platform}/deployments", tenant=WEST, deployments="2"))
    els.follow(els.post(f"{platform}/deployments/{deployments_of(shared, shared.west)['2'].id}/remove"))
    for path in ("/log", "/invites", f"{platform}/edit", "/platforms/new"):
        assert els.get(path).status_code == 200
    shared.clock.advance(minutes=2)
    assert els.get().status_code == 200
    els.follow(els.post("/sign-out", everywhere="1"))


def test_of_many_who_press_at_once_one_gets_in(shared: World) -> None:
    secret = Beheer(shared).link()
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: Beheer(shared).use(secret).status_code, range(8)))
    assert sorted(answers) == [303] + [404] * 7


def test_a_link_is_over_after_a_quarter_of_an_hour(world: World) -> None:
    els = Beheer(world)
    secret = els.link()
    world.clock.advance(minutes=15)
    assert els.client.get(f"/lti/admin/sign-in?link={secret}", base_url=BASE).status_code == 404
    assert els.use(secret).status_code == 404


def test_no_secret_is_kept_that_would_let_somebody_in(world: World) -> None:
    els = Beheer(world)
    secret = els.link()
    els.use(secret)
    cookie = els.client.get_cookie("vk_admin", domain="127.0.0.1")
    assert cookie is not None
    with world.services.database.read() as session:
        kept = [row.secret_hash for row in session.query(AdminLinkRow)]
        kept += [row.id_hash for row in session.query(AdminSessionRow)]
    assert len(kept) == 2
    assert secret not in kept
    assert cookie.value not in kept
    for hashed in kept:
        assert Beheer(world).use(hashed).status_code == 404


def test_who_is_not_signed_in_gets_the_same_answer_everywhere(world: World) -> None:
    stranger = Beheer(world)
    seen = set()
    for path in [*pages(world), "/lti/admin/platforms/999", "/lti/admin/bestaat-niet"]:
        for method in ("GET", "POST"):
            response = stranger.client.open(path, method=method, base_url=BASE, headers={"Origin": BASE})
            if response.status_code == 405:
                continue
            seen.add((response.status_code, response.headers.get("Location")))
            assert policy(response)["frame-ancestors"] == ["'none'"]
    assert seen == {(303, "/lti/admin/sign-in")}
    explained = stranger.client.get("/lti/admin/sign-in", base_url=BASE)
    assert "veranderkracht lti admin-link" in words(explained)


def test_an_administrator_of_the_lms_is_none_of_this_tool(world: World) -> None:
    browser = world.browser()
    launched = browser.launch(world.west, ELS, **{"https://purl.imsglobal.org/spec/lti/claim/roles": ADMINISTRATOR})
    assert launched.status_code == 200
    for path in pages(world):
        response = browser.client.get(path, base_url=BASE, headers={"Authorization": f"Bearer {browser.token}"})
        assert response.status_code in (303, 405), path
    browser.client.set_cookie("vk_admin", browser.token, domain="127.0.0.1")
    assert browser.client.get("/lti/admin/", base_url=BASE).status_code == 303


@pytest.mark.parametrize(("minutes", "times", "inside"), [(29, 7, True), (30, 1, False), (29, 9, False)])
def test_a_session_ends_after_half_an_hour_of_rest_and_after_four_hours(
    world: World, minutes: int, times: int, inside: bool
) -> None:
    els = Beheer(world).signed_in()
    for _ in range(times):
        world.clock.advance(minutes=minutes)
        response = els.get()
    assert (response.status_code == 200) == inside


def test_signing_out_ends_this_session_and_everywhere_ends_all_with_the_links(world: World) -> None:
    desk, phone, other = Beheer(world).signed_in(), Beheer(world).signed_in(), Beheer(world, name="Piet").signed_in()
    assert "afgemeld" in words(desk.follow(desk.post("/sign-out")))
    assert (desk.get().status_code, phone.get().status_code) == (303, 200)
    desk.signed_in()
    unused = desk.link()
    assert "overal afgemeld" in words(desk.follow(desk.post("/sign-out", everywhere="1")))
    assert [each.get().status_code for each in (desk, phone, other)] == [303, 303, 200]
    assert desk.use(unused).status_code == 404
    assert (NAME, "admin-signed-out-everywhere", "") in acts(world)


def test_the_end_of_a_session_is_not_a_matter_of_its_cookie(world: World) -> None:
    els = Beheer(world).signed_in()
    cookie = els.client.get_cookie("vk_admin", domain="127.0.0.1")
    els.post("/sign-out")
    assert cookie is not None
    els.client.set_cookie("vk_admin", cookie.value, domain="127.0.0.1")
    assert els.get().status_code == 303


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, None),
        ({"Origin": "https://elders.example"}, None),
        ({"Origin": "null"}, None),
        ({"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, None),
        ({"Origin": BASE, "Sec-Fetch-Site": "same-site"}, None),
        ({"Origin": BASE, "Sec-Fetch-Site": "same-origin"}, ""),
        ({"Origin": BASE, "Sec-Fetch-Site": "same-origin"}, "0" * 64),
        ({"Origin": BASE, "Sec-Fetch-Site": "same-origin"}, "é"),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(world: World, headers: dict[str, str], token: str | None) -> None:
    els = Beheer(world).signed_in()
    before = acts(world)
    form = {} if token is None else {"form_token": token}
    refused = els.post("/invites", headers, tenant=WEST, **form)
    assert refused.status_code == 403
    assert "page-foreign" in words(refused)
    assert acts(world) == before
    assert els.post("/invites", tenant=WEST).status_code == 200, "else this test could not fail"


def test_the_token_of_one_session_is_nothing_in_another(world: World) -> None:
    els, piet = Beheer(world).signed_in(), Beheer(world, name="Piet").signed_in()
    assert els.post("/invites", tenant=WEST, form_token=piet.form_token).status_code == 403


def test_another_site_cannot_press_the_button(world: World) -> None:
    els = Beheer(world)
    secret = els.link()
    assert els.use(secret, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert els.use(secret, Origin="https://elders.example").status_code == 403
    assert els.use(secret).status_code == 303


@pytest.mark.parametrize(("base", "name"), [(BASE, "vk_admin"), ("https://tool.example", "__Host-vk_admin")])
def test_the_cookie_is_bound_as_tightly_as_the_address_allows(
    settings: LtiSettings, listener: Listener, base: str, name: str
) -> None:
    app = create_app(LtiSettings(**{**vars(settings), "base_url": base}), clock=FakeClock(), wake=lambda: None)
    world = World(
        app, app.extensions["veranderkracht"], app.extensions["veranderkracht"].clock, *two_platforms(listener)
    )
    els = Beheer(world)
    [cookie] = els.use(els.link()).headers.getlist("Set-Cookie")
    told = {part.strip() for part in cookie.split(";")[1:]}
    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= told
    assert ("Secure" in told) == base.startswith("https:")
    assert not any(part.startswith("Domain") for part in told)
    assert els.get().status_code == 200
    world.services.database.close()


def test_guessing_links_soon_stops(world: World) -> None:
    guesser = Beheer(world)
    answers = [guesser.use(f"gok-{number}").status_code for number in range(11)]
    assert answers == [404] * 10 + [429]


def test_the_command_prints_a_link_that_works_and_writes_down_that_it_did(
    world: World, settings: LtiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VK_LTI_DATA", str(settings.data))
    monkeypatch.setattr("lti_tool.admin_commands.now", world.clock)
    made = CliRunner().invoke(main, ["lti", "admin-link", "--name", NAME, "--tenant", WEST])
    assert made.exit_code == 0, made.output
    secret = made.output.partition("?link=")[2].split()[0]
    els = Beheer(world)
    assert f"de leeromgevingen van {WEST}" in words(els.client.get(f"/lti/admin/sign-in?link={secret}", base_url=BASE))
    assert els.use(secret).status_code == 303
    assert acts(world)[-2:] == [("opdrachtregel", "admin-link-made", WEST), (NAME, "admin-signed-in", WEST)]
    printed = CliRunner().invoke(main, ["lti", "audit", "--tenant", WEST])
    assert f"{NAME} meldde zich aan [admin-signed-in]: {WEST}" in printed.output
    assert secret not in printed.output
    refused = CliRunner().invoke(main, ["lti", "admin-link", "--tenant", "hogeschool-wset"])
    assert refused.exit_code != 0
    assert "bestaat nog niet" in refused.output
