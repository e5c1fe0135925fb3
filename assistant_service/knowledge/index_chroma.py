"""Chroma: the one file that imports it. Holds a build's passages and their vectors; gives the nearest.

A collection is opened by the name that our own records hold for a tenant; Chroma's identifiers never leave this file.
Measured on 1.5.9: several writers in one directory lose vectors in silence, and a client that is open before a fork
deadlocks in the child; so a directory is written once, by one process, and only opened after the fork.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy

from assistant_service.knowledge.vectors import Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_BATCH = 1000  # passages
_FAR = 0.95  # cosine distance
_opened_by = 0  # the process that first opened Chroma


@dataclass(frozen=True)
class Entry:
    """A passage as it is stored.

    Args:
        id: its number in the build, in six digits.
        text: plain text.
        title: of the document and the heading.
        url: of the source, or our own name for the document.
        modules: slugs.
        valid_until: the last day that it may be shown, or None.
        valid_from: the first day that it may be shown, or None.
    """

    id: str
    text: str
    title: str
    url: str
    modules: tuple[str, ...] = ()
    valid_until: date | None = None
    valid_from: date | None = None


class ChromaIndex:
    """One collection of one build, in a directory of its own or on a server.

    Args:
        place: a directory, or the base address of a `chroma run` server.
        name: the collection's.
    """

    def __init__(self, place: Path | str, name: str) -> None:
        self._client = _open(place)
        self._name = name
        self._held: Any = None

    def fill(
        self, entries: Sequence[Entry], vectors: Iterable[Vector], told: Callable[[int], None] | None = None
    ) -> None:
        """Make the collection and put all passages in it, telling how many; for the one process that builds."""
        collection = self._client.create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        coming = iter(vectors)
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            collection.add(
                ids=[entry.id for entry in batch],
                embeddings=numpy.stack(list(islice(coming, len(batch)))),
                documents=[entry.text for entry in batch],
                metadatas=[_metadata(entry) for entry in batch],
            )
            if told is not None:
                told(start + len(batch))

    def nearest(self, vector: Vector, number: int) -> list[int]:
        """Give the numbers of the passages nearest to a vector, nearest first.

        A passage that has next to nothing in common with it is not near, even where nothing is nearer.
        """
        found = self._collection().query(
            query_embeddings=vector[numpy.newaxis, :], n_results=number, include=["distances"]
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [int(id) for id, distance in pairs if distance < _FAR]

    def bare(self, vector: Vector, number: int) -> int:
        """Ask the nearest passages with their texts as anybody would, to measure beside; give how many came."""
        found = self._collection().query(query_embeddings=vector[numpy.newaxis, :], n_results=number)
        return len(found["ids"][0])

    def count(self) -> int:
        """Give the number of passages."""
        return int(self._collection().count())

    def holds(self, number: int) -> bool:
        """Tell whether the collection is there with so many passages."""
        present = self._name in {collection.name for collection in self._client.list_collections()}
        return present and self.count() == number

    def drop(self) -> None:
        """Take the collection away, if it is there; for a server, where a build has no directory to remove."""
        if self._name in {collection.name for collection in self._client.list_collections()}:
            self._client.delete_collection(self._name)

    def close(self) -> None:
        """Let go of the files or the connection."""
        self._held = None
        self._client.close()  # type: ignore[attr-defined]  # every client has it, their interface does not say so

    def _collection(self) -> Any:
        # Looking it up costs as much as a third of a search; `close` lets it go.
        if self._held is None:
            self._held = self._client.get_collection(self._name, embedding_function=None)
        return self._held


def _open(place: Path | str) -> "ClientAPI":
    # One second to import, so only whoever searches or builds waits for it.
    import chromadb
    from chromadb.config import Settings

    global _opened_by
    if _opened_by not in (0, os.getpid()):
        # Even a client of its own waits for ever in such a child: better to say so than to hang.
        raise RuntimeError("Chroma was open before this process was forked; open it in each worker instead")
    _opened_by = os.getpid()
    settings = Settings(anonymized_telemetry=False)
    if isinstance(place, Path):
        return chromadb.PersistentClient(path=str(place), settings=settings)
    address = urlsplit(place)
    secure = address.scheme == "https"
    return chromadb.HttpClient(
        host=address.hostname or "", port=address.port or (443 if secure else 80), ssl=secure, settings=settings
    )


def name(number: int) -> str:
    """Give the id of a passage: its number in the build, in six digits."""
    return f"{number:06d}"


def _metadata(entry: Entry) -> dict[str, str]:
    return {"title": entry.title, "url": entry.url, "modules": " ".join(entry.modules)}
