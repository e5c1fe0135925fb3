"""Vectors of our own for Chroma: terms and runs of letters hashed into a fixed number of places.

Weighed by how rare a term is in the corpus; deterministic over machines and versions of Python.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable

import numpy
from numpy.typing import NDArray

DIMENSIONS = 2048

Vector = NDArray[numpy.float32]


def vector(terms: Iterable[str], weight: Callable[[str], float]) -> Vector:
    """Give the vector of a text, of length 1; of length 0 when none of its terms weighs anything.

    Args:
        terms: the text's terms, repeated as they occur.
        weight: how much one occurrence of a term weighs.
    """
    places = numpy.zeros(DIMENSIONS, dtype=numpy.float32)
    for term, count in Counter(terms).items():
        hashed = zlib.crc32(term.encode())
        sign = 1.0 if hashed & 1 else -1.0
        places[(hashed >> 1) % DIMENSIONS] += sign * weight(term) * (1.0 + numpy.log(count))
    length = float(numpy.linalg.norm(places))
    return places / numpy.float32(length) if length else places
