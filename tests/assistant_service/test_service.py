"""The service as a whole: health, the API document, its schema in the database, its settings."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from assistant_service.api import LARGEST_BODY
from assistant_service.app import ENDPOINTS
from assistant_service.configuration import AssistantSettings, read
from assistant_service.database import MIGRATIONS, Database, newest_migration
from assistant_service.knowledge.documents import TEXT, Document
from assistant_service.services import Services
from assistant_service.tables import Base
from tests.assistant_service.conftest import Indexing
from tests.cast import WEST
from veranderkracht.settings import SettingsError


def test_health_tells_of_the_database_and_the_index(client: FlaskClient, index: Indexing, tmp_path: Path) -> None:
    assert client.get("/healthz").json == {
        "status": "ok", "database": "ok", "index": {"tenants": 0, "ready": 0, "behind": 0, "faults": {}},
    }  # fmt: skip
    (tmp_path / "a.md").write_text("# Naasten\n\nEen tekst over naasten.", encoding="utf-8")
    index(WEST, tmp_path / "a.md")
    assert client.get("/healthz").json["index"] == {"tenants": 1, "ready": 1, "behind": 0, "faults": {}}


def test_a_tenant_without_an_index_is_told_as_behind(
    client: FlaskClient, services: Services, index: Indexing, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Een tekst over naasten.", encoding="utf-8")
    index(WEST, tmp_path / "a.txt")
    (services.settings.data / "index" / WEST / "current").unlink()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["index"] == {"tenants": 1, "ready": 0, "behind": 1, "faults": {"index-missing": 1}}


def test_health_says_when_the_database_is_gone(client: FlaskClient, services: Services) -> None:
    services.database.close()
    for file in services.settings.data.glob("assistant.sqlite3*"):
        file.unlink()
    services.settings.data.joinpath("assistant.sqlite3").mkdir()
    assert client.get("/healthz").status_code == 503


def test_the_document_describes_every_endpoint_and_its_models(client: FlaskClient) -> None:
    document = client.get("/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    for endpoint in ENDPOINTS:
        operation = document["paths"][endpoint.path][endpoint.method.lower()]
        assert endpoint.summary == operation["summary"]
        assert {"401", "403"} <= set(operation["responses"])
    whole = json.dumps(document)
    for reference in {part.split('"')[0] for part in whole.split('"#/components/schemas/')[1:]}:
        assert reference in document["components"]["schemas"]


def test_an_unknown_address_answers_with_a_problem(client: FlaskClient) -> None:
    for answer in (client.get("/v1/iets"), client.get("/"), client.put("/v1/notice")):
        assert answer.status_code in (404, 405)
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] in ("not-found", "method-refused")
    assert LARGEST_BODY == 1_000_000


def test_the_migrations_make_the_tables_that_the_code_knows(settings: AssistantSettings) -> None:
    Database(settings.database_url).migrate()
    with create_engine(settings.database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_documents_from_before_are_told_apart_by_what_they_say(settings: AssistantSettings) -> None:
    settings.data.mkdir()
    engine = create_engine(settings.database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.execute(text("INSERT INTO tenants VALUES (1, 'west', 'West', '2026-01-01')"))
        kept = "(1, 1, '/r', 'a', 'text', 'A', '', '[]', NULL, 'Tekst', 'h', '2026-01-01')"
        connection.execute(text(f"INSERT INTO documents VALUES {kept}"))
        command.upgrade(config, "head")
        (row,) = connection.execute(text("SELECT content_hash, wish, source FROM documents")).all()
    assert tuple(row) == (Document("a", TEXT, "A", "", "Tekst").content_hash, 0, "")


def test_the_newest_migration_is_the_one_that_alembic_ends_at() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [newest_migration()]


def test_an_error_leaves_nothing_half_written(services: Services) -> None:
    from assistant_service.tenants import add_tenant, list_tenants
    from tests.assistant_service.hosts import NOW

    with pytest.raises(RuntimeError), services.database.write() as session:
        add_tenant(session, "half", "Half", NOW)
        session.flush()
        raise RuntimeError
    with services.database.read() as session:
        assert "half" not in [line.slug for line in list_tenants(session)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VK_MODEL", "openai"),
        ("VK_MODEL", ":gpt"),
        ("VK_MODEL_URL", "model.example"),
        ("VK_CHROMA_URL", "localhost:8000"),
        ("VK_ASSISTANT_DATABASE_URL", "mysql://x"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read({name: value})


def test_the_settings_do_not_show_their_secrets() -> None:
    shown = repr(read({"VK_MODEL_KEY": "zeer-geheim", "VK_ASSISTANT_DATABASE_URL": "postgresql+psycopg://u:pas@h/d"}))
    assert "zeer-geheim" not in shown
    assert "pas" not in shown.replace("passages", "")
