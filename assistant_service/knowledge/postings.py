"""BM25 as a table on disk: for every term the passages that have it, each with what that is worth.

Worked out when an index is built, so that a question costs no more than the rows of its own terms. Knows numbers only:
what a term is, words decide.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

Numbers = NDArray[numpy.int32]
Scores = NDArray[numpy.float32]

_K1, _B = 1.2, 0.75
_IN_MEMORY = 8 * 2**20  # bytes of one array; an index of some 3,000 passages
_ARRAYS = ("starts", "passages", "worth", "rarities")


@dataclass(frozen=True)
class Counted:
    """How often each of some texts has each of its terms.

    Args:
        vocabulary: the terms, by number.
        rows: per text the numbers of its terms, each once and rising, and how often it has them.
    """

    vocabulary: list[str]
    rows: list[tuple[Numbers, Numbers]]


class Postings:
    """BM25 over one corpus: `idf · tf / (tf + k1 · (1 − b + b · length / mean length))`, Lucene's form of
    Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).

    Args:
        vocabulary: the number of each term.
        size: how many texts.
        starts: where the row of each term begins in the two that follow, and where the last one ends.
        passages: numbers of texts, rising within a row.
        worth: of the term in that text.
        rarities: the inverse document frequency of each term.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        size: int,
        starts: NDArray[numpy.int64],
        passages: Numbers,
        worth: Scores,
        rarities: Scores,
    ) -> None:
        self.numbers = vocabulary
        self.size = size
        self.rarities = rarities
        self._starts, self._passages, self._worth = starts, passages, worth

    @classmethod
    def build(cls, counted: Counted) -> "Postings":
        """Work out what every term is worth in every text."""
        size, known = len(counted.rows), len(counted.vocabulary)
        lengths = numpy.array([counts.sum() for _, counts in counted.rows], dtype=numpy.float32)
        terms = numpy.concatenate([numbers for numbers, _ in counted.rows])
        order = numpy.argsort(terms, kind="stable")
        frequencies = numpy.bincount(terms, minlength=known)
        del terms
        counts = numpy.concatenate([counts for _, counts in counted.rows])[order].astype(numpy.float32)
        sizes = [len(numbers) for numbers, _ in counted.rows]
        passages = numpy.repeat(numpy.arange(size, dtype=numpy.int32), sizes)[order]
        del order
        mean = max(float(lengths.mean()), 1.0)
        rarities = numpy.log(1 + (size - frequencies + 0.5) / (frequencies + 0.5)).astype(numpy.float32)
        norms = _K1 * (1 - _B + _B * lengths / numpy.float32(mean))
        worth = counts / (counts + norms.astype(numpy.float32)[passages])
        worth *= numpy.repeat(rarities, frequencies)
        starts = numpy.concatenate([[0], numpy.cumsum(frequencies)]).astype(numpy.int64)
        return cls(
            {term: number for number, term in enumerate(counted.vocabulary)}, size, starts, passages, worth, rarities
        )

    def save(self, folder: Path) -> None:
        """Write it into a folder that does not exist yet."""
        folder.mkdir()
        arrays: tuple[NDArray[Any], ...] = (self._starts, self._passages, self._worth, self.rarities)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            numpy.save(folder / f"{name}.npy", array)
        (folder / "terms.json").write_text(json.dumps([self.size, list(self.numbers)]), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Read what `save` wrote; where there are many, the rows stay on disk until they are asked for."""
        size, vocabulary = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        arrays = [_array(folder / f"{name}.npy") for name in _ARRAYS]
        return cls({term: number for number, term in enumerate(vocabulary)}, size, *arrays)

    def rarity(self, term: str) -> float:
        """Give how much it tells that a text has this term: its inverse document frequency; highest when unknown."""
        number = self.numbers.get(term)
        return float(numpy.log(1 + (self.size + 0.5) / 0.5)) if number is None else float(self.rarities[number])

    def score(self, asked: Iterable[tuple[str, float]]) -> Scores:
        """Give every text's score.

        Args:
            asked: terms and how heavily each counts.
        """
        scores = numpy.zeros(self.size, dtype=numpy.float32)
        for term, weight in asked:
            if (number := self.numbers.get(term)) is not None:
                row = slice(self._starts[number], self._starts[number + 1])
                worth = self._worth[row] if weight == 1 else self._worth[row] * numpy.float32(weight)
                numpy.add.at(scores, self._passages[row].astype(numpy.intp), worth)
        return scores

    def has(self, term: str, passage: int) -> bool:
        """Tell whether a text has a term."""
        number = self.numbers.get(term)
        if number is None:
            return False
        row = self._passages[self._starts[number] : self._starts[number + 1]]
        place = int(row.searchsorted(passage))
        return place < len(row) and int(row[place]) == passage


def _array(file: Path) -> NDArray[Any]:
    # In memory it is safe from whatever happens to the file while the index is open.
    if file.stat().st_size <= _IN_MEMORY:
        return numpy.load(file)  # type: ignore[no-any-return]
    # A view on the mapped pages: a slice of a memmap object costs ten times one of an array.
    return numpy.asarray(numpy.load(file, mmap_mode="r"))


def count(texts: Sequence[Numbers], parts: Sequence[Sequence[str]]) -> Counted:
    """Count the terms of texts.

    Args:
        texts: each as the numbers of its words.
        parts: the terms of each word, by its number.
    """
    vocabulary: dict[str, int] = {}
    of_word = [
        numpy.array([vocabulary.setdefault(term, len(vocabulary)) for term in terms], dtype=numpy.int32)
        for terms in parts
    ]
    none = numpy.zeros(0, dtype=numpy.int32)
    rows: list[tuple[Numbers, Numbers]] = []
    for text in texts:
        found = numpy.concatenate([of_word[word] for word in text]) if len(text) else none
        numbers, counts = numpy.unique(found, return_counts=True)
        rows.append((numbers, counts.astype(numpy.int32)))
    return Counted(list(vocabulary), rows)
