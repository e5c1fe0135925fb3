"""The administration in Chromium: an administrator's first hour, by mouse and by keyboard, and every page looked at."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.tables import DeploymentRow
from tests.browser import assert_accessible, look
from tests.cast import WEST
from tests.lti_tool.administering import Beheer, id_of
from tests.lti_tool.test_pages_in_a_browser import Campus, campus, console, page
from tests.lti_tool.world import HANNE, LTI, YUSUF, Browser, Person, Platform

pytestmark = pytest.mark.browser
__all__ = ["campus", "console", "page"]


def sign_in(campus: Campus, page: Page, tenant: str = "") -> None:
    page.goto(f"{campus.tool}/lti/admin/sign-in?link={Beheer(campus.world, tenant).link()}")
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leeromgevingen")


def seen(page: Page, name: str) -> None:
    page.wait_for_load_state()  # with its style, which axe looks at
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    look(page, f"beheer-{name}")


def moodle(campus: Campus) -> Platform:
    """Let the test server answer as a Moodle does that is at its own address there."""
    listener = campus.world.west.listener
    platform = Platform("moodle", WEST, listener, client_id="aBc123XyZ", deployment_id="7")
    for name, kind in (("auth", "auth"), ("token", "token"), ("certs", "jwks")):
        answering = listener.answers.get(f"/moodle/{kind}", lambda _: (400, "text/html", b"invalidrequest"))
        listener.answers[f"/moodle/mod/lti/{name}.php"] = answering
    return platform


def test_the_first_hour_of_an_administrator(campus: Campus, page: Page, console: list[str]) -> None:
    world, made = campus.world, moodle(campus)
    world.clock.at = datetime.now(UTC)  # by which the test server dates its answers
    page.goto(f"{campus.tool}/lti/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Beheer van Veranderkracht")
    seen(page, "niet-aangemeld")
    page.goto(f"{campus.tool}/lti/admin/sign-in?link={Beheer(world).link()}")
    seen(page, "aanmelden")
    page.get_by_role("button", name="Aanmelden").click()
    seen(page, "leeromgevingen")
    page.get_by_role("link", name="Voeg een leeromgeving toe").click()
    seen(page, "kies")
    page.get_by_role("link", name="Moodle", exact=True).click()
    seen(page, "moodle")

    page.get_by_role("button", name="Kopieer Inlog-URL").click()
    expect(page.locator("[data-copied]")).to_have_text("Gekopieerd: Inlog-URL initiëren (Initiate login URL)")
    page.get_by_label("Instelling").fill("school-noord")
    page.get_by_label("Adres van je Moodle").focus()
    page.keyboard.press("ControlOrMeta+V")
    expect(page.get_by_label("Adres van je Moodle")).to_have_value(f"{campus.tool}/lti/login")

    page.get_by_label("Adres van je Moodle").fill(made.issuer)
    page.get_by_role("button", name="Bewaar deze koppeling").click()
    expect(page.get_by_role("alert")).to_contain_text("2 velden kloppen nog niet")
    seen(page, "moodle-fouten")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Client-id")).to_be_focused()
    expect(page.get_by_label("Instelling")).to_have_value("school-noord")
    page.keyboard.type("aBc123XyZ")
    page.get_by_label("Deployment-id").fill("7")
    page.get_by_role("button", name="Bewaar deze koppeling").click()
    expect(page.get_by_role("status")).to_contain_text("De leeromgeving is gekoppeld")
    seen(page, "leeromgeving-nieuw")

    page.get_by_role("button", name="Test de verbinding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verbinding testen")
    expect(page.get_by_role("status")).to_contain_text("Alles werkt. Open nu één keer een activiteit")
    expect(page.get_by_text("1 bruikbare sleutel: k1")).to_be_visible()
    expect(page.get_by_text("We kregen een toegangsbewijs.")).to_have_count(5)
    expect(page.get_by_text("Er is nog geen start gelukt.")).to_be_visible()
    seen(page, "test")

    # Somebody starts from a deployment that was made meanwhile, and then from one that is known.
    made.deployment_id = "8"
    assert launch(campus, made, HANNE)[1] == 403
    page.reload()
    page.get_by_role("link", name=made.issuer).click()
    expect(page.get_by_text("deployment-unknown")).to_be_visible()
    expect(page.get_by_text("De leeromgeving is gekend, maar dit deployment-id nog niet")).to_be_visible()
    seen(page, "leeromgeving-geweigerd")
    page.get_by_role("link", name="Leeromgevingen").first.click()
    expect(page.get_by_role("heading", name="Wachten op jouw akkoord")).to_be_visible()
    page.get_by_role("button", name="Aanvaard").click()
    expect(page.get_by_role("status")).to_contain_text("Het deployment staat erbij")
    assert launch(campus, made, HANNE)[1] == 200
    page.get_by_role("link", name="Alles over de verbinding").click()
    expect(page.get_by_text("De laatste start die lukte: vandaag om")).to_be_visible()
    assert [said for said in console if "422" not in said] == []


def launch(campus: Campus, platform: Platform, person: Person, **changes: Any) -> tuple[Browser, int]:
    """Launch from a platform; give the browser, and how that was answered."""
    browser, target = campus.world.browser(), f"{campus.tool}/lti/launch"
    start = browser.login(platform, target_link_uri=target)
    asked = dict(parse_qsl(urlsplit(start.headers["Location"]).query))
    claims = platform.claims(
        asked["nonce"], campus.world.clock(), person, **{f"{LTI}target_link_uri": target, **changes}
    )
    return browser, browser.post(platform.sign(claims), asked["state"]).status_code


def test_what_goes_wrong_is_shown_with_what_to_do(campus: Campus, page: Page, console: list[str]) -> None:
    world, west = campus.world, campus.world.west
    launch(campus, west, HANNE)[0].submit()
    west.score_status[:] = [403]
    Sender(world.services, Gradebooks(world.services.outgoing, world.services.access)).drain()
    launch(campus, west, YUSUF)[0].submit()
    launch(campus, west, HANNE, aud="een-andere-tool")
    world.browser().login(
        west, iss="https://leren.hogeschool.example", client_id="kZ9-tikfout", target_link_uri=f"{campus.tool}/"
    )
    west.listener.json("/west/token", {"error": "invalid_client"}, status=401)
    west.listener.json("/west/jwks", {"keys": []})
    sign_in(campus, page)
    expect(page.get_by_text("1 mislukt")).to_be_visible()
    expect(page.get_by_text("kZ9-tikfout")).to_be_visible()
    seen(page, "leeromgevingen-met-zorgen")
    page.get_by_role("link", name=west.issuer, exact=True).click()
    seen(page, "leeromgeving-met-zorgen")
    page.get_by_role("button", name="Test de verbinding").click()
    expect(page.get_by_text("De leeromgeving herkent onze handtekening niet").first).to_be_visible()
    expect(page.get_by_text("audience-mismatch")).to_be_visible()
    seen(page, "test-met-fouten")
    page.goto(f"{campus.tool}/lti/admin/platforms/{id_of(world, west)}")
    page.get_by_role("button", name="Zet deployment 1 uit").click()
    expect(page.get_by_role("status")).to_contain_text("er kan niemand meer uit starten")
    page.get_by_text("Voeg een deployment toe").click()
    page.get_by_label("Instelling").fill("hogeschool-zuid")
    page.get_by_label("Deployment-id").fill("1")
    page.get_by_role("button", name="Voeg toe").click()
    expect(page.get_by_text("hoort al bij een andere instelling")).to_be_visible()
    seen(page, "deployment-bezet")
    # The answer to a form that was refused is no address of its own: go by the link.
    page.get_by_role("link", name="Wijzig deze gegevens").click()
    page.get_by_label("Token-adres").fill("onzin")
    page.get_by_role("button", name="Bewaar de wijziging").click()
    seen(page, "wijzigen-fout")
    page.goto(f"{campus.tool}/lti/admin/platforms/999")
    seen(page, "niet-gevonden")
    page.goto(f"{campus.tool}/lti/admin/sign-in?link=oud")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze aanmeldlink werkt niet meer")
    seen(page, "link-over")
    assert [said for said in console if "Failed to load resource" not in said] == []


def test_every_other_page_is_looked_at(campus: Campus, page: Page, console: list[str]) -> None:
    with campus.world.services.database.write() as session:
        session.query(DeploymentRow).update({"switched_off_at": campus.world.clock()})
    sign_in(campus, page, WEST)
    seen(page, "leeromgevingen-een-instelling")
    page.get_by_role("link", name="Uitnodigingen").click()
    page.get_by_role("button", name="Maak een uitnodiging").click()
    page.get_by_role("button", name="Kopieer Link").click()
    expect(page.locator("[data-copied]")).to_have_text("Gekopieerd: Link")
    seen(page, "uitnodiging")
    page.get_by_role("link", name="Logboek").click()
    expect(page.get_by_text("maakte een uitnodiging")).to_be_visible()
    seen(page, "logboek")
    for lms in ("canvas", "brightspace", "blackboard", "sakai", "openedx", "other"):
        page.goto(f"{campus.tool}/lti/admin/platforms/new/{lms}")
        seen(page, lms)
    page.emulate_media(color_scheme="dark")
    page.goto(f"{campus.tool}/lti/admin/platforms/{id_of(campus.world, campus.world.west)}")
    seen(page, "leeromgeving-donker")
    page.get_by_text("Els Janssens").click()
    page.get_by_role("button", name="Overal afmelden").click()
    expect(page.get_by_role("status")).to_contain_text("Je bent overal afgemeld")
    seen(page, "afgemeld")
    assert console == []


def test_signing_in_and_adding_goes_by_keyboard_alone(campus: Campus, page: Page) -> None:
    made = moodle(campus)
    page.goto(f"{campus.tool}/lti/admin/sign-in?link={Beheer(campus.world, WEST).link()}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Leeromgevingen")
    page.goto(f"{campus.tool}/lti/admin/platforms/new/moodle")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lms":
            break
    for text in (made.issuer, made.client_id, made.deployment_id):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_label("Client-id").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("De leeromgeving is gekoppeld")


def test_without_script_all_of_it_works_and_no_button_does_nothing(campus: Campus, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="nl-BE", java_script_enabled=False)
    plain = context.new_page()
    sign_in(campus, plain)
    plain.goto(f"{campus.tool}/lti/admin/platforms/new/moodle")
    expect(plain.get_by_role("button", name="Kopieer")).to_have_count(0)
    expect(plain.get_by_text(f"{campus.tool}/lti/jwks")).to_be_visible()
    context.close()


def test_no_page_of_the_administration_loads_in_a_frame(campus: Campus, page: Page) -> None:
    sign_in(campus, page)
    for number, path in enumerate(("", "sign-in", "platforms/999", "log")):
        body = f'<!doctype html><html lang="nl"><title>x</title><iframe src="{campus.tool}/lti/admin/{path}"></iframe>'
        campus.world.west.listener.answers[f"/kader/{number}"] = lambda _, body=body: (200, "text/html", body.encode())
        page.goto(f"{campus.world.west.listener.url}/kader/{number}")
        assert page.frames[1].url.startswith("chrome-error:"), path


def test_an_administrator_whose_browser_is_french_connects_a_platform_in_french(
    campus: Campus, chromium: Chromium
) -> None:
    with chromium.new_context(locale="fr-BE", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{campus.tool}/lti/admin/sign-in?link={Beheer(campus.world).link()}")
        seen(page, "frans-aanmelden")
        page.locator("form button").click()
        seen(page, "frans-leeromgevingen")
        page.goto(f"{campus.tool}/lti/admin/platforms/new/moodle")
        page.locator("[data-copy]").first.click()
        expect(page.locator("[data-copied]")).to_contain_text("Nom de l'outil")
        assert "Gekopieerd" not in page.content()
        seen(page, "frans-moodle")
        page.goto(f"{campus.tool}/lti/admin/platforms/{id_of(campus.world, campus.world.west)}/test")
        page.locator(".admin-main form button").first.click()
        expect(page.locator(".admin-checks li").first).to_be_visible()
        seen(page, "frans-verbinding")
        page.goto(f"{campus.tool}/lti/admin/invites")
        seen(page, "frans-uitnodigingen")
