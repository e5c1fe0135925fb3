"""Whoever reads English or French: the components speak it, and what stays Dutch is said to be Dutch."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible, look
from tests.web.conftest import OpenPage, Served, assert_fits
from tests.web.gallery import TOOLS

pytestmark = pytest.mark.browser

# Words that stand in nearly every Dutch sentence, and are none in English or French.
DUTCH = re.compile(r"\b(het|een|niet|jouw|wordt|deze|naar|maar|nog|bij|voor|geen|wat|hebt|kun)\b", re.I)
PAGES = ("/step/vooraf?talk", "/step/de-linde", "/step/toets", "/step/eigen-praktijk", "/desk/eigen-praktijk")

# The text of each node outside what says that it is Dutch, with the attributes that are read out; of templates too.
FOREIGN = """() => {
  const dutch = (element) => element?.closest?.('[lang]')?.lang.startsWith('nl');
  const found = [];
  const roots = [document.body];
  while (roots.length) {
    const root = roots.pop();
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      const inside = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      if (inside && dutch(inside)) continue;
      if (node.nodeType === Node.TEXT_NODE) found.push(node.data.trim());
      else {
        for (const name of ['aria-label', 'title', 'placeholder', 'data-label']) {
          found.push(node.getAttribute?.(name) ?? '');
        }
        if (node.localName === 'template' && !dutch(node)) roots.push(node.content);
      }
    }
  }
  return found.filter(Boolean);
}"""


def dutch_words(page: Page) -> list[str]:
    texts: list[str] = page.evaluate(FOREIGN)
    # A name of a button may hold the title of a criterion, which is Dutch and said to be so elsewhere.
    own = page.locator("[lang=nl]").all_text_contents()
    for title in {one.strip() for one in own if one.strip()}:
        texts = [text.replace(title, "") for text in texts]
    return [text for text in texts if DUTCH.search(text)]


@pytest.fixture
def filled(served: Served) -> Served:
    served.gallery.fill()
    return served


@pytest.mark.parametrize("locale", ["en-GB", "fr-BE"])
def test_every_kind_of_step_and_the_desk_speak_the_readers_language(
    filled: Served, open_page: OpenPage, locale: str
) -> None:
    page = open_page("/step/vooraf", locale=locale, width=390)
    for address in (*PAGES, *(f"/step/{tool.id}" for tool in TOOLS)):
        page.goto(filled.url + address)
        expect(page.locator("[data-vk=trouble]").first).to_be_hidden()
        page.wait_for_load_state("networkidle")
        assert page.locator(".vk[lang]").first.get_attribute("lang") == locale[:2]
        assert dutch_words(page) == []
        assert_fits(page)
        assert_accessible(page)
        look(page, f"taal-{locale[:2]}-{address.split('/')[-1].partition('?')[0]}-{address.split('/')[1]}")


def test_a_page_in_dutch_is_seen_to_be_dutch(filled: Served, open_page: OpenPage) -> None:
    page = open_page("/desk/eigen-praktijk")
    page.evaluate("document.querySelectorAll('[lang]').forEach((element) => (element.lang = 'en'))")
    assert len(dutch_words(page)) > 20


def test_what_happens_on_a_page_is_told_in_its_language(filled: Served, open_page: OpenPage) -> None:
    page = open_page("/step/eigen-praktijk?learner=nieuw", locale="fr-BE")
    page.get_by_label("Ton texte").fill("Court.")
    page.get_by_role("button", name="Remettre").click()
    expect(page.locator("[data-vk=error-text]")).to_contain_text("Ton texte compte 1 mot ; il en faut au moins")
    expect(page.locator("[data-vk=saved]")).to_contain_text("Enregistré à")
    page.goto(f"{filled.url}/desk/eigen-praktijk")
    expect(page.locator("[data-vk=tally]")).to_contain_text("travaux vous attendent")
    page.get_by_role("button", name="Céline").first.click()
    expect(page.locator("[data-vk=about]")).to_contain_text("Remis")
    assert dutch_words(page) == []
