"""The lexical half of an index: BM25 over terms and over runs of letters, and the directions that vectors are made of.

Kept beside the passages of the same build. Holds no text: positions in it are the passages' numbers in Chroma.
"""

import json
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import numpy

from assistant_service.knowledge.postings import Counted, Numbers, Postings, Scores, count
from assistant_service.knowledge.thesaurus import Synonyms
from assistant_service.knowledge.vectors import Space, Vector
from assistant_service.knowledge.words import Analyzer, grams, grams_of, words

SYNONYM_WEIGHT = 0.5


class LexicalIndex:
    """BM25 over one corpus.

    Args:
        analyzer: takes texts apart, as it did when the index was built.
        groups: the thesaurus.
        by_terms: BM25 over stems and parts of compounds.
        by_grams: BM25 over runs of letters.
        space: the directions of the corpus, by term.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        groups: Sequence[Sequence[str]],
        by_terms: Postings,
        by_grams: Postings,
        space: Space,
    ) -> None:
        self.analyzer = analyzer
        self.groups = [list(group) for group in groups]
        self.synonyms = Synonyms(groups)
        self._by_terms = by_terms
        self._by_grams = by_grams
        self._space = space

    @classmethod
    def build(cls, texts: Sequence[str], groups: Sequence[Sequence[str]]) -> "tuple[LexicalIndex, Iterator[Vector]]":
        """Index at least one text; give the index, and the vector of each text."""
        rows, known = _numbered(texts)
        used = Counter(number for row in rows for number in row.tolist())
        analyzer = Analyzer.learn(
            {word: used[number] for number, word in enumerate(known)}, (entry for group in groups for entry in group)
        )
        by_grams = Postings.build(count(rows, [grams_of(word) for word in known]))
        counted = count(rows, [analyzer.terms_of(word) for word in known])
        by_terms = Postings.build(counted)
        space = Space.learn(counted.rows, by_terms.rarities)
        return cls(analyzer, groups, by_terms, by_grams, space), _vectors(counted, by_terms, space)

    def save(self, folder: Path) -> None:
        """Write the index into a folder that does not exist yet."""
        folder.mkdir()
        self._by_terms.save(folder / "terms")
        self._by_grams.save(folder / "grams")
        self._space.save(folder / "space.npy")
        kept = {"lexicon": sorted(self.analyzer.lexicon), "groups": self.groups}
        (folder / "words.json").write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote."""
        kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        by_terms, by_grams = (Postings.load(folder / name) for name in ("terms", "grams"))
        space = Space.load(folder / "space.npy")
        return cls(Analyzer(kept["lexicon"]), kept["groups"], by_terms, by_grams, space)

    def asked_terms(
        self, question: str, *, thesaurus: bool = True, compounds: bool = True, without: Container[int] = ()
    ) -> list[tuple[str, float]]:
        """Give the terms that a question asks for, and how heavily: its own, and others of the same meaning.

        Args:
            question: what is asked.
            thesaurus: whether words of the same meaning count.
            compounds: whether parts of compounds count.
            without: numbers of the thesaurus's groups that do not count.
        """
        analyzer = self.analyzer if compounds else Analyzer(())
        asked = [(term, float(times)) for term, times in Counter(analyzer.terms(question)).items()]
        others = self.synonyms.expand(question, self.analyzer, without) if thesaurus else []
        return [*asked, *((term, SYNONYM_WEIGHT) for term in others)]

    def score_terms(self, asked: Sequence[tuple[str, float]]) -> Scores:
        """Give every text's BM25 score on stems and parts of compounds."""
        return self._by_terms.score(asked)

    def score_grams(self, question: str) -> Scores:
        """Give every text's BM25 score on runs of letters."""
        return self._by_grams.score((gram, float(times)) for gram, times in Counter(grams(question)).items())

    def vector(self, asked: Sequence[tuple[str, float]]) -> Vector:
        """Give the vector of what is asked for."""
        known = [(number, weight) for term, weight in asked if (number := self._by_terms.numbers.get(term)) is not None]
        numbers = numpy.array([number for number, _ in known], dtype=numpy.int32)
        weights = numpy.array([weight for _, weight in known], dtype=numpy.float32)
        return self._space.place(numbers, weights * self._by_terms.rarities[numbers])

    def coverage(self, question: str) -> "Coverage":
        """Give what tells how much of a question's words a passage has."""
        asked = dict.fromkeys(self.analyzer.terms(question))
        return Coverage(
            self._by_terms, [(self._by_terms.rarity(term), ((term,), *self.synonyms.meanings(term))) for term in asked]
        )


class Coverage:
    """How much of a question's words a passage has.

    Args:
        postings: which passage has which term.
        asked: of each term of the question its rarity, and the runs of terms that stand for it, itself among them.
    """

    def __init__(self, postings: Postings, asked: Sequence[tuple[float, Sequence[tuple[str, ...]]]]) -> None:
        self._postings = postings
        self._asked = asked
        self._total = sum(rarity for rarity, _ in asked)

    def of(self, passage: int) -> float:
        """Give the share, by rarity, of the words that a passage has, or has a word of the same meaning for."""
        present = sum(
            rarity
            for rarity, runs in self._asked
            if any(all(self._postings.has(term, passage) for term in run) for run in runs)
        )
        return present / self._total if self._total else 0.0


def _numbered(texts: Sequence[str]) -> tuple[list[Numbers], list[str]]:
    """Give each text as the numbers of its words, and the words."""
    known: dict[str, int] = {}
    rows = [
        numpy.array([known.setdefault(word, len(known)) for word in words(text)], dtype=numpy.int32) for text in texts
    ]
    return rows, list(known)


def _vectors(counted: Counted, by_terms: Postings, space: Space) -> Iterator[Vector]:
    for row in counted.rows:
        yield space.of_text(row, by_terms.rarities)
