"""The thesaurus at work: a question about 'naasten' also finds 'mantelzorger' and 'familielid'."""

from collections.abc import Iterable, Sequence

from assistant_service.knowledge.words import Analyzer, stem, words


class Synonyms:
    """Groups of words with one meaning, looked up by their stems.

    Args:
        groups: each a list of words or short phrases.
    """

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._groups = [[_stems(entry) for entry in group] for group in groups]
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, group in enumerate(self._groups):
            for entry in group:
                if entry:
                    self._by_first.setdefault(entry[0], []).append((entry, number))

    def expand(self, question: str, analyzer: Analyzer) -> list[str]:
        """Give the stems of all that means the same as something in the question, without what stands there already."""
        stems = [stem(word) for word in words(question)]
        present = set(analyzer.terms(question))
        # A part of a compound may be in the thesaurus too: 'familiegesprek' asks for 'naasten'.
        candidates = [*stems, *(term for term in analyzer.terms(question) if term not in stems)]
        found: dict[str, None] = {}
        for start, first in enumerate(candidates):
            for entry, number in self._by_first.get(first, ()):
                if tuple(candidates[start : start + len(entry)]) == entry:
                    for other in self._groups[number]:
                        found.update(dict.fromkeys(term for term in other if term not in present))
        return list(found)


def _stems(entry: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(entry))
