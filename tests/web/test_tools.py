"""A learner at a worksheet and at a scan, and a teacher who reads a worksheet, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser


def fill_map(page: Page) -> None:
    page.get_by_label("Over welk onderwerp gaat deze kaart?").fill("De eerste week")
    page.get_by_label("Voor wie moet er iets beter worden").fill("Voor nieuwe bewoners.")
    for place in range(1, 5):
        row = page.get_by_role("listitem").filter(has=page.get_by_text(f"Betrokkene {place}", exact=True))
        row.get_by_label("Wie (functie of organisatie)?").fill(f"dienst {place}")
        row.get_by_role("radio", name="In onze organisatie").check()
    page.get_by_label("Wie wordt hard geraakt").fill("De nachtdienst.")
    page.get_by_label("Met wie spreek je het eerst?").fill("De keuken")
    page.get_by_label("Met welke open vraag begin je?").fill("Hoe verloopt een eerste dag voor jullie?")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
@pytest.mark.parametrize("step", ["kaart", "plan", "klimaat"])
def test_every_tool_is_accessible_at_first_sight(open_page: OpenPage, step: str, width: int, scheme: str) -> None:
    page = open_page(f"/step/{step}", width=width, scheme=scheme)
    expect(page.get_by_role("button", name="Afdrukken").or_(page.get_by_role("button", name="Toon"))).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


def test_a_worksheet_is_kept_while_it_is_filled_in_and_comes_back(open_page: OpenPage) -> None:
    page = open_page("/step/kaart", width=390)
    fill_map(page)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    look(page, "werkblad")
    page.reload()
    expect(page.get_by_label("Over welk onderwerp gaat deze kaart?")).to_have_value("De eerste week")
    expect(page.get_by_label("Wie (functie of organisatie)?").nth(3)).to_have_value("dienst 4")
    expect(page.get_by_role("radio", name="In onze organisatie").nth(3)).to_be_checked()


def test_an_open_field_is_named_and_gets_the_caret(open_page: OpenPage) -> None:
    page = open_page("/step/kaart")
    fill_map(page)
    page.get_by_label("Met wie spreek je het eerst?").fill("")
    page.get_by_role("button", name="Werkblad afronden").click()
    expect(page.get_by_text("Je hebt nog één vak open staan.")).to_be_visible()
    expect(page.get_by_label("Met wie spreek je het eerst?")).to_be_focused()
    assert_accessible(page)


def test_a_finished_worksheet_reads_as_a_text_and_can_be_changed(open_page: OpenPage) -> None:
    page = open_page("/step/kaart")
    fill_map(page)
    page.get_by_role("button", name="Werkblad afronden").click()
    expect(page.get_by_role("heading", name="Afgerond")).to_be_focused()
    expect(page.get_by_text("Wie hoort erbij? · betrokkene 4")).to_be_visible()
    look(page, "werkblad-afgerond")
    assert_accessible(page)
    page.get_by_role("button", name="Aanpassen").click()
    page.get_by_label("Met wie spreek je het eerst?").fill("De kok")
    page.get_by_role("button", name="Opnieuw afronden").click()
    expect(page.get_by_text("De kok")).to_be_visible()


def test_rows_come_and_go_by_keyboard_and_keep_what_is_in_the_others(open_page: OpenPage) -> None:
    page = open_page("/step/kaart")
    names = page.get_by_label("Wie (functie of organisatie)?")
    expect(names).to_have_count(4)
    expect(page.get_by_role("button", name="Weg met betrokkene 1")).to_be_hidden()
    page.get_by_role("button", name="Nog een betrokkene").press("Enter")
    expect(page.get_by_text("Betrokkene 5", exact=True)).to_be_focused()
    names.nth(0).fill("eerste")
    names.nth(4).fill("vijfde")
    page.get_by_role("button", name="Weg met betrokkene 2").press("Enter")
    expect(page.get_by_text("Betrokkene 2", exact=True)).to_be_focused()
    expect(names).to_have_count(4)
    expect(names.nth(3)).to_have_value("vijfde")


def test_a_choice_can_be_taken_back(open_page: OpenPage) -> None:
    page = open_page("/step/kaart")
    partner = page.get_by_role("radio", name="Partner").first
    partner.check()
    page.get_by_role("button", name="Keuze wissen bij Wat is hun rol vandaag?").first.click()
    expect(partner).not_to_be_checked()


def test_of_two_windows_the_second_chooses_which_version_stays(open_page: OpenPage) -> None:
    first = open_page("/step/kaart")
    expect(first.get_by_label("Over welk onderwerp gaat deze kaart?")).to_be_visible()
    second = open_page("/step/kaart")
    second.get_by_label("Over welk onderwerp gaat deze kaart?").fill("in het tweede venster")
    expect(second.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    first.get_by_label("Over welk onderwerp gaat deze kaart?").fill("in het eerste venster")
    expect(first.get_by_role("heading", name="Er zijn twee versies van je werkblad")).to_be_visible()
    expect(first.get_by_text("in het tweede venster")).to_be_visible()
    look(first, "werkblad-twee-versies")
    first.get_by_role("button", name="Deze versie houden").nth(1).click()
    expect(first.get_by_label("Over welk onderwerp gaat deze kaart?")).to_have_value("in het tweede venster")


def test_a_graded_worksheet_reaches_the_desk_in_words_and_is_read_along(open_page: OpenPage, served: Served) -> None:
    page = open_page("/step/plan?learner=hanne")
    fill_map(page)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    desk = open_page("/desk/plan")
    desk.get_by_role("button", name="Hanne").first.click()
    expect(desk.get_by_text("Wie hoort erbij? · betrokkene 1")).to_be_visible()
    expect(desk.get_by_text("De nachtdienst.")).to_be_visible()
    served.gallery.accepted = True
    desk.get_by_role("button", name="Lees mee").click()
    expect(desk.locator("mark")).to_have_text(["dienst 3", "De nachtdienst."])
    desk.get_by_role("button", name="Overnemen bij Een concrete situatie", exact=True).click()
    expect(desk.get_by_label("Opmerking bij Een concrete situatie")).to_have_value("Dit is een begin.")
    look(desk, "werkblad-beoordelen")
    assert_accessible(desk)


@pytest.mark.parametrize("width", [390, 1280])
def test_feedback_on_a_worksheet_stands_at_the_field_that_it_quotes(
    open_page: OpenPage, served: Served, width: int
) -> None:
    served.gallery.accepted = True
    page = open_page("/step/plan", width=width)
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_text("Schrijf eerst een paar zinnen")).to_be_visible()
    fill_map(page)
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_role("heading", name="Feedback bij je werkblad")).to_be_focused()
    expect(page.locator("mark")).to_have_text(["dienst 3", "De nachtdienst."])
    row = page.locator(".vk-margin-row").filter(has=page.locator("mark", has_text="De nachtdienst."))
    expect(row).to_contain_text("Wie wordt hard geraakt en heeft vandaag geen rol?")
    expect(row).to_contain_text("Wat zag je precies, voor je er iets van vond?")
    third = page.locator(".vk-marked-part", has=page.get_by_role("heading", name="Wie hoort erbij? · betrokkene 3"))
    expect(third.locator("mark")).to_have_count(1)
    expect(page.get_by_text("Je kunt nog 2 keer feedback vragen.")).to_be_visible()
    look(page, "werkblad-feedback")
    assert_accessible(page)
    assert_fits(page)


def test_a_worksheet_that_nobody_grades_has_no_feedback(open_page: OpenPage) -> None:
    page = open_page("/step/kaart")
    expect(page.get_by_role("button", name="Werkblad afronden")).to_be_visible()
    expect(page.get_by_role("button", name="Vraag feedback")).to_have_count(0)


def rate(page: Page, layer: str, point: int) -> None:
    page.get_by_label("Vanuit welke plek kijk je?").select_option(label=layer)
    for statement in page.locator("fieldset").all():
        statement.locator("input").nth(point).check()


def test_a_scan_gives_a_chart_a_table_and_advice_and_compares_rounds(open_page: OpenPage) -> None:
    page = open_page("/step/klimaat", width=390)
    rate(page, "Leidinggevenden", 1)
    page.get_by_role("button", name="Toon de uitkomst").click()
    expect(page.get_by_role("heading", name="Wat je scan zegt")).to_be_focused()
    expect(page.get_by_role("img", name="de tabel hieronder zegt hetzelfde")).to_be_visible()
    richting = page.get_by_role("row", name="Richting")
    expect(richting.get_by_role("cell")).to_have_text(["2,0"])
    expect(page.get_by_text("Het waarom is nog van enkelen.")).to_be_visible()
    page.get_by_role("button", name="Nieuwe ronde").click()
    rate(page, "Directie en bestuur", 4)
    page.get_by_role("button", name="Toon de uitkomst").click()
    expect(richting.get_by_role("cell")).to_have_text(["2,0", "5,0"])
    # A statement that is put the other way round pulls a high round down.
    expect(page.get_by_role("row", name="Ruimte").get_by_role("cell").nth(1)).to_have_text("4,0")
    expect(page.get_by_role("columnheader", name="Directie en bestuur")).to_be_visible()
    look(page, "scan-uitkomst")
    assert_accessible(page)
    assert_fits(page)


def test_a_scan_that_is_not_finished_says_so_and_goes_to_what_is_open(open_page: OpenPage) -> None:
    page = open_page("/step/klimaat")
    rate(page, "Leidinggevenden", 2)
    page.get_by_label("Vanuit welke plek kijk je?").select_option("")
    page.get_by_role("button", name="Toon de uitkomst").click()
    expect(page.get_by_text("Je hebt nog één stelling open staan.")).to_be_visible()
    expect(page.get_by_label("Vanuit welke plek kijk je?")).to_be_focused()


def test_a_scan_half_way_comes_back_as_it_was_left(open_page: OpenPage, served: Served) -> None:
    page = open_page("/step/klimaat")
    page.locator("fieldset").nth(2).get_by_role("radio", name="weet ik niet").check()
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    page.reload()
    expect(page.locator("fieldset").nth(2).get_by_role("radio", name="weet ik niet")).to_be_checked()
    expect(page.get_by_text("1 van de 18 stellingen beantwoord.")).to_be_visible()
    assert served.gallery.player("klimaat", "hanne").state()["status"] == "draft"
