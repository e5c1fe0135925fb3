"""An administrator connects platforms by hand, changes them, and decides which deployments may launch."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool import invites, platform_form, registrations, waiting
from lti_tool.lms_profiles import PROFILES
from tests.cast import WEST, ZUID
from tests.lti_tool.administering import NAME, Beheer, acts, deployments_of, id_of, moodle, typed, words
from tests.lti_tool.world import BASE, ELS, HANNE, LTI, World


@pytest.fixture
def els(world: World) -> Beheer:
    return Beheer(world).signed_in()


def test_a_moodle_needs_its_address_a_client_id_and_a_deployment_only(world: World, els: Beheer) -> None:
    page = els.get("/platforms/new/moodle")
    for path in ("login", "launch", "jwks"):
        assert f"{BASE}/lti/{path}" in words(page)
    added = els.follow(els.post("/platforms/new/moodle", **moodle(world)))
    assert "De leeromgeving is gekoppeld" in words(added)
    lms = f"{world.west.listener.url}/moodle"
    with world.services.database.read() as session:
        found = registrations.find(session, lms, "abc123")
    assert found is not None
    assert found[1] == registrations.Registration(
        lms, "abc123", f"{lms}/mod/lti/auth.php", f"{lms}/mod/lti/token.php", f"{lms}/mod/lti/certs.php"
    )
    assert acts(world)[-1] == (NAME, "registration-added", WEST)
    assert world.services.keys.host_key(WEST)


def test_a_learner_launches_from_what_was_added_by_hand(world: World, els: Beheer) -> None:
    west = world.west
    form = {**vars(west.registration), "client_id": "met-de-hand", "frame_origins": "", "deployments": "1\n2"}
    els.follow(els.post("/platforms/new/other", tenant="nieuw", **form))
    moved = replace(west, client_id="met-de-hand", deployment_id="2")
    assert world.browser().launch(moved, HANNE).status_code == 200
    assert "laatste start vandaag om 10:00, in het kader, met een cookie" in words(
        els.get(f"/platforms/{id_of(world, moved)}")
    )


@pytest.mark.parametrize("lms", PROFILES)
def test_each_lms_has_a_page_with_values_in_its_own_words(els: Beheer, lms: str) -> None:
    page = els.get(f"/platforms/new/{lms}")
    assert page.status_code == 200
    assert PROFILES[lms].values[0].name in words(page)
    assert f"{BASE}/lti/launch" in page.text
    assert ("-----BEGIN PUBLIC KEY-----" in page.text) == (lms in ("openedx", "other"))
    assert "PRIVATE" not in page.text


@pytest.mark.parametrize("lms", [slug for slug, each in PROFILES.items() if slug != "other"])
def test_what_is_the_same_everywhere_or_follows_is_filled_in(lms: str) -> None:
    profile = PROFILES[lms]
    filled = platform_form.filled_in(platform_form.Typed(lms="https://leren.example/", client_id="c1"), profile)
    for name, pattern in vars(profile.at).items():
        assert getattr(filled, name) == pattern.replace("{lms}", "https://leren.example").replace("{client_id}", "c1")
    own = replace(filled, auth_url="https://elders.example/auth")
    assert platform_form.filled_in(own, profile) == own, "what was typed stays"


def test_the_addresses_that_follow_can_be_seen_before_they_are_kept(world: World, els: Beheer) -> None:
    shown = els.post("/platforms/new/moodle", **moodle(world, act="fill"))
    assert shown.status_code == 200
    assert typed(shown, "auth_url") == f"{world.west.listener.url}/moodle/mod/lti/auth.php"
    assert typed(shown, "deployments") == "7"
    with world.services.database.read() as session:
        assert registrations.find(session, f"{world.west.listener.url}/moodle", "abc123") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant", "Hogeschool West"),
        ("lms", "geen adres"),
        ("client_id", ""),
        ("client_id", "x" * 256),
        ("deployments", " \n "),
        ("deployments", "d" * 256),
        ("auth_url", "javascript:alert(1)"),
        ("token_url", "leren.example/token"),
        ("jwks_url", "https://a b.example"),
        ("frame_origins", "https://goed.example\nfout"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, els: Beheer, field: str, value: str
) -> None:
    form = moodle(world, **{"frame_origins": "https://goed.example", field: value})
    refused = els.post("/platforms/new/moodle", **form)
    assert refused.status_code == 422
    assert f'aria-describedby="veld-{field}' in refused.text or f"veld-{field}-fout" in refused.text
    assert f'href="#veld-{field}"' in refused.text
    for name, told in form.items():
        assert typed(refused, name).strip() == told.strip(), name
    with world.services.database.read() as session:
        assert len(registrations.find(session, world.west.issuer, "") or ()) == 2


def test_plain_http_is_refused_where_the_setting_does_not_allow_it(world: World) -> None:
    typed_in = platform_form.Typed(auth_url="http://leren.example/auth")
    assert "auth_url" in platform_form.faults(typed_in, allow_http=False, new=False)
    assert "auth_url" not in platform_form.faults(typed_in, allow_http=True, new=False)


@given(st.dictionaries(st.sampled_from([*platform_form.Typed.__annotations__]), st.text(max_size=60)))
def test_whatever_is_typed_is_taken_or_refused_with_words(form: dict[str, str]) -> None:
    read = platform_form.filled_in(platform_form.read(form), PROFILES["blackboard"])
    found = platform_form.faults(read, allow_http=False, new=True)
    assert all(found.values())
    if not found:
        registrations._check(read.tenant, read.registration())


def test_adding_what_is_there_changes_nothing_of_it(world: World, els: Beheer) -> None:
    west = world.west
    form = {**vars(west.registration), "jwks_url": "https://kwaad.example/jwks", "frame_origins": ""}
    for who, says in ((els, "staat er al"), (Beheer(world, ZUID).signed_in(), "is met dit client-id al gekoppeld")):
        refused = who.post("/platforms/new/other", tenant=ZUID, deployments="9", **form)
        assert refused.status_code == 409
        assert says in words(refused)
    with world.services.database.read() as session:
        assert registrations.by_id(session, id_of(world, west)) == west.registration
    assert list(deployments_of(world, west)) == ["1"]


def test_a_platform_is_changed_and_used_at_once(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}"
    form = {name: typed(els.get(f"{at}/edit"), name) for name in vars(world.west.registration)}
    assert form["auth_url"] == world.west.registration.auth_url
    changed = {**form, "auth_url": "https://nieuw.example/auth", "frame_origins": "https://school.example/pagina?x"}
    assert "De wijziging is bewaard" in words(els.follow(els.post(f"{at}/edit", **changed)))
    assert world.browser().login(world.west).headers["Location"].startswith("https://nieuw.example/auth?")
    with world.services.database.read() as session:
        kept = registrations.by_id(session, id_of(world, world.west))
    assert kept is not None
    assert kept.frame_origins == ("https://school.example",), "only the beginning of an address frames"
    assert acts(world)[-1] == (NAME, "registration-changed", WEST)


def test_a_wrong_change_is_refused_with_what_was_typed(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}/edit"
    form = {name: typed(els.get(at), name) for name in vars(world.west.registration)}
    refused = els.post(at, **{**form, "token_url": "onzin", "client_id": "anders"})
    assert refused.status_code == 422
    assert (typed(refused, "token_url"), typed(refused, "client_id")) == ("onzin", "anders")
    taken = els.post(at, **{**form, "issuer": world.zuid.issuer, "client_id": world.zuid.client_id})
    assert "Er is al een leeromgeving" in words(taken)


def test_an_issuer_by_which_learners_are_known_stays(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}/edit"
    form = {name: typed(els.get(at), name) for name in vars(world.west.registration)}
    world.at(world.west, HANNE)
    refused = els.post(at, **{**form, "issuer": "https://verhuisd.example"})
    assert refused.status_code == 422
    assert "daarmee herkennen we lerenden" in words(refused)
    els.follow(els.post(at, **{**form, "client_id": "ander-id"}))


def test_a_deployment_is_added_with_its_institution_and_admits_launches(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}"
    els.follow(els.post(f"{at}/deployments", tenant="andere-school", deployments="8\r\n9"))
    assert {name: row.tenant.slug for name, row in deployments_of(world, world.west).items()} == {
        "1": WEST,
        "8": "andere-school",
        "9": "andere-school",
    }
    assert world.browser().launch(replace(world.west, deployment_id="8"), HANNE).status_code == 200


def test_a_deployment_of_another_institution_is_refused_in_a_sentence(world: World, els: Beheer) -> None:
    refused = els.post(f"/platforms/{id_of(world, world.west)}/deployments", tenant=ZUID, deployments="1")
    assert refused.status_code == 422
    assert "hoort al bij een andere instelling" in words(refused)
    assert typed(refused, "deployments") == "1"
    assert deployments_of(world, world.west)["1"].tenant.slug == WEST


def test_a_deployment_that_is_off_lets_nobody_in_until_it_is_on(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}/deployments/{deployments_of(world, world.west)['1'].id}"
    inside = world.at(world.west, HANNE)
    els.follow(els.post(f"{at}/off"))
    refused = world.browser().launch(world.west, HANNE)
    assert "<code>deployment-off</code>" in refused.text
    assert inside.ok("state")["work"] is not None, "who is inside writes on"
    assert world.browser().launch(world.zuid, HANNE).status_code == 200
    els.follow(els.post(f"{at}/on"))
    assert world.browser().launch(world.west, HANNE).status_code == 200
    assert [act for _, act, _ in acts(world)[-2:]] == ["deployment-switched-off", "deployment-switched-on"]


def test_a_deployment_with_work_cannot_be_removed_and_the_page_says_what_can(world: World, els: Beheer) -> None:
    world.at(world.west, HANNE).submit()
    at = f"/platforms/{id_of(world, world.west)}"
    row = deployments_of(world, world.west)["1"]
    assert "Verwijder deployment" not in els.get(at).text
    refused = els.post(f"{at}/deployments/{row.id}/remove")
    assert refused.status_code == 409
    assert "Zet het uit" in words(refused)
    assert list(deployments_of(world, world.west)) == ["1"]


def test_a_deployment_that_nobody_used_goes(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}"
    world.browser().launch(world.west, HANNE, aud="andere")
    els.follow(els.post(f"{at}/deployments/{deployments_of(world, world.west)['1'].id}/remove"))
    assert deployments_of(world, world.west) == {}
    assert "elke start wordt geweigerd" in words(els.get(at))
    assert "<code>deployment-unknown</code>" in world.browser().launch(world.west, HANNE).text


def test_a_deployment_that_knocked_is_let_in_from_the_overview(world: World, els: Beheer) -> None:
    stranger = replace(world.west, deployment_id="99")
    world.browser().launch(stranger, HANNE)
    said = els.get()
    assert "Wachten op jouw akkoord" in words(said)
    [path] = re.findall(r'action="/lti/admin(/waiting/\d+)"', said.text)
    els.follow(els.post(path, tenant=WEST))
    assert world.browser().launch(stranger, HANNE).status_code == 200
    assert "Wachten op jouw akkoord" not in words(els.get())
    assert els.post(path, tenant=WEST).status_code == 404


def test_a_platform_that_nobody_knows_is_shown_and_its_names_are_filled_in(world: World, els: Beheer) -> None:
    world.browser().login(world.west, iss="https://nieuw.example", client_id="c<9>", lti_deployment_id="d1")
    said = els.get()
    assert "https://nieuw.example client-id c<9>, deployment d1; 1 keer" in words(said)
    [path] = re.findall(r'href="/lti/admin(/platforms/new\?[^"]+)"', said.text)
    chosen = els.client.get(f"/lti/admin{path.replace('&amp;', '&')}", base_url=BASE)
    [form] = re.findall(r'href="(/lti/admin/platforms/new/other\?[^"]+)"', chosen.text)
    shown = els.client.get(form.replace("&amp;", "&"), base_url=BASE)
    assert [typed(shown, name) for name in ("issuer", "client_id", "deployments")] == [
        "https://nieuw.example",
        "c<9>",
        "d1",
    ]


def test_an_invitation_is_made_shown_once_and_withdrawn(world: World, els: Beheer) -> None:
    made = els.post("/invites", tenant=WEST)
    [link] = re.findall(r"/lti/register\?invite=([\w-]+)", made.text)
    assert world.app.test_client().get(f"/lti/register?invite={link}", base_url=BASE).status_code == 200
    again = els.get("/invites")
    assert link not in again.text
    assert "Nog niet gebruikt" in words(again)
    [path] = re.findall(r'action="/lti/admin(/invites/\d+/withdraw)"', again.text)
    assert "is ingetrokken" in words(els.follow(els.post(path)))
    assert world.app.test_client().get(f"/lti/register?invite={link}", base_url=BASE).status_code != 200
    assert [act for _, act, _ in acts(world)[-2:]] == ["invite-made", "invite-withdrawn"]
    refused = els.post("/invites", tenant="Niet Goed")
    assert refused.status_code == 422
    assert typed(refused, "tenant") == "Niet Goed"


def test_an_invited_platform_without_deployment_belongs_to_its_institution(world: World) -> None:
    west, at = world.west, world.clock()
    with world.services.database.write() as session:
        row, secret = invites.make(session, ZUID, timedelta(days=1), by="x", at=at)
        registrations.register(session, ZUID, replace(west.registration, client_id="leeg"), [], at)
        found = registrations.find(session, west.issuer, "leeg")
        assert found and secret
        row.used_at, row.registration_id = at, found[0]
    assert Beheer(world, ZUID).signed_in().get(f"/platforms/{found[0]}").status_code == 200
    assert Beheer(world, WEST).signed_in().get(f"/platforms/{found[0]}").status_code == 404
    with world.services.database.write() as session:
        waiting.knock(session, found[0], "klopt-aan", at)
    assert "klopt-aan" in words(Beheer(world, ZUID).signed_in().get())
    assert "klopt-aan" not in words(Beheer(world, WEST).signed_in().get())


def test_an_address_that_is_none_of_ours_says_so(els: Beheer) -> None:
    for path in ("/bestaat-niet", "/platforms/999", "/platforms/new/webct", "/platforms/999/edit"):
        missing = els.get(path)
        assert missing.status_code == 404
        assert "Naar de leeromgevingen" in words(missing)


def test_names_that_platforms_made_up_are_text_on_every_page(world: World, els: Beheer) -> None:
    evil = "<script>alert(1)</script>"
    els.follow(els.post("/platforms/new/moodle", **moodle(world, client_id=evil, deployments=evil)))
    world.browser().login(world.west, iss=evil, client_id=evil)
    world.browser().launch(world.west, ELS, **{f"{LTI}deployment_id": evil, "aud": evil})
    for path in ("/", f"/platforms/{id_of(world, world.west)}", f"/platforms/{id_of(world, world.west)}/test", "/log"):
        assert evil not in els.get(path).text
