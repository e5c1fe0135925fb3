"""The audit log as a page: everything, the newest in front, a page at a time."""

import re
from datetime import timedelta

import pytest

from lti_tool import audit
from lti_tool.admin_log import PAGE
from lti_tool.admin_words import ACTS
from tests.cast import WEST, ZUID
from tests.lti_tool.administering import NAME, Beheer, words
from tests.lti_tool.world import START, World
from veranderkracht.moments import exact, near


def shown(beheer: Beheer, **query: str) -> list[str]:
    return re.findall(r"uitnodiging \d+", words(beheer.get("/log", **query)))


def write(world: World, number: int, tenant: str = WEST) -> None:
    with world.services.database.write() as session:
        about = f"uitnodiging {number}"
        audit.note(session, "invite-made", by="Piet", tenant=tenant, about=about, at=world.clock())


def test_the_newest_act_stands_in_front_and_pages_hold_each_once(world: World) -> None:
    els = Beheer(world).signed_in()
    for number in range(PAGE + 7):
        world.clock.advance(seconds=1)
        write(world, number)
    found = shown(els) + shown(els, page="2")
    assert found == [f"uitnodiging {number}" for number in reversed(range(PAGE + 7))]
    assert "Pagina 1 van 2" in words(els.get("/log"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99", "9" * 30, "٣"])
def test_a_page_that_is_not_there_is_the_nearest_that_is(world: World, page: str) -> None:
    els = Beheer(world).signed_in()
    write(world, 1)
    assert shown(els, page=page) == ["uitnodiging 1"]


def test_it_can_be_read_for_one_institution(world: World) -> None:
    els = Beheer(world).signed_in()
    write(world, 1, WEST)
    write(world, 2, ZUID)
    assert shown(els, tenant=ZUID) == ["uitnodiging 2"]
    assert set(shown(els)) == {"uitnodiging 1", "uitnodiging 2"}


def test_what_administrators_do_and_that_they_came_is_written_in_words(world: World) -> None:
    els = Beheer(world).signed_in()
    els.post("/invites", tenant=WEST)
    said = words(els.get("/log"))
    for act in ("invite-made", "admin-signed-in"):
        assert f"{NAME} {ACTS[act]} vandaag om 10:00" in said
    assert f"opdrachtregel {ACTS['admin-link-made']}" in said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), "vandaag om 10:00"),
        (timedelta(hours=10), "vandaag om 00:00"),
        (timedelta(hours=10, minutes=1), "gisteren om 23:59"),
        (timedelta(days=6), "dinsdag om 10:00"),
        (timedelta(days=7), "op 23 februari om 10:00"),
        (timedelta(days=100), "op 22 november 2025 om 10:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(ago: timedelta, said: str) -> None:
    assert near(START - ago, START) == said
    assert exact(START) == "maandag 2 maart 2026, 10:00:00"
