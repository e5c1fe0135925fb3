"""What each text and each group of the thesaurus adds: whether searching gives other answers because it is there."""

from collections.abc import Callable, Mapping, Sequence

from assistant_service.knowledge.measuring import Question, Search
from assistant_service.knowledge.ranking import Parts

SEEN = 5  # results that somebody looks at


def titles_seen(search: Search, questions: Sequence[Question]) -> set[str]:
    """Give the titles that come among the first five for some question, asked with its module or without.

    A text that is never among them changes no answer; searching passes it by for all that was asked.
    """
    return {title for one in questions for module in _modules(one) for title in _titles(search, one, module, Parts())}


def groups_that_matter(
    search: Search, groups_in: Callable[[str], Mapping[int, Sequence[str]]], questions: Sequence[Question]
) -> set[tuple[str, ...]]:
    """Give the groups of the thesaurus without which some question has other first five results.

    Args:
        search: takes a question, a module or None, and the parts.
        groups_in: gives the groups that a question touches, by number.
        questions: what is asked.
    """
    matter: set[tuple[str, ...]] = set()
    for one in questions:
        untested = {number: tuple(group) for number, group in groups_in(one.question).items()}
        for module in _modules(one):
            usual = _titles(search, one, module, Parts()) if untested else []
            for number, group in untested.items():
                if group not in matter and usual != _titles(search, one, module, Parts(without=frozenset({number}))):
                    matter.add(group)
    return matter


def _modules(one: Question) -> tuple[str | None, ...]:
    return (None, one.module) if one.module else (None,)


def _titles(search: Search, one: Question, module: str | None, parts: Parts) -> list[str]:
    return [passage.title for passage in search(one.question, module, parts)[:SEEN]]
