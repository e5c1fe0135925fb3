"""A learner at each kind of step, in a real browser under a strict policy, with the real rules behind the page."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import assert_accessible
from tests.web import voices
from tests.web.conftest import OpenPage, Served

pytestmark = pytest.mark.browser

REFLECTION = "/step/eigen-praktijk"
FACES = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


def write(page: Page, text: str = voices.SOUP) -> None:
    page.get_by_label("Jouw tekst").fill(text)


def written(page: Page, text: str = voices.SOUP) -> None:
    """Write, and see that it is saved."""
    write(page, text)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways, at any width."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.mark.parametrize(("width", "scheme"), FACES)
@pytest.mark.parametrize("step", ["wie-kijkt-mee", "rollen-en-verwachtingen", "de-linde", "toets", "eigen-praktijk"])
def test_every_step_is_accessible_at_first_sight(open_page: OpenPage, step: str, width: int, scheme: str) -> None:
    page = open_page(f"/step/{step}", width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    assert_fits(page)


def test_a_reading_is_done_when_the_learner_says_so_and_stays_done(open_page: OpenPage) -> None:
    page = open_page("/step/wie-kijkt-mee")
    page.get_by_role("button", name="Ik heb dit gelezen").click()
    expect(page.get_by_role("status").filter(has_text="Gelezen.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Gelezen.")).to_be_visible()
    expect(page.get_by_role("button", name="Ik heb dit gelezen")).to_be_hidden()


def test_a_case_unfolds_choice_by_choice_and_choices_stand(open_page: OpenPage) -> None:
    page = open_page("/step/de-linde")
    page.locator("summary", has_text="Greet Daems").click()
    expect(page.get_by_text("Ik heb mama beloofd")).to_be_visible()
    expect(page.get_by_text("Beslissing 2 van 3")).to_be_hidden()
    page.get_by_role("button", name="Dit zou ik doen").click()
    expect(page.get_by_role("alert").filter(has_text="Kies eerst een antwoord.")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Greet bellen")).check()
    page.get_by_role("button", name="Dit zou ik doen").click()
    told = page.get_by_role("heading", name="Wat er dan gebeurt")
    expect(told).to_be_focused()
    expect(page.locator(".vk-reaction").first).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Greet bellen"))).to_be_disabled()
    expect(page.get_by_text("Beslissing 2 van 3")).to_be_visible()
    expect(page.get_by_text("De open vraag")).to_be_hidden()
    for _ in range(2):
        page.locator("fieldset:enabled input").first.check()
        page.get_by_role("button", name="Dit zou ik doen").click()
        expect(page.locator("fieldset:enabled input:checked")).to_have_count(0)
    expect(page.get_by_role("heading", name="De open vraag")).to_be_visible()
    assert_accessible(page)
    page.reload()
    expect(told).to_have_count(3)
    expect(page.get_by_role("radio", name=re.compile("^Greet bellen"))).to_be_checked()


def test_a_text_and_the_choices_of_a_case_do_not_get_in_each_others_way(open_page: OpenPage, served: Served) -> None:
    player = served.gallery.player("de-linde", "hanne")
    for decision in player.assignment.step.decisions[:2]:
        player.answer(player.state()["work"]["version"], decision.id, [decision.options[0].id])
    player.save(2, {"text": "Al begonnen."})
    page = open_page("/step/de-linde")
    page.get_by_label("Jouw antwoord").fill("Al begonnen, en verder.")
    page.locator("fieldset:enabled input").first.check()
    page.get_by_role("button", name="Dit zou ik doen").click()
    expect(page.get_by_role("heading", name="Wat er dan gebeurt")).to_have_count(3)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    state = player.state()
    assert state["work"]["body"]["text"] == "Al begonnen, en verder."
    assert len(state["outcomes"]) == 3


def test_a_quiz_explains_each_answer_and_ends_with_a_result(open_page: OpenPage, served: Served) -> None:
    page = open_page("/step/toets", width=390)
    quiz = served.gallery.assignment("toets").step
    for number, question in enumerate(quiz.questions, start=1):
        expect(page.get_by_text(f"Vraag {number} van 6")).to_be_visible()
        for option in question.options:
            if option.correct and number > 1:
                page.locator(f"[data-vk-item={question.id}] input[value={option.id}]").check()
        if number == 1:
            page.locator(f"[data-vk-item={question.id}] input[value=wantrouwen]").check()
        page.get_by_role("button", name="Kijk na").click()
        expect(page.locator(f"[data-vk-item={question.id}] .vk-verdict")).to_be_focused()
    expect(page.get_by_role("heading", name="5 van de 6 juist")).to_be_visible()
    expect(page.get_by_text("Niet het beste antwoord")).to_be_visible()
    assert_accessible(page)
    page.reload()
    expect(page.get_by_role("heading", name="5 van de 6 juist")).to_be_visible()
    assert served.gallery.player("toets", "hanne").state()["status"] == "done"


def test_a_quiz_that_could_not_be_finished_offers_to(open_page: OpenPage, served: Served) -> None:
    player = served.gallery.player("toets", "hanne")
    for question in player.assignment.step.questions:
        player.answer(player.state()["work"]["version"], question.id, [question.options[0].id])
    page = open_page("/step/toets")
    page.get_by_role("button", name="Rond de toets af").click()
    expect(page.get_by_role("heading", name=re.compile("van de 6 juist"))).to_be_visible()


def test_a_text_is_saved_by_itself_and_there_after_a_reload(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    written(page)
    expect(page.get_by_text("233 woorden")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_text_that_is_too_short_says_so_beside_the_text(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    write(page, "Te kort.")
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_text("Je tekst telt 2 woorden; er worden er minstens 150 gevraagd.")).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    expect(page.get_by_label("Jouw tekst")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Jouw tekst")).to_have_accessible_description(re.compile("Je tekst telt 2 woorden"))
    assert_accessible(page)
    write(page, "Langer.")
    expect(page.get_by_label("Jouw tekst")).not_to_have_attribute("aria-invalid", "true")


def test_work_can_be_handed_in_and_again_until_grading_starts(open_page: OpenPage, served: Served) -> None:
    page = open_page(REFLECTION)
    write(page)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0
    assert_accessible(page)
    page.get_by_role("button", name="Tekst aanpassen").click()
    write(page, voices.SOUP + " Morgen.")
    page.get_by_role("button", name="Opnieuw indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    submission = served.gallery.player("eigen-praktijk", "hanne").state()["submission"]
    assert (submission["number"], submission["words"]) == (2, 234)

    page.get_by_role("button", name="Tekst aanpassen").click()
    served.gallery.desk("eigen-praktijk").assess(submission["id"], 0, {}, {}, "", False)
    write(page, "Nog gauw iets anders.")
    expect(page.get_by_role("heading", name="Je docent leest je tekst")).to_be_visible()
    expect(page.get_by_text("Nog gauw iets anders.")).to_be_visible()
    expect(page.get_by_role("button", name="Tekst aanpassen")).to_be_hidden()
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_text("Nog gauw iets anders.")).to_be_hidden()


def test_a_published_assessment_shows_score_levels_and_comments(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill()
    page = open_page(REFLECTION + "?learner=an", width=390)
    expect(page.get_by_role("heading", name="Je beoordeling")).to_be_visible()
    expect(page.locator(".vk-score")).to_have_text("7,5 op 10")
    expect(page.get_by_text("Je schrijft eerlijk")).to_be_visible()
    expect(page.locator(".vk-outcome").first).to_contain_text("Een concrete situatie Duidelijk 1,5")
    expect(page.locator(".vk-outcome").first).to_contain_text("Sterk dat je ook het knikken opschrijft.")
    assert_accessible(page)
    assert_fits(page)


def test_a_held_assessment_shows_nothing_of_it(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill()
    page = open_page(REFLECTION + "?learner=bilal")
    expect(page.get_by_role("heading", name="Je docent leest je tekst")).to_be_visible()
    expect(page.locator(".vk-assessment")).to_have_count(0)


def test_without_a_connection_the_text_stays_and_is_saved_when_it_is_back(open_page: OpenPage, served: Served) -> None:
    page = open_page(REFLECTION)
    page.context.set_offline(True)
    write(page)
    expect(
        page.get_by_text("Geen verbinding. Je tekst staat veilig op deze pagina; we proberen opnieuw.")
    ).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 1
    assert_accessible(page)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_text("Geen verbinding, dus nog niet ingediend.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["work"]["body"]["text"] == voices.SOUP


def test_work_whose_receipt_got_lost_is_handed_in_once(open_page: OpenPage, served: Served) -> None:
    page = open_page(REFLECTION)
    written(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/submit", lose_the_answer, times=1)
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_text("Geen verbinding, dus nog niet ingediend.")).to_be_visible()
    page.get_by_role("button", name="Indienen bij je docent").click()
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["submission"]["number"] == 1


def test_an_expired_session_says_what_to_do_and_a_new_launch_brings_the_text_back(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page(REFLECTION)
    served.gallery.expired = True
    write(page)
    expect(page.get_by_text("Je sessie is verlopen. Je tekst staat nog op deze pagina.")).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    page.reload()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    expect(page.get_by_text("Je sessie is verlopen.")).to_be_visible()
    served.gallery.expired = False
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_text("We hebben je tekst teruggezet")).to_be_visible()
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    expect(page.get_by_label("Jouw tekst")).to_have_value(voices.SOUP)
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        (0, "Hier geschreven."),
        (1, "Daar geschreven."),
        ("Beide houden, onder elkaar", "Daar geschreven.\n\nHier geschreven."),
    ],
)
def test_two_versions_are_laid_side_by_side_and_the_learner_chooses(
    open_page: OpenPage, served: Served, choice: int | str, kept: str
) -> None:
    page = open_page(REFLECTION)
    written(page, "Begin.")
    served.gallery.player("eigen-praktijk", "hanne").save(1, {"text": "Daar geschreven."})
    write(page, "Hier geschreven.")
    expect(page.get_by_role("heading", name="Er zijn twee versies van je tekst")).to_be_visible()
    assert_accessible(page)
    if isinstance(choice, int):
        page.get_by_role("button", name="Deze versie houden").nth(choice).click()
    else:
        page.get_by_role("button", name=choice).click()
    expect(page.get_by_label("Jouw tekst")).to_have_value(kept)
    expect(page.get_by_text(re.compile("^Bewaard om"))).to_be_visible()
    assert served.gallery.player("eigen-praktijk", "hanne").state()["work"]["body"]["text"] == kept


def test_a_page_that_cannot_reach_its_host_says_so_and_tries_again(open_page: OpenPage) -> None:
    page = open_page("/step/wie-kijkt-mee")
    page.route("**/state", lambda route: route.abort(), times=1)
    page.reload()
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding.")).to_be_visible()
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_role("button", name="Ik heb dit gelezen")).to_be_enabled()


def test_a_reflection_can_be_written_and_handed_in_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(REFLECTION)
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Jouw tekst")).to_be_focused()
    page.keyboard.insert_text(voices.SOUP)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ingediend")).to_be_focused()


def test_in_a_page_with_styles_of_its_own_the_component_keeps_its_look(open_page: OpenPage) -> None:
    page = open_page("/embedded/eigen-praktijk")
    submit = page.get_by_role("button", name="Indienen bij je docent")
    expect(submit).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('h2.vk-title')).textTransform") == "none"
    for name, value in {"text-transform": "none", "text-shadow": "none", "background-image": "none"}.items():
        expect(submit).to_have_css(name, value)
    expect(page.get_by_label("Jouw tekst")).to_have_css("font-family", re.compile("Source Serif"))
    assert_accessible(page)


def test_a_host_can_lend_its_own_font(open_page: OpenPage) -> None:
    page = open_page("/embedded/eigen-praktijk?font=inherit")
    expect(page.get_by_role("button", name="Indienen bij je docent")).to_have_css(
        "font-family", re.compile("^.?Courier")
    )
    expect(page.get_by_role("heading", name="Een moment")).to_have_css("font-family", re.compile("^.?Courier"))
    expect(page.get_by_label("Jouw tekst")).to_have_css("font-size", "18px")


def test_on_paper_the_text_stays_and_the_buttons_go(open_page: OpenPage, served: Served) -> None:
    served.gallery.fill()
    page = open_page(REFLECTION + "?learner=an")
    page.emulate_media(media="print")
    expect(page.get_by_text("Vorige dinsdag kwam de dochter")).to_be_visible()
    expect(page.get_by_text("Sterk dat je ook het knikken opschrijft.")).to_be_visible()
    expect(page.locator(".vk-button:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<p>Ze <em>knikt</em>.</p>", "<p>Ze <em>knikt</em>.</p>"),
        ("<p onclick='x()' style='color:red'>a</p>", "<p>a</p>"),
        ("a<script>alert(1)</script><style>p{}</style>", "a"),
        ("<img src='x' onerror='alert(1)'>", "<img>"),
        ("<a href='java\tscript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='https://izi.nu/'>a</a>", '<a href="https://izi.nu/">a</a>'),
        ("<svg><script>alert(1)</script></svg><iframe srcdoc='x'></iframe>b", "b"),
        ("<template><img src=x onerror=alert(1)></template>c", "c"),
    ],
)
def test_html_in_an_answer_passes_a_second_lock(chromium: Browser, served: Served, sent: str, shown: str) -> None:
    # A page of its own: the policy complains in the console of what the parser meets.
    page = chromium.new_page()
    page.goto(served.url + "/step/wie-kijkt-mee")
    adopted = """async (html) => {
        const { adopt } = await import("/static/safe-html.js");
        const place = document.createElement("div");
        place.append(adopt(html));
        return place.innerHTML;
    }"""
    assert page.evaluate(adopted, sent) == shown
    page.close()
