"""The store keeps what every store promises, on SQLite and on PostgreSQL; and the schema is what the tables say."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, select, text

from lti_tool.database import Database, insert_new
from lti_tool.outbox_rows import OutboxRecorder
from lti_tool.store_sqlalchemy import SqlStore
from lti_tool.tables import Base, OutboxRow, UsedNonceRow
from tests.cast import REFLECTION_WEST, WEST, key
from tests.core.store_promises import AT, StorePromises, assessment, submission
from veranderkracht.activities.store import ActivityStore, SubmissionId

ISSUER = "https://tool.example"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty database of its own for each test."""
    name = f"t{threading.get_ident()}_{id(object())}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres.rpartition("/")[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    opened.migrate()
    yield opened
    opened.close()


class TestSqlStore(StorePromises):
    @pytest.fixture
    def store(self, database: Database) -> SqlStore:
        return SqlStore(database, OutboxRecorder(ISSUER, "cursus-1", None))

    @pytest.fixture
    def open_store(self, database: Database) -> Callable[[], ActivityStore]:
        return lambda: SqlStore(database, OutboxRecorder(ISSUER, "cursus-1", None))

    def recorded(self, store: ActivityStore) -> list[str]:
        assert isinstance(store, SqlStore)
        with store._database.read() as session:
            rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        return [row.payload["statement"]["verb"]["display"]["en"] for row in rows]

    def test_a_second_writer_waits_until_the_first_has_ended(self, database: Database) -> None:
        inside, leave, seen = threading.Event(), threading.Event(), []
        before = SqlStore(database, OutboxRecorder(ISSUER, "", None))
        with before.atomic(key()):  # the row is there: only a lock on it keeps the second waiting
            before.put_work(key(), 0, {"text": "er al"}, AT)

        def first() -> None:
            mine = SqlStore(database, OutboxRecorder(ISSUER, "", None))
            with mine.atomic(key()):
                mine.work(key())
                inside.set()
                leave.wait(30)
                mine.put_work(key(), 1, {"text": "eerst"}, AT)

        def second() -> None:
            mine = SqlStore(database, OutboxRecorder(ISSUER, "", None))
            with mine.atomic(key()):
                work = mine.work(key())
                seen.append(work.body["text"] if work else None)

        threads = [threading.Thread(target=first), threading.Thread(target=second)]
        threads[0].start()
        assert inside.wait(30)
        threads[1].start()
        threads[1].join(timeout=0.3)
        assert seen == []
        leave.set()
        for thread in threads:
            thread.join(timeout=30)
        assert seen == ["eerst"]

    def test_an_assessment_is_seen_after_the_queue_was_read(self, store: SqlStore) -> None:
        with store.atomic(key()):
            store.add_submission(submission("s1", key()))
        assert len(store.latest_submissions(WEST, REFLECTION_WEST)) == 1
        assert store.assessment(SubmissionId("s1")) is None
        with store.atomic(key()):
            store.put_assessment(0, assessment("s1"))
        assert store.assessment(SubmissionId("s1")) == assessment("s1")

    def test_writing_outside_a_transaction_is_a_fault(self, store: SqlStore) -> None:
        with pytest.raises(RuntimeError):
            store.put_work(key(), 0, {"text": "los"}, AT)
        with pytest.raises(RuntimeError), store.atomic(key()), store.atomic(key()):
            pass


def test_of_many_that_use_up_one_nonce_exactly_one_succeeds(database: Database) -> None:
    start, wins = threading.Barrier(6), []

    def use() -> None:
        start.wait(30)
        with database.write() as session:
            if insert_new(session, UsedNonceRow, nonce="n-1", expires_at=AT):
                wins.append(1)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert wins == [1]


def test_the_migrations_give_what_the_tables_say(database: Database) -> None:
    engine: Engine = database._engine

    def include(name: str | None, kind: str, _parents: Any) -> bool:
        return not (kind == "table" and name == "alembic_version")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": include})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_and_at_the_same_time_changes_nothing(database: Database) -> None:
    faults: list[BaseException] = []

    def migrate() -> None:
        try:
            database.migrate()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
