"""The blocks in Chromium, in the real workbench: clean consoles, accessible screens, and no text lost on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import WIDTHS, assert_accessible, look
from tests.xblocks.workbench import Workbench, running

pytestmark = [pytest.mark.workbench, pytest.mark.browser]

TEXT = "Vorige week stond de dochter van een bewoner op mij te wachten en ik had geen tijd voor haar. " * 10


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with running(tmp_path_factory.mktemp("workbench") / "data") as workbench:
        yield workbench


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page nobody used before; an error in its console fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-BE")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(15_000)
    yield page
    context.close()
    # Chromium itself writes a line for each request that failed.
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


@pytest.mark.parametrize("student", ["yusuf", "docent"])
@pytest.mark.parametrize("step", ["vooraf", "de-linde", "toets", "eigen-praktijk"])
def test_each_step_comes_to_life_without_a_word_in_the_console(
    workbench: Workbench, page: Page, step: str, student: str
) -> None:
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    with page.expect_response(lambda answer: "/state/" in answer.url or "/queue/" in answer.url):
        page.goto(workbench.page(step, student))
    page.wait_for_load_state("networkidle")
    assert failed == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    look(page, f"werkbank-{step}-{student}")


def test_a_teacher_tries_the_step_out_under_the_desk(workbench: Workbench, page: Page) -> None:
    page.goto(workbench.page("eigen-praktijk", "docent"))
    page.get_by_text("Bekijk als lerende").click()
    page.get_by_label("Jouw tekst").fill(TEXT)
    expect(page.get_by_text("Dit is een voorbeeld: wat je hier invult, wordt niet bewaard.").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nog geen inzendingen")).to_be_visible()
    assert_accessible(page)


def turned_away(status: int, **answer: Any) -> Any:
    return lambda route: route.fulfill(status=status, content_type="text/html", **answer)


def cut_off(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (turned_away(403, body="<h1>CSRF verification failed</h1>"), "Je sessie is verlopen"),
        (turned_away(401, body="Unauthenticated"), "Je sessie is verlopen"),
        (turned_away(200, body="<h1>Aanmelden</h1>"), "Je sessie is verlopen"),
        (cut_off, "Geen verbinding"),
    ],
    ids=["csrf", "unauthenticated", "login-page", "offline"],
)
def test_a_text_that_cannot_be_saved_stays_and_the_reason_is_told(
    workbench: Workbench, page: Page, answer: Any, said: str
) -> None:
    page.goto(workbench.page("eigen-praktijk", "hanne"))
    field = page.get_by_label("Jouw tekst")
    expect(field).to_be_visible()
    page.route("**/save/**", answer)
    field.fill("Dit mag niet weg zijn.")
    expect(page.get_by_text(said).first).to_be_visible()
    expect(field).to_have_value("Dit mag niet weg zijn.")
    page.unroute("**/save/**")
    page.get_by_role("button", name="Nu proberen").or_(page.get_by_role("button", name="Opnieuw proberen")).click()
    expect(page.get_by_text("Bewaard om")).to_be_visible()
    page.get_by_label("Jouw tekst").fill("")  # the next one starts with an empty page
    expect(page.get_by_text("Bewaard om")).to_be_visible()


def test_a_step_whose_scripts_do_not_come_says_so(workbench: Workbench, page: Page) -> None:
    page.route("**/public/host.js", cut_off)
    page.goto(workbench.page("eigen-praktijk", "hanne"))
    expect(page.get_by_text("Deze stap is niet volledig geladen.")).to_be_visible()


def test_an_author_fills_in_the_form_by_keyboard(workbench: Workbench, page: Page) -> None:
    page.goto(workbench.page("rollen-en-verwachtingen", "docent", "studio_view"))
    step = page.get_by_label("Module en stap")
    step.select_option("")
    step.press("Tab")
    page.keyboard.type("Onze rollen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Kies een module en een stap.")
    expect(step).to_be_focused()
    assert_accessible(page)
    step.select_option("samen-kijken/rollen-en-verwachtingen")
    step.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Bewaard.")
    expect(page.get_by_role("alert")).to_be_hidden()
    look(page, "werkbank-studio")
    page.goto(workbench.page("rollen-en-verwachtingen", "hanne"))
    expect(page.get_by_role("heading", name="Onze rollen")).to_be_visible()
