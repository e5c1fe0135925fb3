"""The administration in a browser: invited, a passkey, the pages, and who is kept out."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from assistant_service.administration import institutions, people
from assistant_service.app import create_app
from assistant_service.configuration import read
from assistant_service.conversations.tables import ConversationRow, GapRow, MessageRow, QuestionRow
from assistant_service.feedback.grading import TeacherReadingRow
from assistant_service.knowledge.indexer import Indexer
from assistant_service.policies import policy_of
from assistant_service.services import Services
from assistant_service.tenants import add_tenant, find_tenant
from tests.assistant_service.hosts import NOW
from tests.assistant_service.test_servers import free_port
from tests.browser import assert_accessible, look
from tests.cast import WEST, ZUID
from tests.peers import stub_institution
from tests.peers.stub_institution import CLIENT, SECRET

pytestmark = pytest.mark.browser


@pytest.fixture
def address() -> str:
    """Passkeys are for names, not for numbers; and browsers trust this one without https."""
    return f"http://localhost:{free_port()}"


@pytest.fixture
def app(tmp_path: Path, address: str) -> Iterator[Flask]:
    """A sidecar with the administration's pages, two institutions, and something to administer."""
    app = create_app(read({"VK_DATA": str(tmp_path), "VK_ASSISTANT_BASE_URL": address}), clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    for tenant in (WEST, ZUID):
        with services.database.write() as session:
            add_tenant(session, tenant, tenant.title(), NOW)
    with services.database.write() as session:
        for tenant, said in ((WEST, "Wat is het dagtarief?"), (ZUID, "Het geheim van Zuid?")):
            id = find_tenant(session, tenant).id
            fill(session, id, tenant, said)
    server = make_server("localhost", int(address.rpartition(":")[2]), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    services.knowledge.close()
    services.database.close()


@pytest.fixture
def services(app: Flask) -> Services:
    """What the app has at hand."""
    found: Services = app.extensions["veranderkracht"]
    return found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a context of its own."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE") as context:
        yield context.new_page()


@pytest.fixture
def signed_in(page: Page, services: Services) -> Page:
    """An's browser, after her invitation."""
    return accept(page, invite(services, WEST, "An Peeters", "administrator"))


def fill(session: Session, tenant_id: int, tenant: str, said: str) -> None:
    """Give an institution a question, a gap and a thumb."""
    session.add(
        QuestionRow(id=f"q-{tenant}", tenant_id=tenant_id, subject="s1", module="vertrekken", text=said, asked_at=NOW)
    )
    session.add(GapRow(tenant_id=tenant_id, module="vertrekken", words=["dagtarief", tenant], at=NOW))
    talk = ConversationRow(
        id=f"c-{tenant}", tenant_id=tenant_id, subject="s1", profile="module", title="Geheime titel", opening="Dag",
        module="vertrekken", step="vooraf", snapshot=None, started_at=NOW, changed_at=NOW,
    )  # fmt: skip
    session.add(talk)
    session.flush()
    session.add(
        MessageRow(
            id=f"m-{tenant}",
            conversation_id=talk.id,
            place=1,
            by="assistant",
            text="Geheim antwoord",
            state="done",
            sources=[],
            answered_by="guide",
            thumb="down",
            thumb_reason="source",
            thumb_note=f"Oud bij {tenant}",
            at=NOW,
        )
    )


def invite(services: Services, tenant: str, name: str, role: str) -> str:
    """Give the address of an invitation, as the command makes it."""
    with services.database.write() as session:
        secret = people.invite(session, find_tenant(session, tenant).id, name, role, by="opdrachtregel", at=NOW)
    return f"{services.settings.base_url}/admin/invitation?link={secret}"


def accept(page: Page, link: str) -> Page:
    """Accept an invitation with a device that can keep passkeys."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(link)
    page.get_by_role("button", name="Maak mijn toegangssleutel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WEST.title())
    return page


def test_who_is_invited_makes_a_passkey_and_comes_back_with_it(signed_in: Page, address: str) -> None:
    look(signed_in, "beheer-overzicht")
    assert_accessible(signed_in)
    signed_in.get_by_text("An Peeters").click()
    signed_in.get_by_role("button", name="Afmelden", exact=True).click()
    expect(signed_in.get_by_text("Je bent afgemeld.")).to_be_visible()
    look(signed_in, "beheer-aanmelden")
    assert_accessible(signed_in)
    signed_in.goto(f"{address}/admin/settings")
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Aanmelden")
    signed_in.get_by_role("button", name="Meld je aan met je toegangssleutel").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text(WEST.title())


def test_an_invitation_works_once(page: Page, services: Services) -> None:
    link = invite(services, WEST, "An Peeters", "administrator")
    page.goto(link)
    look(page, "beheer-uitnodiging")
    assert_accessible(page)
    accept(page, link)
    page.goto(link)
    expect(page.get_by_text("Ze is al gebruikt")).to_be_visible()


def test_a_question_is_answered_and_another_institution_is_not_seen(signed_in: Page, services: Services) -> None:
    signed_in.get_by_role("link", name="Beantwoord ze").click()
    expect(signed_in.get_by_text("Wat is het dagtarief?")).to_be_visible()
    look(signed_in, "beheer-vragen")
    assert_accessible(signed_in)
    signed_in.get_by_role("button", name="Antwoord").click()
    expect(signed_in.get_by_text("Schrijf eerst een antwoord.")).to_be_visible()
    signed_in.get_by_label("Jouw antwoord").fill("Dat is twintig euro.")
    signed_in.get_by_role("button", name="Antwoord").click()
    expect(signed_in.get_by_text("Je antwoord staat klaar")).to_be_visible()
    with services.database.read() as session:
        row = session.get(QuestionRow, f"q-{WEST}")
        assert row is not None and (row.answer, row.answered_by) == ("Dat is twintig euro.", "An Peeters")
    for name in ("Hiaten", "Oordelen", "Vragen"):
        signed_in.get_by_role("link", name=name, exact=True).click()
        shown = signed_in.content()
        assert ZUID not in shown and "Zuid" not in shown and "Geheim" not in shown
        look(signed_in, f"beheer-{name.lower()}")
        assert_accessible(signed_in)


def test_documents_are_handed_in_and_removed(signed_in: Page, services: Services, tmp_path: Path) -> None:
    file = tmp_path / "onthaal.md"
    file.write_text("# Onthaal\n\nElke nieuwe collega krijgt een peter of meter.\n", encoding="utf-8")
    signed_in.get_by_role("link", name="Documenten", exact=True).click()
    signed_in.get_by_role("button", name="Voeg toe").click()
    expect(signed_in.get_by_role("link", name="Kies een bestand.")).to_be_visible()
    signed_in.get_by_label("Bestand").set_input_files(file)
    signed_in.get_by_label("Bron", exact=True).fill("Onthaalbrochure 2026")
    signed_in.get_by_role("button", name="Voeg toe").click()
    expect(signed_in.get_by_text("Het document is toegevoegd.")).to_be_visible()
    indexer = Indexer(services.settings, services.database, services.clock)
    indexer.start()
    try:
        expect(signed_in.get_by_text("doorzoekbaar", exact=False).last).to_be_visible()
    finally:
        indexer.stop()
    look(signed_in, "beheer-documenten")
    assert_accessible(signed_in)
    signed_in.get_by_role("button", name="Verwijder Onthaal").click()
    expect(signed_in.get_by_text("Het document is verwijderd.")).to_be_visible()


def test_a_model_is_set_with_a_key_that_is_never_shown_again(signed_in: Page, services: Services) -> None:
    signed_in.get_by_role("link", name="Afspraken", exact=True).click()
    signed_in.get_by_label("Aanbieder en model").first.fill("mistral-small")
    signed_in.get_by_role("button", name="Bewaar de lijst").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("We kennen deze aanbieders")
    signed_in.get_by_label("Aanbieder en model").first.fill("mistralai:mistral-small-latest")
    signed_in.get_by_label("Sleutel").first.fill("heel-geheim")
    signed_in.get_by_role("button", name="Bewaar de lijst").click()
    expect(signed_in.get_by_text("De lijst is bewaard.")).to_be_visible()
    assert "heel-geheim" not in signed_in.content()
    expect(signed_in.get_by_text("Er is een sleutel bewaard.")).to_be_visible()
    signed_in.get_by_label("Vragen per dag, per lerende").fill("veel")
    signed_in.get_by_role("button", name="Bewaar de grenzen").click()
    expect(signed_in.get_by_role("link", name="Geef een geheel getal.")).to_be_visible()
    look(signed_in, "beheer-afspraken")
    assert_accessible(signed_in)


def test_a_decision_about_proposed_levels_is_recorded_shown_and_withdrawn(signed_in: Page, services: Services) -> None:
    signed_in.get_by_role("link", name="Afspraken", exact=True).click()
    expect(signed_in.get_by_text("Dit kan pas met een taalmodel")).to_be_visible()
    signed_in.get_by_label("Aanbieder en model").first.fill("mistralai:mistral-small-latest")
    signed_in.get_by_label("Sleutel").first.fill("heel-geheim")
    signed_in.get_by_role("button", name="Bewaar de lijst").click()
    signed_in.get_by_label("Wie besliste dit?").fill("De opleidingscommissie")
    signed_in.get_by_label("Wanneer?").fill((NOW.date() + timedelta(days=1)).isoformat())
    signed_in.get_by_label("Waarom?").fill("Daarom.")
    signed_in.get_by_role("button", name="Leg de beslissing vast").click()
    expect(signed_in.get_by_role("link", name="Schrijf in een zin of twee waarom")).to_be_visible()
    signed_in.get_by_label("Waarom?").fill("Een jaar op proef, besproken met docenten en studenten.")
    signed_in.get_by_role("button", name="Leg de beslissing vast").click()
    expect(signed_in.get_by_role("link", name="die ligt niet in de toekomst")).to_be_visible()
    look(signed_in, "beheer-niveaus-fout")
    assert_accessible(signed_in)
    signed_in.get_by_label("Wanneer?").fill(NOW.date().isoformat())
    signed_in.get_by_role("button", name="Leg de beslissing vast").click()
    expect(signed_in.get_by_text("De beslissing is vastgelegd.")).to_be_visible()
    expect(signed_in.get_by_text("Een jaar op proef")).to_be_visible()
    look(signed_in, "beheer-niveaus")
    assert_accessible(signed_in)
    with services.database.read() as session:
        west, zuid = (policy_of(session, find_tenant(session, one).id, services.settings) for one in (WEST, ZUID))
    assert west.proposes_levels and not zuid.proposes_levels
    signed_in.get_by_role("button", name="Trek de beslissing in").click()
    expect(signed_in.get_by_label("Wie besliste dit?")).to_be_visible()
    signed_in.get_by_role("link", name="Logboek").click()
    for act in ("legde de beslissing over niveauvoorstellen vast", "trok de beslissing over niveauvoorstellen in"):
        expect(signed_in.get_by_text(act)).to_be_visible()


def test_what_teachers_did_with_remarks_is_shown_in_numbers(signed_in: Page, services: Services) -> None:
    with services.database.write() as session:
        for place, (tenant, told) in enumerate([(WEST, "kept"), (WEST, "kept"), (WEST, "dropped"), (ZUID, "changed")]):
            row = TeacherReadingRow(
                feedback_id=f"f-{place}", criterion="situatie", tenant_id=find_tenant(session, tenant).id, subject="d",
                rubric="reflectie-basis", reader="model", proposed="sterk", chosen_first="sterk" if place else "begin",
                chosen="sterk", remark=told, at=NOW,
            )  # fmt: skip
            session.add(row)
    signed_in.get_by_role("link", name="Oordelen", exact=True).click()
    row = signed_in.get_by_role("row", name="Een concrete situatie")
    expect(row.get_by_role("cell")).to_have_text(["Een concrete situatie", "taalmodel", "2", "0", "1", "2 van 3"])
    look(signed_in, "beheer-meelezen")
    assert_accessible(signed_in)


def test_people_are_invited_and_an_adviser_sees_no_settings(signed_in: Page, address: str) -> None:
    signed_in.get_by_role("link", name="Mensen", exact=True).click()
    signed_in.get_by_label("Naam").fill("Bo Claes")
    signed_in.get_by_role("button", name="Maak een uitnodiging").click()
    look(signed_in, "beheer-mensen")
    assert_accessible(signed_in)
    link = signed_in.locator("#uitnodiging").inner_text()
    signed_in.get_by_role("button", name="Neem de toegang van An Peeters weg").click()
    expect(signed_in.get_by_text("Dit is de laatste beheerder.")).to_be_visible()
    browser = signed_in.context.browser
    assert browser is not None
    with browser.new_context(locale="nl-BE") as other:
        bo = accept(other.new_page(), link)
        expect(bo.get_by_role("link", name="Vragen", exact=True)).to_be_visible()
        expect(bo.get_by_role("link", name="Afspraken")).to_have_count(0)
        assert bo.goto(f"{address}/admin/settings").status == 403  # type: ignore[union-attr]
        signed_in.goto(f"{address}/admin/people")
        signed_in.get_by_role("button", name="Neem de toegang van Bo Claes weg").click()
        expect(signed_in.get_by_text("De toegang is weg")).to_be_visible()
        bo.goto(f"{address}/admin/")
        expect(bo.get_by_role("heading", level=1)).to_have_text("Aanmelden")
    signed_in.get_by_role("link", name="Logboek").click()
    expect(signed_in.get_by_text("nam iemands toegang weg")).to_be_visible()
    look(signed_in, "beheer-logboek")
    signed_in.get_by_role("link", name="Verbruik").click()
    look(signed_in, "beheer-verbruik")


def test_who_has_an_account_of_the_institution_signs_in_with_that(
    chromium: Browser, services: Services, address: str
) -> None:
    with stub_institution.running() as institution:
        with services.database.write() as session:
            west, ours = find_tenant(session, WEST).id, services.settings
            institutions.configure(session, west, institution.issuer, CLIENT, SECRET, ours, by="test", at=NOW)
        link = invite(services, WEST, "An Peeters", "administrator")
        with chromium.new_context(viewport={"width": 390, "height": 844}, locale="nl-BE") as context:
            page = context.new_page()
            page.goto(link)
            look(page, "beheer-uitnodiging-account")
            assert_accessible(page)
            page.get_by_role("button", name="Gebruik mijn account").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(WEST.title())
            page.get_by_text("An Peeters").click()
            page.get_by_role("button", name="Afmelden", exact=True).click()
            page.goto(f"{address}/admin/sign-in?tenant={WEST}")
            look(page, "beheer-aanmelden-account")
            assert_accessible(page)
            page.get_by_role("button", name="Ga naar mijn instelling").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(WEST.title())
            page.goto(f"{address}/admin/people")
            expect(page.get_by_text("account van de instelling")).to_be_visible()
