"""Keys change without a launch or a score failing, and can be unreadable to who only has the disk."""

import json
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lti_tool.ags import Gradebooks
from lti_tool.keys import KEPT, KeyFolder
from lti_tool.outbox import Sender
from tests.lti_tool.world import ELS, HANNE, YUSUF, FakeClock, Person, World
from veranderkracht.cli import main
from veranderkracht.errors import Conflict, NotFound

SECRET = "een-geheim-van-meer-dan-32-tekens-lang"
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VK_LTI_DATA", str(tmp_path))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def kids(keys: KeyFolder) -> list[str]:
    return [key["kid"] for key in keys.public_set()["keys"]]


def test_a_new_key_is_published_first_signs_later_and_the_old_one_stays_a_while(folder: Path, clock: FakeClock) -> None:
    running = KeyFolder(folder, "i", clock=clock)  # a server that is never restarted
    old = running.signing_key().kid
    new = KeyFolder(folder, "i", clock=clock).rotate(DAY).kid
    assert (kids(running), running.signing_key().kid) == ([old, new], old)
    clock.advance(hours=23, minutes=59)
    assert running.signing_key().kid == old
    clock.advance(minutes=1)
    assert (kids(running), running.signing_key().kid) == ([old, new], new)
    clock.at += KEPT - timedelta(seconds=1)
    assert kids(running) == [old, new]
    clock.advance(seconds=1)
    assert (kids(running), running.signing_key().kid) == ([new], new)


def test_no_key_signs_that_was_not_published_a_while(folder: Path, clock: FakeClock) -> None:
    keys = KeyFolder(folder, "i", clock=clock)
    known: dict[str, datetime] = {}
    first = keys.signing_key().kid
    for hour in range(24 * 9):
        if hour % 72 == 5:
            keys.rotate(DAY)
        for kid in kids(keys):
            known.setdefault(kid, clock.at)
        signs = keys.signing_key().kid
        assert signs in kids(keys)
        assert signs == first or clock.at - known[signs] >= DAY
        clock.advance(hours=1)
    assert len(known) == 4


def test_a_second_rotation_waits_for_the_first(folder: Path, clock: FakeClock) -> None:
    keys = KeyFolder(folder, "i", clock=clock)
    keys.rotate(DAY)
    with pytest.raises(Conflict) as refused:
        keys.rotate(DAY)
    assert refused.value.code == "rotation-under-way"
    assert len(kids(keys)) == 2


def test_a_withdrawn_key_leaves_the_disk_at_the_next_rotation(folder: Path, clock: FakeClock) -> None:
    keys = KeyFolder(folder, "i", clock=clock)
    keys.rotate(DAY)
    clock.advance(days=3)
    keys.rotate(DAY)
    assert sorted(path.name for path in folder.glob("tool-*.pem")) == ["tool-0002.pem", "tool-0003.pem"]


def test_a_leaked_key_is_gone_at_once_and_so_is_one_that_waited(folder: Path, clock: FakeClock) -> None:
    running = KeyFolder(folder, "i", clock=clock)
    old, waiting = running.signing_key().kid, running.rotate(DAY).kid
    new = KeyFolder(folder, "i", clock=clock).rotate(timedelta()).kid
    assert (kids(running), running.signing_key().kid) == ([new], new)
    assert new not in (old, waiting)
    assert [path.name for path in folder.glob("tool-*.pem")] == ["tool-0003.pem"]


def test_scores_go_on_through_a_rotation_signed_by_a_published_key(world: World) -> None:
    keys = world.services.keys
    sender = Sender(world.services, Gradebooks(world.services.outgoing, world.services.access))

    def grade(person: Person) -> str:
        learner = world.at(world.west, person)
        world.at(world.west, ELS).grade(learner.submit())
        world.clock.advance(hours=2)  # the access token is over: a new assertion is made
        sender.drain()
        [*_, asked] = world.west.listener.to("/west/token")
        assertion = dict(part.split("=", 1) for part in asked.body.decode().split("&"))["client_assertion"]
        kid = str(jwt.get_unverified_header(assertion)["kid"])
        jwk = next(key for key in world.app.test_client().get("/lti/jwks").json["keys"] if key["kid"] == kid)
        options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
        jwt.decode(assertion, jwt.PyJWK(jwk).key, algorithms=["RS256"], options=options)
        return kid

    first = grade(HANNE)
    keys.rotate(DAY)
    assert first == keys.signing_key().kid
    world.clock.advance(days=1)
    assert grade(YUSUF) != first
    assert len(world.west.scores) >= 2


def test_encrypted_files_show_no_key_and_serve_as_before(folder: Path, clock: FakeClock) -> None:
    plain = KeyFolder(folder, "i", clock=clock)
    before = (plain.signing_key().kid, plain.session_secret(), plain.make_host_key("west").kid)
    plain.rotate(DAY)
    locked = KeyFolder(folder, "i", files_secret=SECRET, clock=clock)
    assert (locked.signing_key().kid, locked.session_secret(), locked.host_key("west").kid) == before
    assert "tool-0001.pem" in locked.encrypt()
    locked.make_host_key("zuid")
    for file in folder.iterdir():
        assert file.read_text().startswith("vk1:"), file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        with pytest.raises(ValueError):
            load_pem_private_key(file.read_bytes(), None)
    assert (locked.signing_key().kid, locked.session_secret(), locked.host_key("west").kid) == before
    again = KeyFolder(folder, "i", files_secret=SECRET, clock=clock)
    assert (again.signing_key().kid, again.session_secret(), again.host_key("west").kid) == before
    assert again.encrypt() == []


@pytest.mark.parametrize("secret", ["", SECRET[::-1]])
def test_without_the_right_secret_nothing_is_read_or_made_anew(folder: Path, secret: str) -> None:
    KeyFolder(folder, "i", files_secret=SECRET).signing_key()
    stranger = KeyFolder(folder, "i", files_secret=secret)
    for attempt in (stranger.signing_key, stranger.public_set, stranger.encrypt):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "keys-locked"
        assert "VK_LTI_KEYS_SECRET" in refused.value.detail
    assert [path.name for path in folder.glob("tool-*.pem")] == ["tool-0001.pem"]


def test_the_key_towards_the_assistant_changes_only_when_the_assistant_knows_it(folder: Path) -> None:
    running = KeyFolder(folder, "i")
    old = running.make_host_key("west")
    offered = KeyFolder(folder, "i").next_host_key("west")
    assert running.host_key("west") == old
    assert KeyFolder(folder, "i").next_host_key("west") == offered
    KeyFolder(folder, "i").use_next_host_key("west")
    assert running.host_key("west") == offered
    assert offered.kid != old.kid
    # Who is who must not change with it.
    assert offered.learner("https://lms", "5") == old.learner("https://lms", "5")
    with pytest.raises(NotFound):
        running.use_next_host_key("west")


@pytest.mark.usefixtures("environment")
def test_the_commands_say_what_happens_and_show_no_private_key(tmp_path: Path) -> None:
    assert "tekent" in run("keys", "list").output
    rotated = run("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert "tekent vanaf" in rotated.output
    assert "staat klaar" in run("keys", "list").output
    again = run("keys", "rotate")
    assert again.exit_code == 1 and "staat al een nieuwe sleutel klaar" in again.output
    assert "oudere sleutels zijn weg" in run("keys", "rotate", "--compromised").output
    assert len(run("keys", "list").output.splitlines()) == 1
    assert run("keys", "rotate", "--activate").exit_code == 2
    run("lti", "host-key", "--tenant", "west")
    offer = run("keys", "rotate", "--tenant", "west").output
    assert "veranderkracht host add --tenant west --kid lti-west-" in offer
    assert "BEGIN PUBLIC KEY" in offer and "PRIVATE" not in offer
    used = run("keys", "rotate", "--tenant", "west", "--activate").output
    now = json.loads(run("lti", "host-key", "--tenant", "west", "--json").output)["kid"]
    assert now in offer and now in used
    assert run("keys", "rotate", "--tenant", "west", "--activate").exit_code == 1
    assert run("keys", "rotate", "--tenant", "nergens").exit_code == 1


@pytest.mark.usefixtures("environment")
def test_encrypting_is_a_command_and_needs_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("keys", "list")
    refused = run("keys", "encrypt")
    assert refused.exit_code == 1 and "VK_LTI_KEYS_SECRET" in refused.output
    monkeypatch.setenv("VK_LTI_KEYS_SECRET", SECRET)
    assert "tool-0001.pem" in run("keys", "encrypt").output
    assert "al versleuteld" in run("keys", "encrypt").output
    assert (tmp_path / "keys" / "tool-0001.pem").read_text().startswith("vk1:")
