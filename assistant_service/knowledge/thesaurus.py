"""The thesaurus at work: a question about 'naasten' also finds 'mantelzorger' and 'familielid'."""

from collections.abc import Container, Iterable, Sequence

from assistant_service.knowledge.words import STOP_WORDS, Analyzer, stem, words


class Synonyms:
    """Groups of words with one meaning, looked up by their stems.

    Args:
        groups: each a list of words or short phrases.
    """

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        held = [list(group) for group in groups]
        # What a group adds to a question; the small words of its phrases tell nothing.
        self._told = [
            [stem(word) for entry in group for word in words(entry) if word not in STOP_WORDS] for group in held
        ]
        self._meanings: dict[str, list[tuple[str, ...]]] = {}
        for group, told in zip(held, self._told, strict=True):
            runs = [tuple(stem(word) for word in words(entry) if word not in STOP_WORDS) for entry in group]
            for term in dict.fromkeys(told):
                self._meanings.setdefault(term, []).extend(run for run in runs if run and run != (term,))
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, group in enumerate(held):
            for entry in map(_stems, group):
                if entry:
                    self._by_first.setdefault(entry[0], []).append((entry, number))

    def touched(self, question: str, analyzer: Analyzer) -> list[int]:
        """Give the numbers of the groups that a question has a word of, in the order of the question."""
        asked = words(question)
        stems = [stem(word) for word in asked]
        own = frozenset(stems)
        # A part of a compound may be in the thesaurus too: 'familiegesprek' asks for 'naasten'.
        candidates = [*stems, *(term for word in asked for term in analyzer.terms_of(word) if term not in own)]
        found: dict[int, None] = {}
        for start, first in enumerate(candidates):
            for entry, number in self._by_first.get(first, ()):
                if tuple(candidates[start : start + len(entry)]) == entry:
                    found[number] = None
        return list(found)

    def meanings(self, term: str) -> list[tuple[str, ...]]:
        """Give what stands for a stem in the groups that have it: runs of stems, without small words."""
        return self._meanings.get(term, [])

    def expand(self, question: str, analyzer: Analyzer, without: Container[int] = ()) -> list[str]:
        """Give the stems of all that means the same as something in the question, without what stands there already.

        Args:
            question: what is asked.
            analyzer: takes it apart.
            without: numbers of groups that do not take part.
        """
        present = set(analyzer.terms(question))
        groups = (number for number in self.touched(question, analyzer) if number not in without)
        return list(dict.fromkeys(term for number in groups for term in self._told[number] if term not in present))


def _stems(entry: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(entry))
