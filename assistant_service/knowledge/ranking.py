"""Three rankings fused into one, and passages into documents: what comes first, worked out from numbers alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.postings import Numbers, Scores

DEPTH = 50  # places of each ranking that count
_RRF = 20  # how slowly a place loses worth; the usual 60 is for longer lists
_COUNTED = 3  # passages of a document that count
_NEXT = 0.5  # what each of them adds, of what the one before it added


@dataclass(frozen=True)
class Parts:
    """Which rankings take part and how heavily; the default is what searching uses, others are for measuring."""

    terms: float = 0.7
    grams: float = 1.0
    vectors: float = 0.5
    thesaurus: bool = True
    compounds: bool = True
    documents: bool = True  # whether the other passages of a document count along with its best
    own: bool = True  # whether a text for this module alone comes before one for several
    widening: bool = True
    without: frozenset[int] = frozenset()  # groups of the thesaurus, by number


@dataclass(frozen=True)
class Ranked:
    """A document's place.

    Args:
        passage: the number of its best passage.
        score: from 0 to 1.
    """

    passage: int
    score: float


def best(scores: Scores, allowed: NDArray[numpy.bool_]) -> Numbers:
    """Give the numbers of the best of the allowed passages that have a score, best first."""
    found = numpy.flatnonzero((scores > 0) & allowed)
    if len(found) > DEPTH:
        limit = numpy.partition(scores[found], -DEPTH)[-DEPTH]
        found = found[scores[found] >= limit]
    # Of equals the first stays first: a search gives the same answer twice.
    return found[numpy.argsort(-scores[found], kind="stable")][:DEPTH].astype(numpy.int32)


def fuse(
    rankings: Iterable[tuple[float, Numbers]], documents: Numbers, own: Scores | None, together: bool
) -> list[Ranked]:
    """Give the documents, best first.

    Reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009) of the passages; then a document is worth its best
    passage and, each half as much as the one before, the next two: what it says in three places it is about.

    Args:
        rankings: the weight of each, and the numbers of its passages, best first.
        documents: the number of each passage's document.
        own: what a passage's place counts for, or None when all count alike.
        together: whether the other passages of a document count.
    """
    worth: dict[int, float] = {}
    full = 0.0
    for weight, ranked in rankings:
        full += weight / (_RRF + 1)
        for place, passage in enumerate(ranked.tolist(), start=1):
            worth[passage] = worth.get(passage, 0.0) + weight / (_RRF + place)
    counted = _COUNTED if together else 1
    most = full * sum(_NEXT**number for number in range(counted))
    found: dict[int, list[int]] = {}
    total: dict[int, float] = {}
    for passage in sorted(worth, key=lambda one: (-worth[one], one)):
        document = int(documents[passage])
        held = found.setdefault(document, [])
        if len(held) < counted:
            total[document] = total.get(document, 0.0) + worth[passage] * _NEXT ** len(held)
            held.append(passage)
    every = (
        Ranked(held[0], total[document] / most * (float(own[held[0]]) if own is not None else 1.0))
        for document, held in found.items()
    )
    return sorted(every, key=lambda one: (-one.score, one.passage))
