"""Text like Dutch, as much as is wanted: Zipf's law over words, small words, endings, and compounds made on the spot.

Means nothing; what an index feels of a language is in it: a few words in every passage, very many in next to none, and
new ones for as long as it goes on. The same seed gives the same text.
"""

from collections.abc import Iterator

import numpy

from assistant_service.knowledge.words import STOP_WORDS

_ONSETS = (
    "b bl br d d dr f g g gr h h j k k kl kr l l m m n n p p pl r r s s sch sl sp st t t tr v v vr w w z z".split()
)
_NUCLEI = "a a aa e e e ee ei eu i i ie o o oe oo ou u ui ij".split()
_CODAS = ["", *"k l m n ng nk nt p r rk rs rt s st t".split()]
_ENDINGS = ("", "", "", "en", "e", "s", "t", "er", "ing", "heid")
_LINKS = ("", "s", "en")
_WORDS = 30_000  # that are no compounds
_SMALL = 0.45  # share of small words in running Dutch
_COMPOUNDS = 0.06  # share of the other words that are compounds
_EXPONENT, _SHIFT = 1.05, 2.7  # of Zipf's law in Mandelbrot's form
_DRAWN = 20_000  # words that are drawn at once


class Language:
    """A vocabulary, and text drawn from it.

    Args:
        seed: of all that is drawn.
    """

    def __init__(self, seed: int = 1) -> None:
        self._random = numpy.random.default_rng(seed)
        self._words = self._vocabulary()
        weights = 1 / (numpy.arange(_WORDS) + _SHIFT) ** _EXPONENT
        self._chances = numpy.cumsum(weights / weights.sum())
        self._small = sorted(STOP_WORDS)
        small = 1 / (numpy.arange(len(self._small)) + _SHIFT)
        self._small_chances = numpy.cumsum(small / small.sum())
        self._coming = self._running()

    def words(self, number: int) -> list[str]:
        """Give some running words."""
        return [next(self._coming) for _ in range(number)]

    def section(self, length: int) -> str:
        """Give sentences of together about a length in characters."""
        told: list[str] = []
        size = 0
        while size < length:
            words = self.words(int(self._random.integers(6, 18)))
            told.append(f"{' '.join(words).capitalize()}.")
            size += len(told[-1]) + 1
        return " ".join(told)

    def question(self, text: str) -> str:
        """Give a question about a text: a few of its words, in one or two cases of ten mistyped, among other words."""
        own = [word for word in text.lower().replace(".", "").split() if word not in STOP_WORDS]
        chosen = [str(word) for word in self._random.choice(own, size=int(self._random.integers(2, 6)))]
        if self._random.random() < 0.15:
            place = int(self._random.integers(1, max(2, len(chosen[0]) - 1)))
            chosen[0] = chosen[0][:place] + chosen[0][place + 1 :]
        asked = [*self.words(int(self._random.integers(4, 9))), *chosen]
        self._random.shuffle(asked)
        return f"Hoe {' '.join(asked)}?"

    def _running(self) -> Iterator[str]:
        while True:
            kinds = self._random.random(_DRAWN)
            content = iter(self._content(int((kinds >= _SMALL).sum() * 1.1) + 10))
            places = numpy.searchsorted(self._small_chances, self._random.random(_DRAWN))
            for kind, place in zip(kinds, places, strict=True):
                yield self._small[min(int(place), len(self._small) - 1)] if kind < _SMALL else next(content)

    def _content(self, number: int) -> Iterator[str]:
        drawn = numpy.minimum(numpy.searchsorted(self._chances, self._random.random(2 * number)), _WORDS - 1)
        endings = self._random.integers(len(_ENDINGS), size=number)
        joined = self._random.random(number) < _COMPOUNDS
        links = self._random.integers(len(_LINKS), size=number)
        for each in range(number):
            word = self._words[drawn[2 * each]]
            if joined[each]:
                word += _LINKS[links[each]] + self._words[drawn[2 * each + 1]]
            yield word + _ENDINGS[endings[each]]

    def _vocabulary(self) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < _WORDS:
            for chances in self._random.random((_WORDS, 8)).tolist():
                syllables = 1 + (chances[6] > 0.2) + (chances[6] > 0.85)
                pairs = zip(chances[0:6:2], chances[1:6:2], strict=True)
                parts = [_pick(_ONSETS, first) + _pick(_NUCLEI, second) for first, second in pairs]
                found["".join(parts[:syllables]) + _pick(_CODAS, chances[7])] = None
        # What is said often is short, as in every language, give or take.
        lengths = {word: len(word) + 2 * float(self._random.normal()) for word in list(found)[:_WORDS]}
        return sorted(lengths, key=lengths.__getitem__)


def _pick(choices: list[str], chance: float) -> str:
    return choices[int(chance * len(choices))]
