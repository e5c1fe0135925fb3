"""Three rankings fused into one, and passages into documents: what comes first, worked out from numbers alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest

import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.postings import Numbers, Scores

DEPTH = 50  # places of each ranking that count
_RRF = 20  # how slowly a place loses worth; the usual 60 is for longer lists
_COUNTED = 3  # passages of a document that count
_FIRST = 3  # places of all in which a module that is not thin has something
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
        document: its number.
        passage: the number of its best passage.
        score: from 0 to 1.
    """

    document: int
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
    rankings: Sequence[tuple[float, Numbers]], documents: Numbers, k: int, *, own: Scores | None, together: bool
) -> list[Ranked]:
    """Give the k best documents, best first.

    Reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009) of the passages; then a document is worth its best
    passage and, each half as much as the one before, the next two: what it says in three places it is about.

    Args:
        rankings: the weight of each, and the numbers of its passages, best first.
        documents: the number of each passage's document.
        k: how many at most.
        own: what a passage's place counts for, or None when all count alike.
        together: whether the other passages of a document count.
    """
    given = [(weight, ranked) for weight, ranked in rankings if len(ranked)]
    if not given:
        return []
    places = [weight / (_RRF + 1 + numpy.arange(len(ranked))) for weight, ranked in given]
    passages, which = numpy.unique(numpy.concatenate([ranked for _, ranked in given]), return_inverse=True)
    worth = numpy.bincount(which, numpy.concatenate(places))
    # By document, and within one the best passage first.
    order = numpy.lexsort((passages, -worth, documents[passages]))
    passages, worth = passages[order], worth[order]
    of_document = documents[passages]
    firsts = numpy.flatnonzero(numpy.concatenate([[True], of_document[1:] != of_document[:-1]]))
    number = numpy.arange(len(passages)) - numpy.repeat(firsts, numpy.diff(firsts, append=len(passages)))
    adds = _NEXT ** numpy.arange(_COUNTED if together else 1)
    counted = number < len(adds)
    worth = numpy.where(counted, worth * adds[numpy.where(counted, number, 0)], 0.0)
    most = sum(weight for weight, _ in rankings) / (_RRF + 1) * float(adds.sum())
    scores = numpy.add.reduceat(worth, firsts) / most
    found = passages[firsts]
    if own is not None:
        scores = scores * own[found]
    top = numpy.lexsort((found, -scores))[:k]
    rows = zip(documents[found[top]].tolist(), found[top].tolist(), scores[top].tolist(), strict=True)
    return [Ranked(document, passage, score) for document, passage, score in rows]


def widened(fitting: Sequence[Ranked], wider: Sequence[Ranked], k: int) -> list[Ranked]:
    """Give what a module has first, and fill up with what others have.

    Where the module is thin, with none of its own among the first few of all, they take turns: somebody may ask about
    something else than the module they are in.

    Args:
        fitting: found in the module, best first.
        wider: found in all, best first.
        k: how many are wanted.
    """
    own = {one.document for one in fitting}
    others = [one for one in wider if one.document not in own]
    turns: Iterable[Ranked] = chain(fitting, others)
    if others[:_FIRST] == list(wider[:_FIRST]):
        turns = (one for pair in zip_longest(fitting, others) for one in pair if one is not None)
    lowest = 1.0
    given: list[Ranked] = []
    for one in islice(turns, k):
        lowest = min(lowest, one.score)
        given.append(replace(one, score=lowest))
    return given
