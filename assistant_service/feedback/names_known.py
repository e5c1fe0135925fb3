"""Names that an assignment itself uses, and that a learner may therefore write: the people of its case."""

import functools

from assistant_service.feedback.names import words_of
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.errors import VkError
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Case


def known_names(snapshot: Snapshot) -> frozenset[str]:
    """Give the words, folded, of an assignment: its prompt and titles, and the case's people, places and texts."""
    own = words_of(snapshot.prompt, snapshot.title, snapshot.module_title)
    return own | _of_cases(snapshot.module)


@functools.lru_cache(maxsize=64)
def _of_cases(module: str) -> frozenset[str]:
    library = Library.installed()
    try:
        cases = [step for step in library.module(module).steps if isinstance(step, Case)]
        texts = [library.text(module, case.file) for case in cases]
    except VkError:
        # A module that only the host has: then the prompt must do.
        return frozenset()
    people = [f"{person.name} {person.role}" for case in cases for person in case.people]
    # Of the text only what begins with a capital: a common word must not hide a name.
    return frozenset(words_of(*people)) | words_of(
        *(word for text in texts for word in text.split() if word[:1].isupper())
    )
