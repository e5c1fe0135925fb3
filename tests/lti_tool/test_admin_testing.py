"""Testing a connection says of each part how it stands, and what to do where it does not work."""

from datetime import UTC, datetime

import pytest

from lti_tool import launch_notes
from lti_tool.admin_tables import AdmittedRow, RefusedRow, StrangerRow
from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.refusals import ADVICE
from lti_tool.refusals_explained import EXPLANATIONS, explain
from lti_tool.tool_registration import SCOPES
from tests.cast import WEST
from tests.lti_tool.administering import NAME, Beheer, acts, id_of, words
from tests.lti_tool.strict_platform import StrictPlatform
from tests.lti_tool.world import ELS, HANNE, LTI, YUSUF, Platform, World


@pytest.fixture
def els(world: World) -> Beheer:
    return Beheer(world).signed_in()


@pytest.fixture
def on_time(world: World) -> World:
    """The tool's clock at the present moment, by which the test server dates its answers."""
    world.clock.at = datetime.now(UTC)
    return world


def checked(els: Beheer, platform: Platform) -> dict[str, str]:
    """Test a connection; give what the page says of each check."""
    page = els.post(f"/platforms/{id_of(els.world, platform)}/test").text
    listed = page.partition('<ul class="admin-checks">')[2].partition("</ul>")[0]
    items = [words_of(item) for item in listed.split("<li")[1:]]
    return {item.split("  ")[0]: item for item in items}


def words_of(item: str) -> str:
    import re
    from html import unescape

    parts = (re.sub(r"\s+", " ", unescape(part)).strip() for part in re.split(r"<[^>]+>", item.partition(">")[2]))
    return "  ".join(part for part in parts if part)


def test_a_good_platform_passes_and_its_strict_twin_found_nothing_wrong(on_time: World, strict: StrictPlatform) -> None:
    strict.access.offered = list(SCOPES)
    els = Beheer(on_time).signed_in()
    page = els.post(f"/platforms/{id_of(on_time, strict)}/test")
    assert "Alles werkt" in words(page)
    assert "1 bruikbare sleutel: k1 (geen alg, geen use)" in words(page)
    assert [each.partition(":")[0] for each in strict.refusals] == ["/auth"], "a login that nobody began, and no more"
    assert acts(on_time)[-1] == (NAME, "connection-tested", WEST)


def test_only_the_button_calls_the_platform(world: World, els: Beheer) -> None:
    asked = len(world.west.listener.asked)
    assert els.get(f"/platforms/{id_of(world, world.west)}/test").status_code == 200
    assert len(world.west.listener.asked) == asked
    checked(els, world.west)
    assert len(world.west.listener.asked) > asked


def test_a_scope_that_is_not_given_is_named_with_the_platforms_code_and_not_its_words(
    on_time: World, strict: StrictPlatform
) -> None:
    strict.access.offered = [scope for scope in SCOPES if "contextmembership" not in scope]
    found = checked(Beheer(on_time).signed_in(), strict)
    refused = found["Toegang: deelnemers van een cursus lezen"]
    assert "werkt niet" in refused
    assert "Code van de leeromgeving: invalid_scope" in refused
    assert "Zet de dienst aan" in refused
    assert "in orde" in found["Toegang: scores doorgeven"]
    assert "in orde" in found["Onze sleutel"]


@pytest.mark.parametrize("code", ["<b>fout</b>", "geheim wachtwoord", "x" * 41, 5, None])
def test_what_the_platform_says_else_is_never_shown(world: World, els: Beheer, code: object) -> None:
    world.west.listener.json("/west/token", {"error": code, "error_description": "Hanne Coppens 0471"}, status=400)
    page = els.post(f"/platforms/{id_of(world, world.west)}/test").text
    assert "status 400" in page
    assert "Code van de leeromgeving" not in page
    assert "Hanne" not in page


def test_a_platform_that_does_not_know_our_key_is_told_apart(world: World, els: Beheer) -> None:
    world.west.listener.json("/west/token", {"error": "invalid_client"}, status=401)
    found = checked(els, world.west)
    assert "werkt niet" in found["Onze sleutel"]
    assert "nooit een geplakte sleutel" in found["Onze sleutel"]
    world.west.listener.json("/west/token", {"error": "server_error"}, status=500)
    assert "let op" in checked(els, world.west)["Onze sleutel"]


def test_a_kept_token_does_not_hide_that_no_new_one_is_given(world: World, els: Beheer) -> None:
    assert "in orde" in checked(els, world.west)["Toegang: scores doorgeven"]
    world.west.listener.json("/west/token", {}, status=403)
    assert "werkt niet" in checked(els, world.west)["Toegang: scores doorgeven"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"keys": []}, 200, "Geen enkele bruikbare sleutel"),
        (
            {"keys": [{"kty": "EC", "kid": "<krom>", "alg": "ES256"}, "x", 5]},
            200,
            "<krom> (ES256, geen use, onbruikbaar)",
        ),
        ({"sleutels": 5}, 200, "geen sleutelverzameling"),
        ([], 200, "geen sleutelverzameling"),
        ({}, 404, "status 404"),
    ],
)
def test_keys_that_will_not_do_are_described(world: World, els: Beheer, body: object, status: int, says: str) -> None:
    world.west.listener.json("/west/jwks", body, status=status)
    found = checked(els, world.west)["Sleutels van de leeromgeving"]
    assert "werkt niet" in found
    assert says in found
    assert "Wat je kunt doen" in found


@pytest.mark.parametrize(
    ("status", "state"), [(200, "in orde"), (302, "in orde"), (400, "in orde"), (404, "werkt niet"), (503, "let op")]
)
def test_the_login_address_must_be_there_and_no_more(world: World, els: Beheer, status: int, state: str) -> None:
    world.west.listener.answers["/west/auth"] = lambda _: (
        status,
        "text/html",
        b"",
        {"Location": "http://127.0.0.1:9/"},
    )
    assert state in checked(els, world.west)["Aanmeldadres van de leeromgeving"]


def test_an_address_that_nobody_answers_is_asked_once_and_an_inside_one_never(world: World, els: Beheer) -> None:
    silent = {
        **vars(world.west.registration),
        "token_url": "http://127.0.0.1:9/token",
        "jwks_url": "http://127.0.0.1:9/",
    }
    at = f"/platforms/{id_of(world, world.west)}/edit"
    els.follow(els.post(at, **silent))
    found = checked(els, world.west)
    assert "geen verbinding" in found["Sleutels van de leeromgeving"]
    assert "geen verbinding" in found["Toegang"]
    assert "firewall" in found["Toegang"]
    object.__setattr__(world.services.outgoing, "_allow_private", False)
    before = len(world.west.listener.asked)
    assert "enkel https" in checked(els, world.west)["Aanmeldadres van de leeromgeving"]
    assert len(world.west.listener.asked) == before


@pytest.mark.parametrize(("ahead", "state"), [(0, "in orde"), (30, "in orde"), (90, "werkt niet"), (-90, "werkt niet")])
def test_clocks_that_differ_too_much_are_found(on_time: World, ahead: int, state: str) -> None:
    on_time.clock.advance(seconds=-ahead)
    found = checked(Beheer(on_time).signed_in(), on_time.west)["Klokken"]
    assert state in found
    assert ("NTP" in found) == (state == "werkt niet")
    assert ("voor" in found) == (ahead > 0)


def test_a_refused_launch_is_explained_and_a_good_one_is_named_with_its_way(world: World, els: Beheer) -> None:
    at = f"/platforms/{id_of(world, world.west)}/test"
    assert "Er is nog geen start gelukt" in words(els.get(at))
    world.browser().launch(world.west, HANNE, aud="een-ander")
    said = words(els.get(at))
    assert "audience-mismatch · vandaag om 10:00" in said
    assert explain("audience-mismatch") in said
    assert "Wat we zagen: aud is 'een-ander'." in said
    world.clock.advance(minutes=1)
    world.at(world.west, HANNE)
    said = words(els.get(at))
    assert "vandaag om 10:01, in het kader, met een cookie, vanuit deployment 1" in said
    assert "intussen lukte er weer een" in said
    assert "Hanne" not in said


def test_every_code_of_a_refusal_has_an_explanation_for_administrators() -> None:
    assert set(EXPLANATIONS) == set(ADVICE)
    assert all(text.endswith(".") and len(text) > 60 for text in EXPLANATIONS.values())


def test_scores_that_wait_fail_and_arrive_are_counted_per_platform(world: World, els: Beheer) -> None:
    west = f"/platforms/{id_of(world, world.west)}"
    hanne, yusuf, teacher = world.at(world.west, HANNE), world.at(world.west, YUSUF), world.at(world.west, ELS)
    hanne.submit()
    assert "1 wacht" in words(els.get(west))
    world.west.score_status[:] = [403, 200]
    sender = Sender(world.services, Gradebooks(world.services.outgoing, world.services.access))
    sender.drain()
    submission = yusuf.submit()
    sender.drain()
    teacher.grade(submission)
    said = words(els.get(f"{west}/test"))
    assert "1 wacht" in said
    assert "1 mislukt" in said
    assert "Laatst verstuurd vandaag om 10:00" in said
    zuid = words(els.get(f"/platforms/{id_of(world, world.zuid)}"))
    assert "mislukt" not in zuid
    assert "nog geen verstuurd" in zuid


def test_notes_hold_nothing_of_a_person(world: World) -> None:
    world.browser().launch(world.west, HANNE, aud="een-ander")
    world.browser().launch(world.west, HANNE, **{f"{LTI}roles": [], "sub": None})
    world.at(world.west, HANNE)
    with world.services.database.read() as session:
        kept = [vars(row) for table in (AdmittedRow, RefusedRow, StrangerRow) for row in session.query(table)]
    assert len(kept) == 2
    for word in ("Hanne", "Coppens", "'5'"):
        assert word not in str(kept)


def test_a_class_that_launches_at_once_writes_one_note_and_the_next_minute_one_more(world: World) -> None:
    written: list[datetime] = []
    for seconds in (0, 0, 3, 4, 4):
        world.clock.advance(seconds=seconds)
        world.at(world.west, HANNE)
        with world.services.database.read() as session:
            [row] = session.query(AdmittedRow)
            written.append(row.at)
    start = written[0]
    assert [(at - start).total_seconds() for at in written] == [0, 0, 0, 0, 11]


def test_of_platforms_that_nobody_knows_the_newest_fifty_are_kept(world: World) -> None:
    for number in range(launch_notes.MOST_STRANGERS + 5):
        world.clock.advance(seconds=1)
        world.browser().login(world.west, iss=f"https://lms-{number}.example")
    with world.services.database.read() as session:
        kept = {row.issuer for row in session.query(StrangerRow)}
    assert kept == {f"https://lms-{number}.example" for number in range(5, launch_notes.MOST_STRANGERS + 5)}


def test_a_note_that_cannot_be_written_changes_nothing_for_the_person(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with world.services.database.write() as session:
        session.execute(__import__("sqlalchemy").text("DROP TABLE refused_launches"))
    refused = world.browser().launch(world.west, HANNE, aud="een-ander")
    assert "<code>audience-mismatch</code>" in refused.text
    assert "could not be noted" in caplog.text
