"""What the tenant's knowledge has on a text: the passages that feedback may cite."""

from collections.abc import Sequence

from assistant_service.asking import excerpt
from assistant_service.feedback.messages import Source
from assistant_service.feedback.reading import own_sentences
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.search import Knowledge
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Unavailable

MOST = 3  # sources shown
_LONGEST_QUERY = 1500  # characters
_LEAST_COVERAGE = 0.08  # of a whole text's words in one passage; measured on the dev half of the reflections


def find(knowledge: Knowledge, tenant: TenantSlug, text: str, snapshot: Snapshot, *, most: int = MOST) -> list[Passage]:
    """Give the passages that fit a text best, of different documents, best first.

    Args:
        knowledge: to search.
        tenant: whose.
        text: the learner's, redacted; the assignment's own sentences in it are not searched for.
        snapshot: the assignment; its module's texts come first.
        most: how many at most.
    """
    query = " ".join(sentence.text for sentence in own_sentences(text, snapshot))[:_LONGEST_QUERY]
    if not query:
        return []
    # The step that the learner is at needs no pointing out.
    here = f"/{snapshot.module}/{snapshot.step}"
    try:
        found = knowledge.search(tenant, query, 4 * most, snapshot.module)
    except Unavailable:
        return []  # the index is being mended, and says so elsewhere; a text can be read without sources
    return [passage for passage in found if passage.coverage >= _LEAST_COVERAGE and not passage.url.endswith(here)][
        :most
    ]


def show(passages: Sequence[Passage], text: str) -> tuple[Source, ...]:
    """Give sources as they go over the wire, each with the part of it that fits the text best."""
    return tuple(Source(title=one.title, url=one.url, text=excerpt(text, one.text)) for one in passages)
