"""The index over time: what changed is seen, builds are whole or not there, and readers never wait."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant_service.knowledge import building, corpus
from assistant_service.knowledge.documents import collect
from assistant_service.knowledge.search import Knowledge
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.conftest import Indexing
from tests.assistant_service.hosts import NOW
from tests.cast import WEST, ZUID
from veranderkracht.errors import Conflict

FOREIGN = "Over {0}\n\nDeze tekst gaat over {0} en over wat {0} betekent voor wie in de zorg werkt."
TOPICS = ("naasten", "vrijwilligers", "roosters", "maaltijden", "buren")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one text per topic."""
    found = tmp_path / "teksten"
    found.mkdir()
    for topic in TOPICS:
        (found / f"{topic}.txt").write_text(FOREIGN.format(topic), encoding="utf-8")
    return found


def titles(services: Services, query: str, tenant: str = WEST) -> list[str]:
    return [passage.title for passage in services.knowledge.search(tenant, query, 5)]  # type: ignore[arg-type]


def changes(services: Services, folder: Path) -> corpus.Changes:
    with services.database.write() as session:
        tenant = find_tenant(session, WEST)
        return corpus.keep_equal(session, tenant.id, folder.resolve(), collect(folder), NOW)


def builds(services: Services) -> list[str]:
    return sorted(build.name for build in (services.settings.data / "index" / WEST / "builds").iterdir())


def test_added_changed_and_removed_files_are_seen(services: Services, folder: Path) -> None:
    assert changes(services, folder) == corpus.Changes(added=5)
    assert changes(services, folder) == corpus.Changes(same=5)
    (folder / "naasten.txt").write_text(FOREIGN.format("mantelzorgers"), encoding="utf-8")
    (folder / "roosters.txt").unlink()
    (folder / "nieuw.txt").write_text(FOREIGN.format("dementie"), encoding="utf-8")
    assert changes(services, folder) == corpus.Changes(added=1, changed=1, removed=1, same=3)


def test_a_text_that_cannot_be_read_for_now_stays_as_it_was(services: Services, folder: Path) -> None:
    article = folder / "artikel.md"
    article.write_text("---\ntitle: Artikel\n---\nTekst.", encoding="utf-8")
    changes(services, folder)
    article.write_text("---\ntitle: [\n---\nTekst.", encoding="utf-8")
    assert changes(services, folder) == corpus.Changes(same=5)
    with services.database.read() as session:
        assert "Artikel" in [one.title for one in corpus.texts(session, find_tenant(session, WEST).id)]


def test_an_index_is_built_again_only_when_something_changed(services: Services, index: Indexing, folder: Path) -> None:
    first = index(WEST, folder)
    assert index(WEST, folder) == first
    (folder / "naasten.txt").write_text(FOREIGN.format("mantelzorgers"), encoding="utf-8")
    assert index(WEST, folder).fingerprint != first.fingerprint
    assert len(builds(services)) == 1


def test_a_text_that_stands_in_two_folders_is_found_once(services: Services, index: Indexing, folder: Path) -> None:
    assert index(WEST, folder, folder / "naasten.txt").passages == 5
    assert index(WEST, folder).passages == 5


def test_a_reader_sees_the_new_index_at_its_next_search(services: Services, index: Indexing, folder: Path) -> None:
    index(WEST, folder)
    assert titles(services, "naasten")[0] == "Over naasten"
    (folder / "naasten.txt").unlink()
    (folder / "dementie.txt").write_text(FOREIGN.format("dementie"), encoding="utf-8")
    index(WEST, folder)
    assert titles(services, "dementie")[0] == "Over dementie"
    assert "Over naasten" not in titles(services, "naasten")


def test_an_index_without_texts_finds_nothing(services: Services, index: Indexing, folder: Path) -> None:
    index(WEST, folder)
    for file in folder.iterdir():
        file.unlink()
    assert index(WEST, folder).passages == 0
    assert titles(services, "naasten") == []
    assert titles(services, "naasten", ZUID) == []


def test_a_build_that_a_reader_holds_is_removed_later(services: Services, index: Indexing, folder: Path) -> None:
    index(WEST, folder)
    assert titles(services, "naasten")
    (folder / "naasten.txt").write_text("Iets heel anders over tuinen.", encoding="utf-8")
    index(WEST, folder)
    assert len(builds(services)) == 2  # the reader still has the first one open
    assert titles(services, "tuinen")
    (folder / "naasten.txt").write_text("Nog iets anders over boten.", encoding="utf-8")
    index(WEST, folder)
    assert len(builds(services)) == 2  # the first is gone, the second is held now
    services.knowledge.close()
    (folder / "naasten.txt").unlink()
    index(WEST, folder)
    assert len(builds(services)) == 1


def test_readers_find_everything_while_an_index_is_built(services: Services, index: Indexing, folder: Path) -> None:
    index(WEST, folder)
    faults: list[object] = []
    searches = 0
    done = threading.Event()

    def read(topic: str) -> None:
        nonlocal searches
        while not done.is_set():
            try:
                if titles(services, topic)[0] != f"Over {topic}":
                    faults.append(titles(services, topic))
            except Exception as fault:
                faults.append(fault)
                return
            searches += 1

    readers = [threading.Thread(target=read, args=(topic,)) for topic in TOPICS[:4]]
    for reader in readers:
        reader.start()
    for number in range(6):
        (folder / "buren.txt").write_text(FOREIGN.format(f"buren{number}"), encoding="utf-8")
        index(WEST, folder)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert searches > 20


def test_two_writers_do_not_write_at_once(services: Services, index: Indexing, folder: Path) -> None:
    with building.versions_of(services.settings, WEST).writing(), pytest.raises(Conflict) as refused:
        index(WEST, folder)
    assert refused.value.code == "index-busy"
    assert index(ZUID, folder).passages == 5  # another tenant's index is no concern of theirs


_CUT_OFF = """
import os, signal, sys
from assistant_service.knowledge import building
from assistant_service.knowledge.index_chroma import ChromaIndex

def cut_off(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv.pop(1)
if moment == "while filling":
    whole = ChromaIndex.fill
    ChromaIndex.fill = lambda self, *told: (whole(self, *told), cut_off())
else:
    building.Versions.publish = cut_off
from veranderkracht.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("moment", ["while filling", "before publishing"])
def test_an_index_that_is_cut_off_leaves_the_old_one(
    services: Services, index: Indexing, folder: Path, moment: str
) -> None:
    index(WEST, folder)
    (folder / "naasten.txt").unlink()
    (folder / "dementie.txt").write_text(FOREIGN.format("dementie"), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _CUT_OFF, moment, "index", "--tenant", WEST, str(folder)],
        env={**os.environ, "VK_DATA": str(services.settings.data)},
        capture_output=True,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    assert titles(services, "naasten")[0] == "Over naasten"
    assert services.knowledge.state().behind == 1
    index(WEST, folder)  # the documents were kept; the next run ends the work
    assert titles(services, "dementie")[0] == "Over dementie"
    services.knowledge.close()
    (folder / "dementie.txt").unlink()
    index(WEST, folder)
    assert len(builds(services)) == 1


@pytest.mark.parametrize("fresh", [False, True])
def test_a_child_of_a_process_with_chroma_open_is_told_so_and_does_not_hang(
    services: Services, index: Indexing, folder: Path, fresh: bool
) -> None:
    index(WEST, folder)
    assert titles(services, "naasten")
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a child that hangs ends, and the test fails
        signal.alarm(20)
        knowledge = Knowledge(services.settings, services.database) if fresh else services.knowledge
        try:
            knowledge.search(WEST, "naasten", 1)
        except RuntimeError as fault:
            os._exit(0 if "open it in each worker" in str(fault) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_no_more_indexes_stay_open_than_a_process_can_hold(
    services: Services, index: Indexing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant_service.knowledge.search._OPEN_TENANTS", 1)
    index(WEST, folder)
    index(ZUID, folder)
    knowledge = Knowledge(services.settings, services.database)
    for _ in range(2):
        assert knowledge.search(WEST, "naasten", 1)
        assert knowledge.search(ZUID, "naasten", 1)
    knowledge.close()
