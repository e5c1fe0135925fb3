"""The passages of a build as a search gives them: one file with all of them, and where in it each begins.

Chroma has the texts too, but asking it for the dozen that a search reads takes a third of the search. The file is
mapped into memory, so that only what is read takes room.
"""

import json
import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.index_chroma import Entry, name

_TEXTS = "texts.jsonl"
_BEGIN = "begin.npy"


class Texts:
    """The texts of one build, by the passages' numbers; safe to use from several threads.

    Args:
        held: a line per passage.
        begin: where each begins, and where the last one ends.
    """

    def __init__(self, held: mmap.mmap, begin: NDArray[numpy.int64]) -> None:
        self._held = held
        self._begin = begin

    @staticmethod
    def save(entries: Sequence[Entry], folder: Path) -> None:
        """Write passages, in the order of their numbers, into a new folder."""
        folder.mkdir()
        begin = [0]
        with (folder / _TEXTS).open("wb") as file:
            for entry in entries:
                line = json.dumps([entry.text, entry.title, entry.url, entry.modules], ensure_ascii=False)
                begin.append(begin[-1] + file.write(line.encode("utf-8") + b"\n"))
        numpy.save(folder / _BEGIN, numpy.array(begin, dtype=numpy.int64))

    @classmethod
    def load(cls, folder: Path) -> "Texts":
        """Open what `save` wrote."""
        with (folder / _TEXTS).open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), numpy.load(folder / _BEGIN))

    def read(self, numbers: Iterable[int]) -> dict[int, Entry]:
        """Give the passages with these numbers."""
        found: dict[int, Entry] = {}
        for number in numbers:
            text, title, url, modules = json.loads(self._held[self._begin[number] : self._begin[number + 1]])
            found[number] = Entry(name(number), text, title, url, tuple(modules))
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._held.close()
