"""The database: how it is opened, how a transaction begins, and how the schema is brought up to date.

SQLite in WAL mode by default, PostgreSQL by its URL. What the tables mean is not known here.
"""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Insert, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from lti_tool.direct import Direct

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_214_553  # any number, the same in every process: PostgreSQL's advisory lock


class Database:
    """One database of one process; open it after a fork.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL (psycopg).
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        # What a statement was to write is what people wrote: it never stands in the text of a fault.
        self._engine = create_engine(url, pool_pre_ping=self._file is None, hide_parameters=True)
        self._writing = self._engine.execution_options(vk_write=True)
        if self._file is not None:
            _set_up_sqlite(self._engine)
        else:
            _keep_rows_out_of_faults(self._engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether a writer holds the whole database, so that locking rows says nothing."""
        return self._file is not None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose work is kept at the end, or not at all when an error passes.

        On SQLite it holds the one write lock from its first statement, so that what it read stays true.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def asking(self) -> Iterator[Direct]:
        """Give what asks one question, straight on the driver."""
        with self._direct() as (_, direct):
            yield direct

    @contextmanager
    def writing(self) -> Iterator[Direct]:
        """Give a transaction as `write` does, straight on the driver."""
        with self._direct() as (connection, direct):
            try:
                if self.is_sqlite:
                    connection.cursor().execute("BEGIN IMMEDIATE")
                yield direct
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def migrate(self) -> None:
        """Bring the schema up to date; processes that try at the same time wait for each other."""
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
            return bool(connection.scalar(text("SELECT 1")) == 1)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _direct(self) -> Iterator[tuple[PoolProxiedConnection, Direct]]:
        connection = self._engine.raw_connection()
        cursor = connection.cursor()
        try:
            yield connection, Direct(cursor, self._engine.dialect)
        except Exception as fault:
            _keep_row_out(fault)
            raise
        finally:
            cursor.close()
            connection.close()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        if self._file is None:
            with self._engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                yield connection
            return
        with self._file.with_suffix(".migration-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._writing.begin() as connection:
                yield connection


def insert_new(where: Session | Direct, table: type[DeclarativeBase], **values: Any) -> bool:
    """Insert a row unless its key is there already, whoever tries at the same time; True when it was inserted."""
    return bool(execute(where, _inserting(table, _is_sqlite(where)), values))


def put(
    where: Session | Direct, table: type[DeclarativeBase], key: Mapping[str, Any], values: Mapping[str, Any]
) -> Any:
    """Insert a row, or bring the one with this key up to date; give its primary key, as a row.

    Args:
        where: in which transaction.
        table: the row's table.
        key: the columns of a primary key or unique constraint.
        values: what the row is to hold besides; columns that are not named keep what they hold.
    """
    [row] = execute(where, _putting(table, _is_sqlite(where), tuple(key), tuple(values)), {**key, **values})
    return row


def execute(where: Session | Direct, statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
    """Run a statement in a session, after what that still had to write, or straight on the driver; give its rows."""
    if isinstance(where, Direct):
        return where.execute(statement, values)
    where.flush()
    result = where.connection().execute(statement, dict(values))
    return result.all() if result.returns_rows else ()


def _is_sqlite(where: Session | Direct) -> bool:
    return where.is_sqlite if isinstance(where, Direct) else where.get_bind().dialect.name == "sqlite"


# Building a statement takes longer than running it; what it is to hold comes in as parameters.
@lru_cache(maxsize=128)
def _inserting(table: type[DeclarativeBase], on_sqlite: bool) -> Insert:
    made = (sqlite if on_sqlite else postgresql).insert(table.__table__)
    inserting: Insert = made.on_conflict_do_nothing().returning(*inspect(table).primary_key)
    return inserting


@lru_cache(maxsize=128)
def _putting(table: type[DeclarativeBase], on_sqlite: bool, key: tuple[str, ...], values: tuple[str, ...]) -> Insert:
    made = (sqlite if on_sqlite else postgresql).insert(table.__table__)
    changed = made.on_conflict_do_update(index_elements=key, set_={name: made.excluded[name] for name in values})
    putting: Insert = changed.returning(*inspect(table).primary_key)
    return putting


def _keep_rows_out_of_faults(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def _shorten(context: ExceptionContext) -> None:
        fault = context.sqlalchemy_exception
        if _keep_row_out(context.original_exception) and fault is not None:
            fault.args = (*context.original_exception.args, *fault.args[1:])


def _keep_row_out(fault: BaseException) -> bool:
    """Shorten what PostgreSQL says of a fault: it adds the row, or a piece of its JSON; tell whether it was one."""
    diagnosis = getattr(fault, "diag", None)
    if diagnosis is None or not diagnosis.sqlstate:
        return False
    said = (diagnosis.sqlstate, diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
    in_data = diagnosis.sqlstate[:2] in ("22", "23")  # there even the first line may hold a value
    fault.args = (" ".join(filter(None, said)) if in_data else diagnosis.message_primary,)
    return True


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
