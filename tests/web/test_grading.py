"""A teacher at the desk: who waits, the work with the rubric beside it, holding, publishing, and colleagues."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.web import voices
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser

DESK = "/desk/eigen-praktijk"


@pytest.fixture
def works(served: Served) -> Served:
    """Five works: three wait, one is held, one is published."""
    served.gallery.fill()
    return served


def choose(page: Page, level: str = "Duidelijk") -> None:
    """Choose the same level everywhere."""
    for choice in page.get_by_role("radio", name=level, exact=True).all():
        choice.check()


def item(served: Served, name: str) -> dict[str, str]:
    """What the rules say of one learner's work."""
    items = served.gallery.desk("eigen-praktijk").queue()["items"]
    return next(each for each in items if each["name"] == name)


def test_an_empty_desk_says_what_will_come(open_page: OpenPage) -> None:
    page = open_page(DESK)
    expect(page.get_by_text("Zodra iemand indient, verschijnt het werk hier")).to_be_visible()
    expect(page.get_by_role("table")).to_be_hidden()
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
def test_queue_and_work_are_accessible(open_page: OpenPage, works: Served, width: int, scheme: str) -> None:
    page = open_page(DESK, width=width, scheme=scheme)
    expect(page.get_by_text("3 werken wachten op jou")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(5)
    assert_accessible(page)
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_role("heading", name="Céline De Backer")).to_be_focused()
    choose(page)
    assert_accessible(page)
    assert_fits(page)


def test_the_queue_tells_who_waits_what_is_held_and_where_scores_are(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("Céline De Backer")
    expect(rows.nth(0)).to_contain_text("Wacht op jou")
    expect(rows.nth(3)).to_contain_text("Bewaard, nog niet getoond")
    expect(rows.nth(4)).to_contain_text("7,5 / 10")
    expect(rows.nth(4)).to_contain_text("Score in het puntenboek")


def test_a_teacher_grades_publishes_and_goes_on_to_the_next(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_text("Vorige dinsdag kwam de dochter")).to_be_visible()
    page.locator("summary", has_text="De opdracht").click()
    expect(page.get_by_text("Denk aan één moment")).to_be_visible()
    page.get_by_role("radio", name="Sterk").first.check()
    expect(page.locator(".vk-total output")).to_have_text("2 op 10 (nog 4 criteria te kiezen)")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("alert").filter(has_text="Kies nog een niveau voor: Mijn eigen aandeel")).to_be_visible()
    expect(page.get_by_text("Kies hier nog een niveau.").locator("visible=true")).to_have_count(4)
    expect(page.get_by_role("group", name="Mijn eigen aandeel")).to_have_accessible_description(
        "Kies hier nog een niveau."
    )
    assert_accessible(page)
    choose(page)
    expect(page.get_by_text("Kies hier nog een niveau.").locator("visible=true")).to_have_count(0)
    expect(page.locator(".vk-total output")).to_have_text("7,5 op 10")
    page.locator("summary", has_text="Opmerking bij dit criterium").first.click()
    page.get_by_label("Opmerking bij Een concrete situatie").fill("Helder.")
    page.get_by_label("Jouw slotopmerking").fill("Mooi werk.")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("status").filter(has_text="Gepubliceerd: Céline De Backer ziet")).to_be_visible()
    expect(page.get_by_text("2 werken wachten op jou")).to_be_visible()
    published = works.gallery.player("eigen-praktijk", "celine").state()["assessment"]
    assert (published["score"], published["comment"]) == ("7.5", "Mooi werk.")
    assert published["comments"] == {"situatie": "Helder."}
    expect(page.get_by_role("button", name="Volgende: Dirk Lambrechts")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dirk Lambrechts")).to_be_focused()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_notes_on_a_version_that_was_replaced_meanwhile_are_kept_for_the_new_one(
    open_page: OpenPage, works: Served
) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_label("Jouw slotopmerking").fill("Een half uur werk")
    works.gallery.player("eigen-praktijk", "celine").submit(1, {"text": voices.SOUP + " Nieuw slot."})
    page.get_by_role("button", name="Bewaren, nog niet tonen").click()
    expect(page.get_by_role("alert").filter(has_text="nieuwe versie ingediend")).to_be_visible()
    page.get_by_role("button", name="Alle inzendingen").click()
    expect(page.locator("tr", has_text="Céline De Backer")).to_contain_text("Nog niet bewaard")
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_text("Nieuw slot.")).to_be_visible()
    expect(page.get_by_text("Dit is een nieuwe versie.")).to_be_visible()
    expect(page.get_by_label("Jouw slotopmerking")).to_have_value("Een half uur werk")
    page.get_by_role("button", name="Bewaren, nog niet tonen").click()
    expect(page.get_by_text("Bewaard. Céline De Backer ziet nog niets.")).to_be_visible()


def test_held_work_is_kept_and_shown_to_nobody(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_role("radio", name="Begin").first.check()
    page.get_by_role("button", name="Bewaren, nog niet tonen").click()
    expect(page.get_by_text("Bewaard. Céline De Backer ziet nog niets.")).to_be_visible()
    assert works.gallery.player("eigen-praktijk", "celine").state()["assessment"] is None
    page.get_by_role("button", name="Alle inzendingen").click()
    expect(page.get_by_role("button", name="Céline De Backer")).to_be_focused()
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_role("radio", name="Begin").first).to_be_checked()


def test_what_is_not_saved_yet_waits_when_another_work_is_opened(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_label("Jouw slotopmerking").fill("Nog niet af")
    page.get_by_role("button", name="Alle inzendingen").click()
    expect(page.locator("tr", has_text="Céline De Backer")).to_contain_text("Nog niet bewaard")
    page.get_by_role("button", name="Dirk Lambrechts").click()
    expect(page.get_by_label("Jouw slotopmerking")).to_have_value("")
    page.get_by_role("button", name="Alle inzendingen").click()
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_label("Jouw slotopmerking")).to_have_value("Nog niet af")


@pytest.mark.parametrize(
    ("button", "comment"), [("Die overnemen", "Van een collega"), ("Bij de mijne blijven", "Van mij")]
)
def test_a_colleagues_assessment_is_shown_before_anything_is_overwritten(
    open_page: OpenPage, works: Served, button: str, comment: str
) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_role("heading", name="Céline De Backer")).to_be_focused()
    choose(page)
    page.get_by_label("Jouw slotopmerking").fill("Van mij")
    submission = item(works, "Céline De Backer")["submission"]
    works.gallery.desk("eigen-praktijk").assess(submission, 0, {"situatie": "begin"}, {}, "Van een collega", False)
    page.get_by_role("button", name="Publiceren").click()
    panel = page.locator(".vk-panel", has_text="Iemand anders bewaarde intussen een beoordeling")
    expect(panel).to_contain_text("Een concrete situatie: Begin")
    expect(panel).to_contain_text("Van een collega")
    assert item(works, "Céline De Backer")["status"] == "held"
    assert_accessible(page)
    page.get_by_role("button", name=button).click()
    choose(page)
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_text("Gepubliceerd: Céline De Backer ziet de beoordeling.")).to_be_visible()
    assert works.gallery.player("eigen-praktijk", "celine").state()["assessment"]["comment"] == comment


def test_without_a_connection_the_assessment_stays_on_the_page(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_label("Jouw slotopmerking").fill("In de trein geschreven")
    page.context.set_offline(True)
    page.get_by_role("button", name="Bewaren, nog niet tonen").click()
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding, dus nog niet bewaard.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Bewaren, nog niet tonen").click()
    expect(page.get_by_text("Bewaard. Céline De Backer ziet nog niets.")).to_be_visible()


def test_reading_along_gives_evidence_and_no_level(open_page: OpenPage, works: Served) -> None:
    works.gallery.accepted = True
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_role("button", name="Lees mee").click()
    expect(page.get_by_role("heading", name="Wat de meelezer ziet")).to_be_focused()
    expect(page.locator("mark").first).to_have_text("op het bord lag nog alles")
    expect(page.get_by_text("Wat zag je precies")).to_have_count(0)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("button", name="Volgende die wacht").click()
    expect(page.get_by_role("heading", name="Dirk Lambrechts")).to_be_focused()
    expect(page.locator("mark")).to_have_count(0)
    expect(page.get_by_text("Bij ons op de afdeling")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_teacher_keeps_adapts_or_drops_each_remark_and_sees_a_level_only_beside_their_own(
    open_page: OpenPage, works: Served, width: int
) -> None:
    works.gallery.accepted = True
    works.gallery.proposed = {"situatie": "sterk", "eigen-aandeel": "duidelijk"}
    page = open_page(DESK, width=width)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_role("radio", name="Begin", exact=True).first.check()
    page.get_by_role("button", name="Lees mee").click()
    expect(page.get_by_role("heading", name="Wat de meelezer ziet")).to_be_focused()
    # A level that was chosen before is answered at once; the others wait for a choice.
    expect(page.get_by_text("Het taalmodel las dit als ‘Sterk’. Jouw keuze blijft staan.")).to_be_visible()
    expect(page.get_by_text("Het taalmodel las dit")).to_have_count(1)
    choose(page)
    expect(page.get_by_text("Het taalmodel las dit ook als ‘Duidelijk’.")).to_be_visible()
    expect(page.get_by_role("radio", name="Duidelijk", exact=True, checked=True)).to_have_count(5)
    page.get_by_role("button", name="Overnemen bij Een concrete situatie", exact=True).click()
    page.get_by_role("button", name="Overnemen bij Je eigen aandeel", exact=True).click()
    page.get_by_role("button", name="Overnemen bij Andere ogen", exact=True).click()
    page.get_by_role("button", name="Niet overnemen bij Andere ogen").click()
    own = page.get_by_label("Opmerking bij Mijn eigen aandeel")
    expect(own).to_have_value("Je noemt wat je deed en wat je voelde.")
    own.fill("Je noemt wat je deed. En wat voelde je?")
    expect(page.get_by_text("Staat nu in je opmerking bij dit criterium.")).to_have_count(2)
    look(page, "meelezen-overnemen")
    assert_accessible(page)
    assert_fits(page)
    with page.expect_response("**/remarks"):
        page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_text("Gepubliceerd: Céline De Backer ziet de beoordeling.")).to_be_visible()
    published = works.gallery.player("eigen-praktijk", "celine").state()["assessment"]
    assert published["comments"] == {
        "situatie": "Ik zie het bord",
        "eigen-aandeel": "Je noemt wat je deed. En wat voelde je?",
    }
    assert set(published["levels"].values()) == {"duidelijk"}
    first, *_, last = works.gallery.told
    assert (first["criterion"], first["chosen"]) == ("situatie", "begin")
    assert {one["criterion"]: one["remark"] for one in last["criteria"]} == {
        "situatie": "kept",
        "eigen-aandeel": "changed",
        "perspectieven": "dropped",
    }
    assert set(last["criteria"][0]) == {"criterion", "remark", "chosen"}


def test_without_a_decision_no_level_is_asked_and_a_desk_without_the_assistant_still_publishes(
    open_page: OpenPage, works: Served
) -> None:
    works.gallery.accepted = True
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    page.get_by_role("button", name="Lees mee").click()
    expect(page.get_by_role("heading", name="Wat de meelezer ziet")).to_be_focused()
    expect(page.get_by_text("welk niveau het taalmodel zag")).to_have_count(0)
    page.route("**/assistant/**", lambda route: route.abort())
    choose(page)
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_text("Gepubliceerd: Céline De Backer ziet de beoordeling.")).to_be_visible()
    assert works.gallery.told == []


def test_the_rubric_can_be_shown_short(open_page: OpenPage, works: Served) -> None:
    page = open_page(DESK)
    page.get_by_role("button", name="Céline De Backer").click()
    descriptor = page.get_by_text(re.compile("^De tekst blijft bij hoe het in het algemeen gaat")).first
    expect(descriptor).to_be_visible()
    page.get_by_label("Kort tonen, zonder beschrijvingen").check()
    expect(descriptor).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Céline De Backer").click()
    expect(page.get_by_label("Kort tonen, zonder beschrijvingen")).to_be_checked()
    expect(descriptor).to_be_hidden()
    choose(page)
    expect(page.locator(".vk-total output")).to_have_text("7,5 op 10")


def test_the_choices_of_a_case_are_beside_its_text(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill("de-linde")
    page = open_page("/desk/de-linde")
    page.get_by_role("button", name="Céline De Backer").click()
    decisions = served.gallery.assignment("de-linde").step.decisions
    page.locator("summary", has_text="De keuzes in de casus").click()
    expect(page.locator(".vk-answered:visible")).to_have_count(len(decisions))
    expect(page.get_by_text(voices.SOUP.split("\n")[0][:60])).to_be_visible()
