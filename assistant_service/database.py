"""The database: how it is opened, how a transaction begins, and how the schema is brought up to date.

SQLite in WAL mode by default, PostgreSQL by its URL. What the tables mean is not known here.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 8_231_702  # any number, the same in every process: PostgreSQL's advisory lock


class Database:
    """One database of one process; open it after a fork.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL (psycopg).
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        self._line = threading.Lock()
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(url, pool_pre_ping=self._file is None)
        if self._file is not None:
            _set_up_sqlite(self._engine)

    @property
    def has_one_writer(self) -> bool:
        """Whether one transaction that writes keeps every other waiting, as SQLite's do."""
        return self._file is not None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose work is kept at the end, or not at all when an error passes.

        On SQLite it holds the one write lock from its first statement, so that what it read stays true.
        """
        # SQLite lets those who wait for its one lock in by luck, and some of them never: threads stand in line first.
        with (
            self._line if self.has_one_writer else nullcontext(),
            Session(self._engine.execution_options(vk_write=True)) as session,
            session.begin(),
        ):
            yield session

    def migrate(self) -> None:
        """Bring the schema up to date; processes that try at the same time wait for each other."""
        if self._is_up_to_date():
            return
        # Alembic is slow to import, and only this needs it.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._alone() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def answers(self) -> bool:
        """Tell whether the database can be asked something; raises what the driver raises when it cannot."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(text("SELECT 1")))

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _is_up_to_date(self) -> bool:
        with self._engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            present = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return bool(present == newest_migration())

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        if self._file is None:
            with self._engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                yield connection
            return
        with self._file.with_suffix(".migration-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._engine.execution_options(vk_write=True).begin() as connection:
                yield connection


def newest_migration() -> str:
    """Give the revision of the last migration; the names of the files begin with it, in order."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py"))


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `_begin` does, and says which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("busy_timeout=15000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("vk_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
