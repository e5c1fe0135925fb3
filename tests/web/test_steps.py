"""A learner at each kind of step, in a real browser under a strict policy, with the real rules behind the page."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import assert_accessible
from tests.web.conftest import OpenPage, Served, assert_fits

pytestmark = pytest.mark.browser

FACES = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


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
    expect(page.get_by_role("heading", name="De open vraag")).to_be_hidden()
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


def test_a_page_that_cannot_reach_its_host_says_so_and_tries_again(open_page: OpenPage) -> None:
    page = open_page("/step/wie-kijkt-mee")
    page.route("**/state", lambda route: route.abort(), times=1)
    page.reload()
    expect(page.get_by_role("alert").filter(has_text="Geen verbinding.")).to_be_visible()
    page.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_role("button", name="Ik heb dit gelezen")).to_be_enabled()


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
    page = open_page("/step/eigen-praktijk?learner=an")
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
    page = chromium.new_page(locale="nl-BE")
    page.goto(served.url + "/step/wie-kijkt-mee")
    adopted = """async (html) => {
        const { adopt } = await import("/static/safe-html.js");
        const place = document.createElement("div");
        place.append(adopt(html));
        return place.innerHTML;
    }"""
    assert page.evaluate(adopted, sent) == shown
    page.close()
