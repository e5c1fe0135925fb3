"""Statements straight on the driver, for what every launch asks: SQLAlchemy writes them, once, and does not run them.

Running one through SQLAlchemy takes several times as long as the database does. What is kept of it is what makes a
statement right: its text for this database, and what values become on their way in and out.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Insert, Select
from sqlalchemy.engine.interfaces import DBAPICursor

_Processor = Callable[[Any], Any] | None


class Direct:
    """An open transaction.

    Args:
        cursor: of the driver; whoever opened it commits.
        dialect: of the database.
    """

    def __init__(self, cursor: DBAPICursor, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, as against PostgreSQL."""
        return self._dialect.name == "sqlite"

    def execute(self, statement: Executable, values: Mapping[str, Any]) -> list[Any]:
        """Run a statement; give its rows, with a field for each column.

        Args:
            statement: a select or an insert that is kept by the module that asks: it is prepared once, for good.
            values: for its parameters, or for the columns of an insert.
        """
        prepared = _prepare(statement, self._dialect, tuple(values))
        self._cursor.execute(prepared.text, prepared.parameters(values))
        return [prepared.row(found) for found in self._cursor.fetchall()] if prepared.columns else []


class _Prepared(NamedTuple):
    text: str
    order: tuple[str, ...] | None
    binds: tuple[tuple[str, _Processor], ...]
    defaults: Mapping[str, Any]
    columns: tuple[_Processor, ...]
    make: Callable[[Iterable[Any]], Any]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self.defaults, **values}
        ready = {name: process(given[name]) if process else given[name] for name, process in self.binds}
        return ready if self.order is None else [ready[name] for name in self.order]

    def row(self, found: Iterable[Any]) -> Any:
        return self.make(
            process(value) if process else value for process, value in zip(self.columns, found, strict=True)
        )


@lru_cache(maxsize=256)
def _prepare(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
    if not isinstance(statement, (Select, Insert)):
        raise TypeError("only a select or an insert can be prepared")
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    binds: Mapping[str, Any] = compiled.binds
    columns: list[Any] = [*statement.exported_columns]
    return _Prepared(
        text=str(compiled),
        order=tuple(compiled.positiontup) if compiled.positional else None,
        binds=tuple((name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in binds.items()),
        defaults={
            **{name: bind.value for name, bind in binds.items() if not bind.required},
            **{column.key: column.default.arg for column in getattr(compiled, "insert_prefetch", ())},
        },
        columns=tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
        make=_row_of([column.key for column in columns]),
    )


def _row_of(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    kind: Any = namedtuple  # its names are known only here
    found = kind("found", names)
    make: Callable[[Iterable[Any]], Any] = found._make
    return make
