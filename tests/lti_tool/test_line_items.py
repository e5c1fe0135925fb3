"""A score finds its column when the launch names none: in the course's list, or in a new column."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.outgoing import Outgoing
from lti_tool.tables import OutboxRow
from tests.lti_tool.world import AGS, ELS, HANNE, SCORE_SCOPE, YUSUF, Browser, Person, World

WRITE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
OURS = {"resourceLinkId": "link-eigen-praktijk", "resourceId": "samen-kijken/eigen-praktijk", "tag": "score"}


@pytest.fixture
def sender(world: World) -> Sender:
    outgoing = Outgoing(allow_private=True, total=5.0)
    gradebooks = Gradebooks(outgoing, AccessTokens(outgoing, world.services.keys))
    return Sender(world.services, gradebooks, chance=lambda: 1.0)


def at(world: World, person: Person = HANNE, *scopes: str, **grades: Any) -> Browser:
    """Launch on a link for which the platform names no line item."""
    claim = {"scope": [SCORE_SCOPE, *(scopes or (WRITE,))], "lineitems": world.west.line_items, **grades}
    return world.at(world.west, person, **{AGS: claim})


def scored(world: World) -> list[str]:
    return [address for address, _ in world.west.column_scores]


def sync(world: World) -> Any:
    return world.at(world.west, ELS).ok("queue")["items"][0]["sync"]


def test_of_two_columns_on_one_link_ours_is_found(world: World, sender: Sender) -> None:
    world.west.add_column(resourceLinkId="link-eigen-praktijk")
    world.west.add_column(**{**OURS, "resourceLinkId": "link-van-een-ander"})
    world.west.add_column(**{**OURS, "tag": "aanwezig"})
    ours = world.west.add_column(**OURS)
    at(world, HANNE, READ).submit()
    sender.drain()
    assert scored(world) == [ours]
    assert sync(world)["state"] == "sent"


def test_without_our_tag_the_resource_decides(world: World, sender: Sender) -> None:
    world.west.add_column(resourceLinkId="link-eigen-praktijk", resourceId="iets-anders", tag="score")
    ours = world.west.add_column(**{**OURS, "tag": ""})
    at(world).submit()
    sender.drain()
    assert scored(world) == [ours]


def test_the_one_column_of_a_link_that_was_placed_by_hand_is_its_column(world: World, sender: Sender) -> None:
    ours = world.west.add_column(resourceLinkId="link-eigen-praktijk")
    at(world).submit()
    sender.drain()
    assert scored(world) == [ours]
    assert len(world.west.columns) == 1


def test_a_missing_column_is_made_once_for_all_learners(world: World, sender: Sender) -> None:
    world.west.add_column(resourceLinkId="link-toets")
    at(world, HANNE).submit()
    at(world, YUSUF).submit()
    sender.drain()
    made = world.west.columns[1:]
    assert [{name: value for name, value in each.items() if name != "id"} for each in made] == [
        {
            "label": "Een moment uit je eigen praktijk",
            "scoreMaximum": 10.0,
            "submissionReview": {"reviewableStatus": ["Submitted", "Completed"], "label": "Lees het werk"},
            **OURS,
        }
    ]
    assert scored(world) == [made[0]["id"]] * 2
    [asked] = [each for each in world.west.listener.to("/west/lineitems") if each.method == "POST"]
    assert asked.path == "/west/lineitems?type_id=1"


def test_a_found_column_is_not_looked_for_again(world: World, sender: Sender) -> None:
    world.west.add_column(**OURS)
    at(world).submit()
    sender.drain()
    asked = len(world.west.listener.to("/west/lineitems"))
    world.clock.advance(minutes=1)
    at(world).submit()
    sender.drain()
    assert len(world.west.listener.to("/west/lineitems")) == asked
    assert len(scored(world)) == 2


def test_a_column_that_was_thrown_away_is_looked_for_anew(world: World, sender: Sender) -> None:
    world.west.add_column(**OURS)
    at(world).submit()
    sender.drain()
    world.west.columns.clear()
    world.west.columns.append({"id": f"{world.west.issuer}/elders", "resourceLinkId": "link-toets"})
    world.clock.advance(minutes=1)
    at(world).submit()
    sender.drain()
    assert len(scored(world)) == 2
    assert sync(world)["state"] == "sent"


def test_access_to_columns_is_asked_apart_and_with_what_was_given(world: World, sender: Sender) -> None:
    world.west.add_column(**OURS)
    at(world, HANNE, READ).submit()
    sender.drain()
    scopes = [parse_qs(asked.body.decode())["scope"][0] for asked in world.west.listener.to("/west/token")]
    assert scopes == [READ, SCORE_SCOPE]
    query = parse_qs(urlsplit(world.west.listener.to("/west/lineitems")[0].path).query)
    assert query["resource_link_id"] == ["link-eigen-praktijk"]
    assert query["type_id"] == ["1"]


def test_without_leave_to_make_a_column_the_teacher_reads_what_to_do(world: World, sender: Sender) -> None:
    at(world, HANNE, READ).submit()
    sender.drain()
    assert sync(world)["state"] == "failed"
    assert "Maak er een in je leeromgeving" in sync(world)["detail"]
    assert world.west.columns == []


def test_without_leave_to_read_columns_nothing_is_sent(world: World, sender: Sender) -> None:
    at(world, HANNE, SCORE_SCOPE).submit()
    sender.drain()
    assert sync(world)["state"] == "none"
    assert world.west.listener.to("/west/token") == []


def test_the_line_item_of_the_launch_goes_before_any_list(world: World, sender: Sender) -> None:
    world.west.add_column(**OURS)
    at(world, lineitem=world.west.line_item).submit()
    sender.drain()
    assert len(world.west.scores) == 1
    assert world.west.listener.to("/west/lineitems") == []


@pytest.mark.parametrize(("status", "state"), [(503, "waiting"), (429, "waiting"), (401, "waiting"), (403, "failed")])
def test_a_list_that_cannot_be_had_is_asked_again_or_told(
    world: World, sender: Sender, status: int, state: str
) -> None:
    good = world.west.listener.answers["/west/lineitems"]
    world.west.listener.json("/west/lineitems", {}, status=status)
    at(world).submit()
    sender.drain()
    assert sync(world)["state"] == state
    assert str(status) in sync(world)["detail"]
    world.west.listener.answers["/west/lineitems"] = good
    world.clock.advance(seconds=10)
    sender.drain()
    assert len(scored(world)) == (state == "waiting")


@pytest.mark.parametrize("said", [b"{}", b'[1, {"id": 7}, {"resourceLinkId": "link-eigen-praktijk"}]', b"geen json"])
def test_a_list_that_makes_no_sense_leads_nowhere_wrong(world: World, sender: Sender, said: bytes) -> None:
    good = world.west.listener.answers["/west/lineitems"]
    world.west.listener.answers["/west/lineitems"] = lambda asked: (
        good(asked) if asked.method == "POST" else (200, "application/json", said)
    )
    at(world).submit()
    sender.drain()
    # What is no list tells nothing of columns, so none is made; of a list with nonsense in it, the rest counts.
    assert scored(world) == ([world.west.columns[0]["id"]] if said.startswith(b"[") else [])
    assert sync(world)["state"] == ("sent" if said.startswith(b"[") else "waiting")


def test_our_access_never_goes_to_another_server(world: World, sender: Sender) -> None:
    # The same machine under another name is another server.
    other = world.west.listener.url.replace("127.0.0.1", "localhost")
    first = [{"id": f"{other}/kolom/1", **OURS}]
    link = {"Link": f'<{other}/gestolen>; rel="next"'}
    made = json.dumps({"id": f"{other}/kolom/2"}).encode()
    world.west.listener.answers["/west/lineitems"] = lambda asked: (
        (201, "application/json", made)
        if asked.method == "POST"
        else (200, "application/json", json.dumps(first).encode(), link)
    )
    at(world).submit()
    sender.drain()
    assert world.west.listener.to("/gestolen") == []
    assert world.west.listener.to("/kolom/1/scores") == world.west.listener.to("/kolom/2/scores") == []
    assert sync(world)["state"] == "failed"


def test_a_list_without_end_is_left_after_a_while(world: World, sender: Sender) -> None:
    world.west.listener.answers["/west/lineitems"] = lambda asked: (
        200,
        "application/json",
        b"[]",
        {"Link": '</west/lineitems?type_id=1>; rel="next"'},
    )
    at(world, HANNE, READ).submit()
    sender.drain()
    assert len(world.west.listener.to("/west/lineitems")) == 20
    assert sync(world)["state"] == "failed"


def test_a_module_as_one_activity_gets_no_column(world: World, sender: Sender) -> None:
    claim = {"scope": [SCORE_SCOPE, WRITE], "lineitems": world.west.line_items}
    browser = world.at(world.west, HANNE, "", **{AGS: claim})
    browser.turn("play", "eigen-praktijk")
    browser.submit()
    sender.drain()
    assert world.west.columns == []
    with world.services.database.read() as session:
        assert session.query(OutboxRow).filter_by(kind="ags-score").count() == 0
