"""The lexical half of an index: BM25 over terms and over runs of letters, kept beside the vectors of the same build.

Holds no text: positions in it are the passages' numbers in Chroma.
"""

import functools
import json
import math
from collections.abc import Container, Sequence
from pathlib import Path

import bm25s
import numpy
from numpy.typing import NDArray

from assistant_service.knowledge.thesaurus import Synonyms
from assistant_service.knowledge.words import Analyzer, grams

Scores = NDArray[numpy.float32]

SYNONYM_WEIGHT = 0.5
_EMPTY = "\x00"  # a term that no text has: BM25 must have one per text


class LexicalIndex:
    """BM25 over one corpus.

    Args:
        analyzer: takes texts apart, as it did when the index was built.
        groups: the thesaurus.
        by_terms: BM25 over stems and parts of compounds.
        by_grams: BM25 over runs of letters.
    """

    def __init__(
        self, analyzer: Analyzer, groups: Sequence[Sequence[str]], by_terms: bm25s.BM25, by_grams: bm25s.BM25
    ) -> None:
        self.analyzer = analyzer
        self.groups = [list(group) for group in groups]
        self.synonyms = Synonyms(groups)
        self._by_terms = by_terms
        self._by_grams = by_grams
        self._meant = functools.lru_cache(maxsize=4096)(self._meaning)
        self._frequencies = numpy.diff(by_terms.scores["indptr"])
        self._size = int(by_terms.scores["num_docs"])

    @classmethod
    def build(cls, texts: Sequence[str], groups: Sequence[Sequence[str]]) -> "LexicalIndex":
        """Index at least one text."""
        analyzer = Analyzer.learn(texts, (entry for group in groups for entry in group))
        return cls(
            analyzer, groups, _bm25([analyzer.terms(text) for text in texts]), _bm25([grams(text) for text in texts])
        )

    def save(self, folder: Path) -> None:
        """Write the index into a folder that does not exist yet."""
        folder.mkdir()
        self._by_terms.save(folder / "terms", show_progress=False)
        self._by_grams.save(folder / "grams", show_progress=False)
        kept = {"lexicon": sorted(self.analyzer.lexicon), "groups": self.groups}
        (folder / "words.json").write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote."""
        kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        by_terms, by_grams = (bm25s.BM25.load(folder / name, mmap=True) for name in ("terms", "grams"))
        return cls(Analyzer(kept["lexicon"]), kept["groups"], by_terms, by_grams)

    def rarity(self, term: str) -> float:
        """Give how much it tells that a text has this term: its inverse document frequency; highest when unknown."""
        place = self._by_terms.vocab_dict.get(term)
        texts = 0 if place is None else int(self._frequencies[place])
        return math.log(1 + (self._size - texts + 0.5) / (texts + 0.5))

    def score_terms(
        self, question: str, *, thesaurus: bool = True, compounds: bool = True, without: Container[int] = ()
    ) -> Scores:
        """Give every text's BM25 score on stems, parts of compounds and, less heavily, words of the same meaning.

        Args:
            question: what is asked.
            thesaurus: whether words of the same meaning count.
            compounds: whether parts of compounds count.
            without: numbers of the thesaurus's groups that do not count.
        """
        terms = self.analyzer.terms(question) if compounds else Analyzer(()).terms(question)
        scores = self._score(self._by_terms, terms)
        if thesaurus:
            others = self.synonyms.expand(question, self.analyzer, without)
            scores = scores + numpy.float32(SYNONYM_WEIGHT) * self._score(self._by_terms, others)
        return scores

    def score_grams(self, question: str) -> Scores:
        """Give every text's BM25 score on runs of letters."""
        return self._score(self._by_grams, grams(question))

    def coverage(self, question: str, text: str) -> float:
        """Give the share of the question's words, by rarity, that a text has, or has a word of the same meaning for."""
        asked = list(dict.fromkeys(self.analyzer.terms(question)))
        total = sum(map(self.rarity, asked))
        present = self._meant(text)
        return sum(self.rarity(term) for term in asked if term in present) / total if total else 0.0

    def _meaning(self, text: str) -> frozenset[str]:
        return frozenset([*self.analyzer.terms(text), *self.synonyms.expand(text, self.analyzer)])

    def _score(self, index: bm25s.BM25, terms: list[str]) -> Scores:
        if not terms:
            return numpy.zeros(self._size, dtype=numpy.float32)
        scores: Scores = index.get_scores(terms)
        return scores


def _bm25(texts: list[list[str]]) -> bm25s.BM25:
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([text or [_EMPTY] for text in texts], show_progress=False)
    return index
