"""How well searching does: questions whose answer is known, and figures with each part of the search on and off."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.ranking import Parts

Search = Callable[[str, str | None, Parts], list[Passage]]

VARIANTS: tuple[tuple[str, Parts], ...] = (
    ("alles", Parts()),
    ("zonder woorden", Parts(terms=0)),
    ("zonder letters", Parts(grams=0)),
    ("zonder vectoren", Parts(vectors=0)),
    ("zonder thesaurus", Parts(thesaurus=False)),
    ("zonder samenstellingen", Parts(compounds=False)),
    ("één passage per tekst telt", Parts(documents=False)),
    ("zonder voorrang", Parts(own=False)),
    ("alleen woorden", Parts(grams=0, vectors=0, thesaurus=False, compounds=False)),
    ("alleen letters", Parts(terms=0, vectors=0)),
    ("alleen vectoren", Parts(terms=0, grams=0)),
)
DEPTH = 10  # results that are looked at
_RESAMPLES = 10_000


class Question(BaseModel):
    """A question and where its answer is.

    Args:
        question: as somebody would ask it.
        answers: beginnings of the titles that hold the answer; one is enough. None: nothing should be found.
        module: the module that somebody would be in, or None.
        goal: which goal of that module it asks about, from 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answers: tuple[str, ...]
    module: str | None = None
    goal: int | None = None

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the half that nothing was tuned on: the SHA-256 of its words, as an integer, is odd."""
        return hashlib.sha256(self.question.encode()).digest()[-1] % 2 == 1


@dataclass(frozen=True)
class Estimate:
    """A mean over questions, with the interval in which it lies 95 times in 100 were other such questions asked.

    The percentile bootstrap over questions (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993).
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, scores: Sequence[float]) -> "Estimate":
        """Estimate from one score per question."""
        held = numpy.asarray(scores, dtype=numpy.float64)
        drawn = numpy.random.default_rng(1).integers(len(held), size=(_RESAMPLES, len(held)))
        low, high = numpy.quantile(held[drawn].mean(axis=1), (0.025, 0.975))
        return cls(float(held.mean()), float(low), float(high))


@dataclass(frozen=True)
class Figures:
    """What a way of searching reached.

    Args:
        at_one: share of questions whose answer came first.
        at_five: share whose answer was among the first five.
        reciprocal: mean of 1/place, over the first ten.
        p50: median time of a search, milliseconds.
        p95: the time that 95 of 100 searches stay under, milliseconds.
    """

    at_one: Estimate
    at_five: Estimate
    reciprocal: Estimate
    p50: float
    p95: float


def read_questions(file: Path) -> list[Question]:
    """Read the questions from a YAML list."""
    return TypeAdapter(list[Question]).validate_python(yaml.safe_load(file.read_text(encoding="utf-8")))


def measure(search: Search, questions: Sequence[Question], parts: Parts, *, with_module: bool = False) -> Figures:
    """Ask every question and count.

    Args:
        search: takes a question, a module or None, and the parts; gives DEPTH results.
        questions: at least one with answers; those without are passed over.
        parts: which rankings take part.
        with_module: whether the search is told the module.
    """
    places: list[int | None] = []
    times: list[float] = []
    for one in (each for each in questions if each.answers):
        begin = time.perf_counter()
        found = search(one.question, one.module if with_module else None, parts)
        times.append(time.perf_counter() - begin)
        right = (place for place, passage in enumerate(found, start=1) if passage.title.startswith(one.answers))
        places.append(next(right, None))
    p50, p95 = numpy.quantile(times, (0.5, 0.95)) * 1000
    return Figures(
        at_one=Estimate.of([float(place == 1) for place in places]),
        at_five=Estimate.of([float(place is not None and place <= 5) for place in places]),
        reciprocal=Estimate.of([1 / place if place else 0.0 for place in places]),
        p50=float(p50),
        p95=float(p95),
    )


def best_coverage(search: Search, questions: Sequence[Question]) -> tuple[list[float], list[float]]:
    """Give the highest coverage among five results, per question that has an answer here and per question without."""
    told: tuple[list[float], list[float]] = ([], [])
    for one in questions:
        found = search(one.question, None, Parts())[:5]
        told[0 if one.answers else 1].append(max((passage.coverage for passage in found), default=0.0))
    return told


def separation(answered: Sequence[float], unanswered: Sequence[float]) -> float:
    """Give the chance that an answered question has a higher figure than an unanswered one (area under the curve)."""
    pairs = [(high > low) + 0.5 * (high == low) for high in answered for low in unanswered]
    return sum(pairs) / len(pairs) if pairs else 0.0
