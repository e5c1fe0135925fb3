"""What searching gives: passages with where they come from; and how the index stands."""

from dataclasses import dataclass, field

HEADING = " – "  # between a document's title and the heading that a passage stands under
LONGEST_AROUND = 400  # characters that are given with a passage, on either side, where it was cut out of a section


@dataclass(frozen=True)
class Passage:
    """A piece of a tenant's knowledge that fits a question.

    Args:
        id: stable within one build of the index; to cite by, for instance.
        text: plain text: the passage, at most 1,200 characters, and on either side up to LONGEST_AROUND of what it
            was cut out of.
        title: the document's title, and the heading that the passage stands under.
        url: the source's address, or else our own lasting name for the document.
        score: how it ranks, from 0 to 1; comparable within one search only.
        coverage: the share of the question's words, weighed by how rare they are, that the passage itself has (0 to 1);
            comparable between searches, low when the knowledge base has no answer.
        modules: slugs of the modules that the document belongs to.
    """

    id: str
    text: str
    title: str
    url: str
    score: float
    coverage: float
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexState:
    """How the indexes of all tenants stand.

    Args:
        tenants: how many tenants have documents.
        ready: how many of those can be searched.
        behind: how many have documents that their index does not hold yet.
        faults: codes of what is wrong, with how many tenants it is wrong for.
    """

    tenants: int
    ready: int
    behind: int
    faults: dict[str, int] = field(default_factory=dict)
