"""From text to the terms that BM25 counts: Dutch stems, parts of compounds, and runs of letters.

All of it goes word by word, so that a corpus pays for a word once and not for every time it is used.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

import Stemmer

_ACCENT = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[a-z0-9]+")
_LINKS = ("", "s", "en", "e", "n")  # what Dutch puts between the parts of a compound
_SHORTEST_PART = 4
_SHORTEST_COMPOUND = 8
GRAMS = (4, 5)  # letters

STOP_WORDS = frozenset(
    """
    aan af al alle alleen alles als altijd ander andere anders ben bent bij binnen daar daarom dan dat de deze die
    dit doe doen doet door dus echt een eens eigen elk elke en er erg even gaan gaat ge geen geeft geef geven had
    hadden heb hebben hebt heeft heel hem hen het hier hij hoe hoeveel hoor hun ik in is ja je jij jou jouw jullie
    kan kom komen komt kon konden krijg krijgen krijgt kunnen laat laten maak maakt maar mag me meer men met mij
    mijn moet moeten mogen na naar niet niets nog nu of om omdat onder ons onze ook op over pas per te ten ter
    terwijl toch toen tot tussen u uit uw van vaak vanuit veel via voor vooral waar waarom wanneer want waren was
    wat we wel welk welke werd werden wie wij wil willen word worden wordt zal ze zelf zich zij zijn zo zoals zodat
    zonder zou zouden zullen
    """.split()
)


def fold(text: str) -> str:
    """Write a text in lower case without accents."""
    lower = text.lower()
    return lower if lower.isascii() else _ACCENT.sub("", unicodedata.normalize("NFKD", lower))


def words(text: str) -> list[str]:
    """Give the words of a text, folded, in order, stop words too."""
    return _WORD.findall(fold(text))


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Give the stem of a folded Dutch word."""
    # A stemmer may not be shared between threads; making one costs microseconds.
    return str(Stemmer.Stemmer("dutch").stemWord(word))


class Analyzer:
    """Knows the words of one corpus, and so where its compounds come apart.

    Args:
        lexicon: words that may be part of a compound.
    """

    def __init__(self, lexicon: Iterable[str]) -> None:
        self.lexicon = frozenset(lexicon)
        self._stems = frozenset(map(stem, self.lexicon))
        self._terms = functools.lru_cache(maxsize=65_536)(self._taken_apart)

    @classmethod
    def learn(cls, counts: Mapping[str, int], extra: Iterable[str] = ()) -> "Analyzer":
        """Give an analyzer with the words that a corpus uses more than once, and some that are known beforehand.

        Args:
            counts: how often the corpus has each folded word.
            extra: texts whose words are known beforehand.
        """
        known = {word for word, count in counts.items() if count > 1}
        known.update(word for text in extra for word in words(text))
        return cls(word for word in known if len(word) >= _SHORTEST_PART and word not in STOP_WORDS and word.isalpha())

    def terms(self, text: str) -> list[str]:
        """Give the stems of a text without stop words, each compound followed by the stems of its parts."""
        return [term for word in words(text) for term in self.terms_of(word)]

    def terms_of(self, word: str) -> tuple[str, ...]:
        """Give the stems of a folded word and its parts; none of a stop word."""
        return self._terms(word)

    def _taken_apart(self, word: str) -> tuple[str, ...]:
        if word in STOP_WORDS or (len(word) < 2 and not word.isdigit()):
            return ()
        return (stem(word), *(stem(part) for part in self.parts(word)))

    def parts(self, word: str) -> tuple[str, ...]:
        """Give the known words that a folded word is made of; empty when it is no compound."""
        return self._split(word)

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < _SHORTEST_COMPOUND or not word.isalpha():
            return ()
        # The longest last part first: it is the head of a Dutch compound.
        for start in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            tail = word[start:]
            if tail not in self.lexicon and not self._inflected(tail):
                continue
            for link in _LINKS:
                head = word[:start].removesuffix(link) if link else word[:start]
                if (link and not word[:start].endswith(link)) or len(head) < _SHORTEST_PART:
                    continue
                if head in self.lexicon:
                    return (head, tail)
                if deeper := self._split(head):
                    return (*deeper, tail)
        return ()

    def _inflected(self, word: str) -> bool:
        return stem(word) in self._stems


@functools.lru_cache(maxsize=65_536)
def grams_of(word: str) -> tuple[str, ...]:
    """Give the runs of letters inside a folded word, with a mark where it begins; none of a stop word."""
    if word in STOP_WORDS:
        return ()
    marked = f"^{word}"
    return tuple(marked[start : start + size] for size in GRAMS for start in range(max(1, len(marked) - size + 1)))


def grams(text: str) -> list[str]:
    """Give the runs of letters inside the words of a text."""
    return [gram for word in words(text) for gram in grams_of(word)]
