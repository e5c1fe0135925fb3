"""The same promises on the larger set-up: PostgreSQL for the database, `chroma run` for the passages."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from assistant_service.app import create_app
from assistant_service.configuration import AssistantSettings, read
from assistant_service.services import Services
from tests.assistant_service import test_events, test_notice
from tests.assistant_service.conftest import index_into, register
from tests.assistant_service.hosts import NOW, Host
from tests.cast import WEST, ZUID
from tests.postgres import running_postgres

PATIENCE = 60  # seconds for a server to answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not installed here")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own; gives its URL."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server of our own; gives its address."""
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        missing("the program chroma")
    folder = tmp_path_factory.mktemp("chroma")
    port = free_port()
    server = subprocess.Popen(
        [program, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        until_answers(lambda: urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=5).close(), server)
        yield url
    finally:
        server.terminate()
        server.wait(PATIENCE)


def until_answers(ask: Callable[[], None], server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (OSError, SQLAlchemyError) as fault:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server did not come up") from fault
            time.sleep(0.1)


def running(settings: AssistantSettings, *hosts: Host) -> tuple[FlaskClient, Services]:
    app = create_app(settings, clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    register(services, *hosts)
    return app.test_client(), services


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path, west: Host, zuid: Host) -> Iterator[tuple[FlaskClient, Services]]:
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    settings = read({"VK_DATA": str(tmp_path / "data"), "VK_ASSISTANT_DATABASE_URL": postgres})
    client, services = running(settings, west, zuid)
    yield client, services
    services.knowledge.close()
    services.database.close()
    engine.dispose()


def test_postgresql_keeps_what_sqlite_keeps(
    on_postgres: tuple[FlaskClient, Services], west: Host, zuid: Host, tmp_path: Path
) -> None:
    client, services = on_postgres
    test_notice.test_who_accepts_is_not_asked_again(client, west)
    test_events.test_what_the_core_builds_is_stored_as_it_came(client, services, west)
    test_events.deliver(client, west, test_events.statement(west))
    (tmp_path / "a.md").write_text("# Naasten\n\nOver naasten.", encoding="utf-8")
    index_into(services, WEST, tmp_path / "a.md")
    assert services.knowledge.search(WEST, "naasten", 1)[0].title == "Naasten"
    assert services.knowledge.search(ZUID, "naasten", 1) == []
    assert client.get("/healthz").json["index"] == {"tenants": 1, "ready": 1, "behind": 0, "faults": {}}


def test_postgresql_stores_a_repeated_event_once(on_postgres: tuple[FlaskClient, Services], west: Host) -> None:
    client, services = on_postgres
    test_events.test_a_repeated_id_counts_as_stored_and_is_stored_once(client, services, west)


def test_postgresql_is_brought_up_to_date_by_many_at_once(postgres: str, tmp_path: Path) -> None:
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    program = "import sys; from assistant_service.database import Database; Database(sys.argv[1]).migrate()"
    runs = [subprocess.Popen([sys.executable, "-c", program, postgres]) for _ in range(3)]
    assert [run.wait(PATIENCE) for run in runs] == [0, 0, 0]


def test_a_chroma_server_gives_what_the_embedded_one_gives(chroma: str, tmp_path: Path, west: Host, zuid: Host) -> None:
    content = Path(__file__).parents[2] / "content" / "kennis"
    found = []
    for name, url in (("embedded", ""), ("server", chroma)):
        _, services = running(read({"VK_DATA": str(tmp_path / name), "VK_CHROMA_URL": url}), west, zuid)
        index_into(services, WEST, content)
        found.append(
            [one.title for one in services.knowledge.search(WEST, "Hoe betrek ik naasten?", 5, "samen-kijken")]
        )
        assert services.knowledge.search(ZUID, "Hoe betrek ik naasten?", 5) == []
        services.knowledge.close()
    assert found[0] == found[1] != []


def test_a_chroma_server_keeps_one_collection_per_tenant(chroma: str, tmp_path: Path, west: Host, zuid: Host) -> None:
    import chromadb

    _, services = running(read({"VK_DATA": str(tmp_path / "data"), "VK_CHROMA_URL": chroma}), west, zuid)
    client = chromadb.HttpClient(host="127.0.0.1", port=int(chroma.rpartition(":")[2]))
    before = {one.name for one in client.list_collections()}
    for version in ("naasten", "vrijwilligers"):
        for tenant in (WEST, ZUID):
            (tmp_path / "a.md").write_text(f"# {version}\n\nOver {version} in {tenant}.", encoding="utf-8")
            index_into(services, tenant, tmp_path / "a.md")
    made = {one.name for one in client.list_collections()} - before
    assert sorted(name.rpartition("-")[0] for name in made) == [f"vk-{WEST}", f"vk-{ZUID}"]
    assert [one.text for one in services.knowledge.search(ZUID, "vrijwilligers", 5)] == [
        f"Over vrijwilligers in {ZUID}."
    ]
    services.knowledge.close()


def test_the_service_comes_up_answers_and_goes_down(tmp_path: Path) -> None:
    port = free_port()
    program = Path(sys.executable).with_name("veranderkracht")
    server = subprocess.Popen(
        [program, "serve", "assistant", "--port", str(port)],
        env={**os.environ, "VK_DATA": str(tmp_path / "data")},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        until_answers(lambda: urllib.request.urlopen(f"{address}/healthz", timeout=5).close(), server)
        with urllib.request.urlopen(f"{address}/v1/openapi.json", timeout=5) as answer:
            assert answer.status == 200
    finally:
        server.terminate()
        assert server.wait(PATIENCE) == 0
