"""Who connects a platform reads the administration, the registration and every fault in their browser's language."""

from dataclasses import replace

import pytest

from lti_tool.admin_tables import RefusedRow
from lti_tool.lms_profiles import PROFILES
from lti_tool.refusals_explained import EXPLANATIONS, explain
from tests.cast import WEST
from tests.lti_tool.administering import Beheer, id_of, moodle
from tests.lti_tool.inviting import Admin
from tests.lti_tool.registrar import Brightspace, Canvas, Moodle, Registrar
from tests.lti_tool.test_languages import foreign_words, in_french
from tests.lti_tool.test_mine import mine
from tests.lti_tool.world import BASE, HANNE, World
from veranderkracht import languages


@pytest.fixture
def luc(world: World) -> Beheer:
    """An administrator whose browser asks for French, of a tool where everything has happened once."""
    world.browser().launch(replace(world.west, deployment_id="99"), HANNE)
    world.browser().launch(world.west, HANNE, aud="een-ander")
    world.browser().login(replace(world.west, client_id="x"))
    world.at(world.west, HANNE)
    luc = Beheer(world).signed_in()
    luc.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr-BE,fr;q=0.9,nl;q=0.5"
    return luc


def in_french_only(page: str) -> bool:
    assert '<html lang="fr">' in page
    assert foreign_words(page) == set(), page
    return True


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/invites", "/log", "/platforms/new", "/sign-in?said=everywhere", "/sign-in?link=none", "/nergens"),
        *(f"/platforms/new/{lms}" for lms in [*PROFILES, "onbekend"]),
        *("/platforms/{west}", "/platforms/{west}/edit", "/platforms/{west}/test", "/platforms/999"),
    ],
)
def test_no_dutch_stands_on_a_page_for_administrators_in_french(world: World, luc: Beheer, path: str) -> None:
    assert in_french_only(luc.get(path.format(west=id_of(world, world.west))).text)
    del luc.client.environ_base["HTTP_ACCEPT_LANGUAGE"]
    dutch = luc.get(path.format(west=id_of(world, world.west))).text.replace('lang="nl"', 'lang="fr"')
    assert foreign_words(dutch), "the check sees Dutch where there is some"


def test_what_an_administrator_does_is_answered_in_french(world: World, luc: Beheer) -> None:
    west = f"/platforms/{id_of(world, world.west)}"
    assert in_french_only(luc.post("/platforms/new/moodle", tenant="Fout!", lms="x", deployments="").text)
    assert in_french_only(luc.follow(luc.post("/platforms/new/moodle", **moodle(world))).text)
    assert in_french_only(luc.post("/platforms/new/moodle", **moodle(world)).text)
    assert in_french_only(luc.post(f"{west}/deployments", tenant=WEST, deployments="").text)
    assert in_french_only(luc.post(f"{west}/edit", issuer="https://elders.example").text)
    assert in_french_only(luc.post("/invites", tenant="Fout!").text)
    assert in_french_only(luc.post("/invites", tenant=WEST).text)
    assert in_french_only(luc.get("/invites").text)
    assert in_french_only(luc.post("/invites/999/withdraw").text)
    assert in_french_only(luc.post("/waiting/999").text)
    tested = luc.post(f"{west}/test").text
    assert in_french_only(tested) and "admin-checks" in tested
    assert in_french_only(luc.get("/log").text)


@pytest.mark.parametrize("kind", [Moodle, Canvas, Brightspace])
def test_a_registration_speaks_french_from_the_invitation_to_what_comes_next(
    world: World, kind: type[Registrar]
) -> None:
    platform, admin = kind(world.west.listener, "ici"), Admin(world)
    admin.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert in_french_only(admin.open(None).text)
    asked = admin.open(platform)
    assert in_french_only(asked.text)
    assert in_french_only(admin.click(asked).text)
    used = admin.open(platform)
    assert used.status_code == 410 and in_french_only(used.text)


def test_a_registration_that_fails_says_why_in_french(world: World) -> None:
    platform, admin = Moodle(world.west.listener, "ici"), Admin(world)
    admin.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    del platform.configuration["jwks_uri"]
    refused = admin.open(platform)
    refused = admin.click(refused) if refused.status_code == 200 else refused
    assert refused.status_code == 422 and in_french_only(refused.text)
    assert "jwks_uri" in refused.text


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_every_refusal_is_explained_in_the_readers_language(language: str) -> None:
    dutch = {code: explain(code) for code in EXPLANATIONS}
    assert dutch == EXPLANATIONS
    languages.speak(language)
    assert [code for code in EXPLANATIONS if explain(code) == dutch[code]] == []


def test_what_is_written_down_of_a_refusal_is_dutch_whoever_started(world: World) -> None:
    world.west.listener.json("/west/jwks", {}, status=500)
    browser = world.browser()
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert in_french_only(browser.launch(world.west, HANNE).text)
    with world.services.database.read() as session:
        [kept] = session.query(RefusedRow).all()
    assert kept.reason.startswith("de sleutels zijn niet op te halen") and "antwoordt met status 500" in kept.reason


def test_a_learners_file_is_in_the_language_of_their_course_and_its_json_keeps_its_keys(world: World) -> None:
    browser = in_french(world)
    browser.submit("Ce que j'ai vu la semaine passée, avec une fille qui restait sur le seuil. " * 20)
    read = mine(browser, "/file", **{"as": "html"})
    assert in_french_only(read.text) and "2 mars 2026" in read.text
    document = mine(browser, "/file", **{"as": "json"}).json
    assert document is not None and document["bezoeken"][0]["rol"] == "lerende"


def test_every_page_may_be_asked_for_in_english_too(world: World, luc: Beheer) -> None:
    luc.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en-GB"
    page = luc.get().text
    assert '<html lang="en">' in page and "Add a learning environment" in page
    stopped = luc.client.get("/lti/admin/sign-in", base_url=BASE).text
    assert foreign_words(stopped) == set()
