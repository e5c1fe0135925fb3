"""An activity speaks the language of the course page that it stands in, and else that of the browser."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.lti_tool.world import BASE, ELS, HANNE, LTI, World

PRESENTATION = f"{LTI}launch_presentation"
DUTCH = {
    *("het", "een", "niet", "jouw", "wordt", "deze", "naar", "maar", "nog", "bij", "voor", "geen", "wat", "kun"),
    *("leeromgeving", "instelling", "je", "met", "vanuit", "werkt", "adres", "beheer", "aan", "uit", "zoals", "keer"),
}


def in_french(world: World, person: Any = HANNE, step: str = "eigen-praktijk") -> Any:
    return world.at(world.west, person, step, **{PRESENTATION: {"locale": "fr-BE"}})


def foreign_words(page: str) -> set[str]:
    """Give the Dutch words of a page outside what it says is Dutch."""
    soup = BeautifulSoup(page, "html.parser")
    for part in soup.select("[lang=nl], template, title, script"):
        part.decompose()
    return DUTCH & set(soup.get_text(" ").lower().split())


def test_a_launch_in_french_gives_french_pages_and_errors_all_along(world: World) -> None:
    browser = in_french(world)
    assert '<html lang="fr">' in browser.page and "Remettre" in browser.page
    refused = browser.call("submit", {"version": browser.ok("state")["work"]["version"], "body": {"text": "Te kort."}})
    assert refused.json["detail"].startswith("Ton texte compte 2 mots")
    assert refused.json["title"] == "Pas encore en ordre"
    module = in_french(world, step="")
    assert "étapes, environ" in module.page and "Ouvrir" in module.page
    assert module.turn("play", "de-linde").status_code == 200
    assert "Cas" in module.page and '<html lang="fr">' in module.page


@pytest.mark.parametrize(
    ("person", "step"), [(HANNE, "eigen-praktijk"), (HANNE, ""), (HANNE, "toets"), (ELS, "de-linde")]
)
def test_no_dutch_stands_on_a_french_page_without_saying_so(world: World, person: Any, step: str) -> None:
    assert foreign_words(in_french(world, person, step).page) == set()
    dutch = world.at(world.west, person, step).page.replace('lang="nl"', 'lang="fr"')
    assert len(foreign_words(dutch)) > 2


def test_one_readers_language_is_not_anothers(world: World) -> None:
    assert "Remettre" in in_french(world).page
    assert "Indienen bij je docent" in world.at(world.west, HANNE).page


@pytest.mark.parametrize("locale", [None, 5, "de-DE", "", "x" * 1000, ["fr"], {"a": 1}])
def test_a_launch_without_a_language_of_ours_is_in_the_browsers(world: World, locale: Any) -> None:
    browser = world.at(world.west, HANNE, **{PRESENTATION: {"locale": locale}})
    assert '<html lang="nl">' in browser.page
    asked = browser.client.post(
        "/lti/api/nonsense",
        json={},
        headers={"Authorization": f"Bearer {browser.token}", "Accept-Language": "en-GB,nl;q=0.5"},
        base_url=BASE,
    )
    assert asked.json is not None and asked.json["title"] == "Not found"


def test_a_refused_launch_is_explained_in_the_browsers_language(world: World) -> None:
    page = world.app.test_client().post(
        "/lti/launch", data={"state": "x"}, headers={"Accept-Language": "fr"}, base_url=BASE
    )
    assert page.status_code == 403 and '<html lang="fr">' in page.text and foreign_words(page.text) == set()
