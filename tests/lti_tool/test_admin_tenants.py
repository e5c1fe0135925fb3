"""An administrator of one institution never sees or changes what is another's."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool import platforms_seen, registrations
from lti_tool.tables import RegistrationRow
from tests.cast import WEST, ZUID
from tests.lti_tool.administering import Beheer, acts, deployments_of, id_of, moodle, words
from tests.lti_tool.world import HANNE, LEEN, World

SCHOOLS = ("noord", "oost")
# Which institution each deployment of each platform is of.
WORLDS = st.lists(st.lists(st.sampled_from(SCHOOLS), max_size=3), min_size=1, max_size=4)


def state(world: World) -> list[tuple[object, ...]]:
    with world.services.database.read() as session:
        rows = session.query(RegistrationRow).order_by(RegistrationRow.id).all()
        return [(row.id, row.issuer, row.client_id, row.jwks_url, row.auth_url, row.token_url) for row in rows]


@pytest.fixture
def numbers() -> Iterator[int]:
    return iter(range(10**6))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(platforms=WORLDS, mine=st.sampled_from(SCHOOLS))
def test_of_any_platforms_one_sees_those_of_ones_own_and_of_them_ones_own(
    world: World, numbers: Iterator[int], platforms: list[list[str]], mine: str
) -> None:
    made: dict[int, list[tuple[str, str]]] = {}
    with world.services.database.write() as session:
        for tenants in platforms:
            number = next(numbers)
            registration = replace(world.west.registration, client_id=f"klant-{number}-slot")
            deployments = [(f"geheim-{number}-{place}-slot", tenant) for place, tenant in enumerate(tenants)]
            registrations.register(session, mine, registration, [], world.clock())
            for name, tenant in deployments:
                registrations.register(session, tenant, registration, [name], world.clock())
            found = registrations.find(session, registration.issuer, registration.client_id)
            assert found
            made[found[0]] = deployments
    beheer = Beheer(world, mine).signed_in()
    overview = beheer.get().text
    for platform, deployments in made.items():
        visible = any(tenant == mine for _, tenant in deployments)
        with world.services.database.read() as session:
            assert (platform in {seen.id for seen in platforms_seen.all_of(session, mine)}) == visible
        assert (f'"/lti/admin/platforms/{platform}"' in overview) == visible
        beheer.move()
        page = beheer.get(f"/platforms/{platform}")
        assert page.status_code == (200 if visible else 404)
        assert beheer.get(f"/platforms/{platform}/test").status_code == (200 if visible else 404)
        for name, tenant in deployments:
            assert (name in page.text) == (visible and tenant == mine), name
        shared = {tenant for _, tenant in deployments} != {mine}
        edit = beheer.get(f"/platforms/{platform}/edit").status_code
        assert edit == (404 if not visible else 403 if shared else 200)


def test_every_act_on_what_is_anothers_is_not_found_and_changes_nothing(world: World) -> None:
    zuid = Beheer(world, ZUID).signed_in()
    platform, row = id_of(world, world.west), deployments_of(world, world.west)["1"]
    before, written = state(world), acts(world)
    paths = [
        *(f"/platforms/{platform}/{each}" for each in ("test", "edit", "deployments")),
        *(f"/platforms/{platform}/deployments/{row.id}/{act}" for act in ("on", "off", "remove")),
        # By way of one's own platform.
        *(f"/platforms/{id_of(world, world.zuid)}/deployments/{row.id}/{act}" for act in ("on", "off", "remove")),
    ]
    for path in paths:
        found = zuid.post(path, deployments="55", **vars(world.zuid.registration))
        assert found.status_code in (404, 422), path
        assert world.west.issuer not in found.text.partition("<main")[2]
    assert state(world) == before
    assert acts(world) == written
    assert deployments_of(world, world.west)["1"].switched_off_at is None


def test_of_a_shared_platform_one_switches_ones_own_and_changes_nothing_else(world: World) -> None:
    with world.services.database.write() as session:
        registrations.register(session, ZUID, world.west.registration, ["zuid-1"], world.clock())
    platform, rows = id_of(world, world.west), deployments_of(world, world.west)
    world.browser().launch(world.west, HANNE, aud="een-ander")
    world.at(world.west, HANNE)
    zuid = Beheer(world, ZUID).signed_in()
    page = zuid.get(f"/platforms/{platform}")
    assert "Meer instellingen gebruiken deze leeromgeving" in words(page)
    assert "nog geen start" in words(page), "the other's launches are the other's"
    before = state(world)
    assert zuid.get(f"/platforms/{platform}/edit").status_code == 403
    assert zuid.post(f"/platforms/{platform}/edit", **vars(world.zuid.registration)).status_code in (403, 422)
    assert zuid.post(f"/platforms/{platform}/deployments", deployments="gekaapt").status_code == 403
    assert zuid.post(f"/platforms/{platform}/deployments/{rows['zuid-1'].id}/remove").status_code == 403
    assert zuid.post(f"/platforms/{platform}/deployments/{rows['1'].id}/off").status_code == 404
    assert zuid.post(f"/platforms/{platform}/deployments/{rows['zuid-1'].id}/off").status_code == 303
    assert state(world) == before
    now = deployments_of(world, world.west)
    assert (now["1"].switched_off_at, now["zuid-1"].switched_off_at) == (None, world.clock())


def test_who_is_for_one_institution_adds_for_that_one_only(world: World) -> None:
    zuid = Beheer(world, ZUID).signed_in()
    zuid.follow(zuid.post("/platforms/new/moodle", **moodle(world, tenant=WEST)))
    with world.services.database.read() as session:
        found = registrations.find(session, f"{world.west.listener.url}/moodle", "abc123")
        assert found
        assert platforms_seen.find(session, found[0], "").tenants == (ZUID,)
    made = zuid.post("/invites", tenant=WEST)
    assert f"uitnodiging voor {ZUID}" in words(made)


def test_the_invitations_of_others_are_neither_seen_nor_withdrawn(world: World) -> None:
    west, zuid = Beheer(world, WEST).signed_in(), Beheer(world, ZUID).signed_in()
    west.post("/invites")
    [path] = re.findall(r'action="/lti/admin(/invites/\d+/withdraw)"', west.get("/invites").text)
    assert "withdraw" not in zuid.get("/invites").text
    assert zuid.post(path).status_code == 404
    assert west.post(path).status_code == 303


def test_the_log_and_the_strangers_of_others_stay_theirs(world: World) -> None:
    west, zuid = Beheer(world, WEST, name="Wout").signed_in(), Beheer(world, ZUID, name="Zoë").signed_in()
    west.post("/invites")
    assert "Wout" not in words(zuid.get("/log", tenant=WEST))
    assert "Zoë" in words(zuid.get("/log"))
    assert WEST not in words(zuid.get("/log"))
    world.browser().login(world.west, client_id="tikfout")
    world.browser().login(world.west, iss="https://nieuw.example")
    said = {each.tenant: words(each.get()) for each in (west, zuid, Beheer(world).signed_in())}
    assert {tenant for tenant, text in said.items() if "https://nieuw.example" in text} == {""}
    world.at(world.zuid, LEEN)
    assert world.zuid.issuer not in said[WEST]
