"""The assistant answers in the language of the page that asks: errors, the notice, help in need, and its pages."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from assistant_service.feedback import crisis
from assistant_service.notice import current
from assistant_service.policies import Decision, Policy, Provider
from tests.assistant_service.hosts import NOW
from tests.assistant_service.test_administration_guard import PAGES, Browser, app, browser, services, time
from tests.cast import WEST
from veranderkracht import languages

__all__ = ["app", "browser", "services", "time"]  # fixtures

DUTCH = {
    "het",
    "een",
    "niet",
    "jouw",
    "wordt",
    "deze",
    "naar",
    "maar",
    "nog",
    "bij",
    "voor",
    "geen",
    "wat",
    "kun",
}
POLICIES = (
    Policy(),
    Policy(
        providers=(Provider(model="mistralai:klein"), Provider(model="openai:mini")),
        level_proposals=Decision(by="de raad", on=NOW.date(), why="Besproken met iedereen."),
    ),
)


def words(text: str) -> set[str]:
    return set(text.lower().replace(".", " ").replace(",", " ").split())


def test_an_error_is_in_the_language_that_the_page_asks_for(app) -> None:
    client: FlaskClient = app.test_client()
    said = {
        wish: client.get("/v1/notice", headers={"Accept-Language": wish}).get_json()["title"]
        for wish in ("nl-BE", "en", "fr-BE", "de")
    }
    assert said == {
        "nl-BE": "Je sessie is verlopen",
        "en": "Your session has expired",
        "fr-BE": "La session a expiré",
        "de": "Je sessie is verlopen",
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_the_notice_is_one_notice_in_every_language(policy: Policy) -> None:
    told = {}
    for language in languages.LANGUAGES:
        languages.speak(language)
        told[language] = current(policy)
    assert len({version for version, _ in told.values()}) == 1
    assert len({text for _, text in told.values()}) == 3
    for language in languages.TRANSLATED:
        _, text = told[language]
        assert not DUTCH & words(text) and "{" not in text
        assert text.count("\n- ") == told["nl"][1].count("\n- ")


def test_somebody_in_need_is_told_whom_to_call_in_their_language() -> None:
    need = "Ik wil niet meer leven. Ik denk elke dag aan zelfmoord."
    for language in languages.LANGUAGES:
        languages.speak(language)
        for reader in ("learner", "teacher"):
            found = crisis.find(need, reader)  # type: ignore[arg-type]
            assert found is not None and found.contacts[0].tel == "112" and len(found.contacts) == 4
            assert bool(DUTCH & words(found.text)) == (language == "nl")


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_no_dutch_stands_on_a_page_of_the_administration(browser: Browser, language: str) -> None:
    client, _ = browser(WEST, "administrator")
    for path in (*PAGES, "sign-in"):
        page = client.get(f"/admin/{path}", headers={"Accept-Language": language})
        soup = BeautifulSoup(page.text, "html.parser")
        assert soup.html is not None and soup.html["lang"] == language
        for part in soup.select("[lang=nl], title, fieldset"):  # titles of modules and profiles
            part.decompose()
        assert not DUTCH & words(soup.get_text(" ")), path
    assert DUTCH & words(client.get("/admin/settings").text)
