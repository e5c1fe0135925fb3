"""What befalls an index: a process killed, a full disk, files gone or damaged, a server down. People get an answer."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from assistant_service.configuration import AssistantSettings, read
from assistant_service.knowledge import corpus, jobs
from assistant_service.knowledge.building import manifest_of, versions_of
from assistant_service.knowledge.documents import collect
from assistant_service.knowledge.indexer import Indexer, begin
from assistant_service.knowledge.indexing import work_off
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.conftest import Indexing, index_into
from tests.assistant_service.hosts import NOW, Host
from tests.assistant_service.test_knowledge_api import documents, hand_in, search, state
from tests.assistant_service.test_servers import free_port, running, until_answers
from tests.cast import WEST, ZUID
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Unavailable

PATIENCE = 60  # seconds
TEKST = "# Over {0}\n\nDeze tekst gaat over {0} en over wat {0} betekent voor wie in de zorg werkt.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "teksten"
    found.mkdir()
    for topic in ("naasten", "buren"):
        (found / f"{topic}.md").write_text(TEKST.format(topic), encoding="utf-8")
    return found


@pytest.fixture
def indexer(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Indexer]]:
    """Start what a worker of the running service has beside it; it looks more often than it would."""
    monkeypatch.setattr("assistant_service.knowledge.indexer.LOOK_EVERY", 0.1)
    started: list[Indexer] = []

    def start() -> Indexer:
        started.append(Indexer(services.settings, services.database))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()


def change(services: Services, folder: Path, topic: str = "dementie") -> None:
    """Let a folder's documents change in the database, with a wish for an index and nobody at it."""
    (folder / f"{topic}.md").write_text(TEKST.format(topic), encoding="utf-8")
    with services.database.write() as session:
        corpus.keep_equal(session, find_tenant(session, WEST).id, folder.resolve(), collect(folder), NOW)


def waits(services: Services) -> bool:
    with services.database.read() as session:
        job = jobs.job_of(session, find_tenant(session, WEST).id)
        return job is not None and job.wish > job.answered


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def build_of(services: Services) -> Path:
    versions = versions_of(services.settings, TenantSlug(WEST))
    return versions.build(versions.current() or "")


def test_the_running_service_indexes_by_itself(
    client: FlaskClient, services: Services, west: Host, folder: Path, indexer: Callable[[], Indexer]
) -> None:
    indexer()
    indexer()  # of another worker
    change(services, folder)
    until(lambda: not waits(services))
    assert search(client, west, "dementie").json["passages"][0]["title"] == "Over dementie"
    assert state(client, west)["state"] == "ready"


_STOPPED_HALFWAY = """
import os, pickle, sys, time
from assistant_service.knowledge.index_chroma import ChromaIndex
from assistant_service.knowledge import indexer
whole = ChromaIndex.fill
def fill(self, *told):
    whole(self, *told)
    print("halfway", flush=True)
    time.sleep(600)
ChromaIndex.fill = fill
indexer.main()
"""


def test_a_killed_process_leaves_the_old_index_and_its_work_to_another(
    client: FlaskClient, services: Services, index: Indexing, west: Host, folder: Path, indexer: Callable[[], Indexer]
) -> None:
    import pickle

    index(WEST, folder)
    change(services, folder)
    worker = subprocess.Popen([sys.executable, "-c", _STOPPED_HALFWAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert worker.stdin is not None and worker.stdout is not None
        pickle.dump(services.settings, worker.stdin)
        worker.stdin.flush()
        assert worker.stdout.readline() == b"halfway\n"
        half = next(one for one in build_of(services).parent.iterdir() if one != build_of(services))
        assert state(client, west)["state"] == "indexing"
        assert search(client, west, "naasten").json["passages"][0]["title"] == "Over naasten"
        indexer()  # finds the work taken, and waits
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    assert search(client, west, "naasten").json["passages"][0]["title"] == "Over naasten"
    until(lambda: not waits(services))
    assert search(client, west, "dementie").json["passages"][0]["title"] == "Over dementie"
    assert not half.exists()


def test_the_work_stops_when_the_service_dies(services: Services, folder: Path) -> None:
    import pickle

    change(services, folder)
    worker = subprocess.Popen([sys.executable, "-c", _STOPPED_HALFWAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None and worker.stdout is not None
    pickle.dump(services.settings, worker.stdin)
    worker.stdin.flush()
    assert worker.stdout.readline() == b"halfway\n"
    worker.stdin.close()  # as it goes when whoever holds the other end is killed
    assert worker.wait(PATIENCE) == 1
    worker.stdout.close()
    assert waits(services)


def test_a_process_that_the_system_killed_is_started_again(
    services: Services, folder: Path, indexer: Callable[[], Indexer], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = 0

    def begin_badly(settings: AssistantSettings) -> "subprocess.Popen[bytes]":
        nonlocal started
        started += 1
        killed = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
        return subprocess.Popen(killed) if started == 1 else begin(settings)

    monkeypatch.setattr("assistant_service.knowledge.indexer.begin", begin_badly)
    monkeypatch.setattr("assistant_service.knowledge.indexer.FIRST_PAUSE", 0.1)
    change(services, folder)
    indexer()
    until(lambda: not waits(services))
    assert started == 2


def test_the_command_waits_for_who_is_at_it_already(
    client: FlaskClient, services: Services, west: Host, folder: Path, indexer: Callable[[], Indexer]
) -> None:
    indexer()
    run = subprocess.run(
        [sys.executable, "-c", "from veranderkracht.cli import main; main()", "index", "--tenant", WEST, str(folder)],
        env={**os.environ, "VK_DATA": str(services.settings.data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (run.returncode, "2 passages doorzoekbaar" in run.stdout) == (0, True), run.stderr
    assert not waits(services)
    assert search(client, west, "naasten").status_code == 200


_ON_A_SMALL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
from veranderkracht.cli import main
main()
"""


def test_a_full_disk_is_named_and_the_old_index_answers(
    client: FlaskClient, services: Services, index: Indexing, west: Host, folder: Path
) -> None:
    index(WEST, folder)
    # Some 200 passages: far under the limit as text, far over it as an index.
    for number in range(100):
        (folder / f"{number}.md").write_text(f"# Deel {number}\n\n" + f"Zin {number} over roosters. " * 80)
    run = subprocess.run(
        [sys.executable, "-c", _ON_A_SMALL_DISK, "index", "--tenant", WEST, str(folder)],
        env={**os.environ, "VK_DATA": str(services.settings.data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert run.returncode == 1
    assert "De schijf van de assistent is vol." in run.stderr, run.stderr
    assert search(client, west, "naasten").json["passages"][0]["title"] == "Over naasten"
    found = state(client, west)
    assert (found["state"], found["fault"]["code"]) == ("failed", "disk-full")
    health = client.get("/healthz")
    assert (health.status_code, health.json["status"]) == (200, "degraded")
    assert health.json["index"]["faults"] == {"disk-full": 1}
    assert len(list((services.settings.data / "index" / WEST / "builds").iterdir())) == 1  # half a build takes no room
    assert index_into(services, WEST).passages > 100  # and when there is room again
    assert client.get("/healthz").json["status"] == "ok"
    assert state(client, west)["fault"] is None


def test_a_document_for_which_there_is_no_room_is_refused_and_the_others_stay(
    client: FlaskClient, services: Services, west: Host
) -> None:
    assert hand_in(client, west, "klein.txt", "Een kleine tekst over buren.").status_code == 200
    largest = max(file.stat().st_size for file in services.settings.data.glob("assistant.sqlite3*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, hard))
    try:
        answer = hand_in(client, west, "groot.txt", "Een zin over koken en eten.\n" * 40_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (answer.status_code, answer.json["code"]) == (503, "disk-full")
    assert [one["name"] for one in documents(client, west)] == ["klein.txt"]
    assert hand_in(client, west, "groot.txt", "Een zin over koken en eten.\n" * 40_000).status_code == 200


def gone(build: Path) -> None:
    shutil.rmtree(build)


def all_gone(build: Path) -> None:
    shutil.rmtree(build.parents[1])


def pointer_damaged(build: Path) -> None:
    (build.parents[1] / "current").write_bytes(b"\xff\x00../../elders")


def manifest_damaged(build: Path) -> None:
    (build / "manifest.json").write_text("{", encoding="utf-8")


def words_gone(build: Path) -> None:
    shutil.rmtree(build / "lexical" / "terms")


def words_damaged(build: Path) -> None:
    for file in (build / "lexical").rglob("*.npy"):
        file.write_bytes(file.read_bytes()[:-40] + bytes(40))


def texts_cut(build: Path) -> None:
    file = build / "chroma" / "chroma.sqlite3"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def texts_damaged(build: Path) -> None:
    file = build / "chroma" / "chroma.sqlite3"
    file.write_bytes(b"x" * file.stat().st_size)


def in_use_gone(build: Path) -> None:
    (build / "in-use").unlink()


@pytest.mark.parametrize(
    "damage",
    [
        gone, all_gone, pointer_damaged, manifest_damaged, words_gone, words_damaged, texts_cut, texts_damaged,
        in_use_gone,
    ],
)  # fmt: skip
@pytest.mark.parametrize("was_open", [False, True])
def test_a_damaged_index_is_seen_told_and_made_anew(
    client: FlaskClient,
    services: Services,
    index: Indexing,
    west: Host,
    folder: Path,
    indexer: Callable[[], Indexer],
    damage: Callable[[Path], None],
    was_open: bool,
) -> None:
    index(WEST, folder)
    if was_open:
        assert search(client, west, "naasten").status_code == 200
    damage(build_of(services))
    health = client.get("/healthz").json
    assert health["status"] == "degraded"
    assert list(health["index"]["faults"]) in (["index-damaged"], ["index-missing"])
    answer = search(client, west, "naasten")
    if answer.status_code == 200:  # from what was in memory or undamaged: then it is right
        assert [one["title"] for one in answer.json["passages"]][:1] == ["Over naasten"]
    else:
        assert (answer.status_code, answer.json["code"]) == (503, "index-unavailable")
    indexer()
    until(lambda: client.get("/healthz").json["status"] == "ok")
    assert search(client, west, "naasten").json["passages"][0]["title"] == "Over naasten"


def test_a_search_that_fails_does_not_fail_for_another_institution(
    client: FlaskClient, services: Services, index: Indexing, west: Host, zuid: Host, folder: Path
) -> None:
    index(WEST, folder)
    index(ZUID, folder)
    texts_damaged(build_of(services))
    assert search(client, west, "naasten").status_code == 503
    assert search(client, zuid, "naasten").status_code == 200
    assert waits(services)  # whoever met the damage wished a new index
    index_into(services, WEST)
    gone(build_of(services))
    assert search(client, west, "naasten").status_code == 503
    assert waits(services)


def test_the_process_that_works_ends_well_and_says_nothing(services: Services, folder: Path) -> None:
    change(services, folder)
    worker = begin(services.settings, errors=subprocess.PIPE)
    assert worker.stdin is not None and worker.stderr is not None
    assert (worker.wait(PATIENCE), worker.stderr.read()) == (0, b"")
    worker.stdin.close()
    worker.stderr.close()
    assert not waits(services)


def test_a_chroma_server_that_is_down_is_named_and_comes_back(tmp_path: Path, west: Host, folder: Path) -> None:
    program = Path(sys.executable).with_name("chroma")
    port = free_port()
    settings: AssistantSettings = read({"VK_DATA": str(tmp_path / "data"), "VK_CHROMA_URL": f"http://127.0.0.1:{port}"})

    def up() -> "subprocess.Popen[bytes]":
        import urllib.request

        server = subprocess.Popen(
            [program, "run", "--path", tmp_path / "chroma", "--host", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}/api/v2/heartbeat"
        until_answers(lambda: urllib.request.urlopen(address, timeout=5).close(), server)
        return server

    client, services = running(settings, west)
    server = up()
    try:
        index_into(services, WEST, folder)
        assert search(client, west, "naasten").status_code == 200
        server.kill()
        server.wait(PATIENCE)
        assert (search(client, west, "naasten").status_code, client.get("/healthz").status_code) == (503, 200)
        assert client.get("/healthz").json["index"]["faults"] == {"index-store-unreachable": 1}
        change(services, folder)
        with pytest.raises(Unavailable) as fault:
            index_into(services, WEST)
        assert fault.value.code == "index-store-unreachable"
        assert state(client, west)["fault"]["code"] == "index-store-unreachable"
        server = up()
        index_into(services, WEST)
        assert search(client, west, "dementie").json["passages"][0]["title"] == "Over dementie"
        assert client.get("/healthz").json["status"] == "ok"
    finally:
        server.kill()
        server.wait(PATIENCE)
        services.knowledge.close()
        services.database.close()


def test_a_failure_is_tried_again_later_each_time_and_at_once_after_a_new_wish(services: Services) -> None:
    from datetime import timedelta

    with services.database.write() as session:
        tenant = find_tenant(session, WEST).id
        jobs.wish(session, tenant)
    pauses = []
    for _ in range(12):
        with services.database.write() as session:
            jobs.fail(session, tenant, "index-failed", NOW)
            job = jobs.job_of(session, tenant)
            assert job is not None and job.not_before is not None
            pauses.append(job.not_before - NOW)
            assert jobs.waiting(session, NOW) == []
            assert [row.id for row in jobs.waiting(session, job.not_before)] == [tenant]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=10), timedelta(minutes=10))
    with services.database.write() as session:
        jobs.wish(session, tenant)
        assert [row.id for row in jobs.waiting(session, NOW)] == [tenant]


def test_what_changes_while_an_index_is_made_is_in_the_next_one_at_once(services: Services, folder: Path) -> None:
    change(services, folder)
    later = ["roosters"]

    def during(done: int, total: int) -> None:
        if later:
            change(services, folder, later.pop())

    with services.database.read() as session:
        id = find_tenant(session, WEST).id
    manifest = work_off(services.settings, services.database, services.clock, TenantSlug(WEST), id, during)
    assert manifest.passages == 4
    assert not waits(services)


def test_a_tenant_whose_index_is_whole_keeps_it(services: Services, index: Indexing, folder: Path) -> None:
    index(WEST, folder)
    before = build_of(services)
    with services.database.write() as session:
        jobs.wish(session, find_tenant(session, WEST).id)
    index_into(services, WEST)
    assert build_of(services) == before
    assert manifest_of(versions_of(services.settings, TenantSlug(WEST))) is not None
