"""Vectors of our own for Chroma: a text's place in the few directions in which the texts of its corpus differ most.

Latent semantic analysis (Deerwester et al., "Indexing by Latent Semantic Analysis", 1990), learned from the corpus
itself: words that keep the same company come to lie near each other. Needs no model and no network.
"""

from pathlib import Path

import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.postings import Numbers, Scores

DIMENSIONS = 48
_SAMPLE = 2000  # texts that the directions are learned from, spread evenly over a larger corpus
_BLOCK = 4096  # terms that are worked on at once
_LEAST = 1e-6  # of the strongest direction: below it there is only rounding

Vector = NDArray[numpy.float32]


class Space:
    """The directions of one corpus.

    Args:
        axes: for each term its place in each direction.
    """

    def __init__(self, axes: NDArray[numpy.float32]) -> None:
        self._axes = axes

    @classmethod
    def learn(cls, rows: list[tuple[Numbers, Numbers]], rarities: Scores) -> "Space":
        """Find the directions.

        Args:
            rows: per text its terms and how often it has them.
            rarities: how much each term tells.
        """
        picked = numpy.unique(numpy.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE)).astype(numpy.int64))
        terms = numpy.concatenate([rows[number][0] for number in picked])
        texts = numpy.repeat(numpy.arange(len(picked)), [len(rows[number][0]) for number in picked])
        weights = numpy.concatenate([_unit(_weights(rows[number], rarities)) for number in picked])
        order = numpy.argsort(terms, kind="stable")
        terms, texts, weights = terms[order], texts[order], weights[order]

        def blocks() -> list[tuple[slice, slice]]:
            edges = range(0, len(rarities), _BLOCK)
            cuts = [*numpy.searchsorted(terms, numpy.array(edges)), len(terms)]
            return [
                (slice(edge, edge + _BLOCK), slice(int(cuts[number]), int(cuts[number + 1])))
                for number, edge in enumerate(edges)
            ]

        def table(some: slice, part: slice) -> NDArray[numpy.float32]:
            dense = numpy.zeros((len(picked), min(some.stop, len(rarities)) - some.start), dtype=numpy.float32)
            dense[texts[part], terms[part] - some.start] = weights[part]
            return dense

        # The texts' likeness to each other is smaller than the table of texts by terms, with the same directions.
        likeness = numpy.zeros((len(picked), len(picked)), dtype=numpy.float32)
        for some, part in blocks():
            dense = table(some, part)
            likeness += dense @ dense.T
        strengths, found = numpy.linalg.eigh(likeness.astype(numpy.float64))
        strongest = numpy.argsort(-strengths)[:DIMENSIONS]
        kept = strongest[strengths[strongest] > max(float(strengths.max()), 0.0) * _LEAST]
        if not len(kept):
            return cls(numpy.zeros((len(rarities), 1), dtype=numpy.float32))
        turned = (found[:, kept] / numpy.sqrt(strengths[kept])).astype(numpy.float32)
        axes = numpy.zeros((len(rarities), len(kept)), dtype=numpy.float32)
        for some, part in blocks():
            axes[some] = table(some, part).T @ turned
        return cls(axes)

    def save(self, file: Path) -> None:
        """Write the directions to a .npy file."""
        numpy.save(file, self._axes)

    @classmethod
    def load(cls, file: Path) -> "Space":
        """Read what `save` wrote."""
        return cls(numpy.asarray(numpy.load(file, mmap_mode="r")))

    def place(self, numbers: Numbers, weights: Scores) -> Vector:
        """Give the vector of a text, of length 1; of length 0 when none of its terms weighs anything.

        Args:
            numbers: of its terms.
            weights: of each.
        """
        return _unit(weights @ self._axes[numbers])

    def of_text(self, row: tuple[Numbers, Numbers], rarities: Scores) -> Vector:
        """Give the vector of a text that has these terms so many times."""
        return self.place(row[0], _weights(row, rarities))


def _weights(row: tuple[Numbers, Numbers], rarities: Scores) -> Scores:
    numbers, counts = row
    return ((1.0 + numpy.log(counts)) * rarities[numbers]).astype(numpy.float32)


def _unit(vector: Vector) -> Vector:
    length = float(numpy.linalg.norm(vector))
    return vector / numpy.float32(length) if length else vector
