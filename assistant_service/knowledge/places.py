"""Where each passage of a build comes from: its document, its modules, how long it may be shown, what it goes on from.

Kept beside the passages as a few columns, so that a search knows what it may show before it asks Chroma for a text;
its own filter takes 35 ms over 10,000 passages, and ten times that over 100,000.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.index_chroma import Entry
from assistant_service.knowledge.joining import goes_on
from assistant_service.knowledge.passages import HEADING

Allowed = NDArray[numpy.bool_]

_COLUMNS = ("documents", "since", "until", "continued", "slugs", "belongs")
_KEPT = 100  # answers that are remembered: a module on a day


class Places:
    """The columns of one build, by the passages' numbers.

    Args:
        documents: the number of each passage's document.
        since: the first day that it may be shown, as an ordinal.
        until: the last.
        continued: whether it goes on where the passage before it stopped.
        slugs: of the modules.
        belongs: per passage and module, whether it belongs there.
    """

    def __init__(
        self,
        documents: NDArray[numpy.int32],
        since: NDArray[numpy.int32],
        until: NDArray[numpy.int32],
        continued: Allowed,
        slugs: NDArray[numpy.str_],
        belongs: Allowed,
    ) -> None:
        self.documents = documents
        self.continued = continued
        self._since, self._until = since, until
        self._belongs = belongs
        self._columns = {str(slug): column for column, slug in enumerate(slugs)}
        # A text for this module alone says more about it than one that serves several.
        self.own = numpy.maximum(belongs.sum(axis=1), 1).astype(numpy.float32) ** -0.3333
        self._allowed: dict[tuple[str | None, date], Allowed] = {}

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Places":
        """Take the columns from passages in the order of their numbers."""
        numbers: dict[tuple[str, str], int] = {}
        documents = [
            numbers.setdefault((entry.url, entry.title.partition(HEADING)[0]), len(numbers)) for entry in entries
        ]
        continued = [
            number > 0 and documents[number - 1] == documents[number] and goes_on(entries[number - 1], entry)
            for number, entry in enumerate(entries)
        ]
        slugs = sorted({slug for entry in entries for slug in entry.modules})
        columns = {slug: column for column, slug in enumerate(slugs)}
        belongs = numpy.zeros((len(entries), len(slugs)), dtype=numpy.bool_)
        for number, entry in enumerate(entries):
            belongs[number, [columns[slug] for slug in entry.modules]] = True
        return cls(
            numpy.array(documents, dtype=numpy.int32),
            numpy.array([(entry.valid_from or date.min).toordinal() for entry in entries], dtype=numpy.int32),
            numpy.array([(entry.valid_until or date.max).toordinal() for entry in entries], dtype=numpy.int32),
            numpy.array(continued, dtype=numpy.bool_),
            numpy.array(slugs, dtype=numpy.str_),
            belongs,
        )

    def save(self, file: Path) -> None:
        """Write the columns to a .npz file."""
        slugs = numpy.array(list(self._columns), dtype=numpy.str_)
        columns = (self.documents, self._since, self._until, self.continued, slugs, self._belongs)
        numpy.savez(file, **dict(zip(_COLUMNS, columns, strict=True)), allow_pickle=False)

    @classmethod
    def load(cls, file: Path) -> "Places":
        """Read what `save` wrote."""
        with numpy.load(file) as held:
            return cls(*(held[name] for name in _COLUMNS))

    def allowed(self, module: str | None, on: date) -> Allowed:
        """Tell of each passage whether it is valid on a day and, when a module is given, belongs to it."""
        key = (module, on)
        if (found := self._allowed.get(key)) is None:
            found = (self._since <= on.toordinal()) & (on.toordinal() <= self._until)
            if module is not None:
                column = self._columns.get(module)
                found = found & self._belongs[:, column] if column is not None else numpy.zeros_like(found)
            if len(self._allowed) >= _KEPT:
                self._allowed.clear()
            self._allowed[key] = found
        return found
