"""An index of some size, and its searches beside a bare query to the same Chroma, question after question.

The index is made as every index is: documents in the database, cut, indexed and published.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy

from assistant_service.bench.text import Language
from assistant_service.configuration import read
from assistant_service.knowledge import building, corpus
from assistant_service.knowledge.chunks import cut
from assistant_service.knowledge.documents import TEXT, Collected, Document
from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.services import Services, open_services
from assistant_service.tenants import add_tenant, find_tenant
from veranderkracht.activities.store import TenantSlug

TENANT = TenantSlug("meting")
MODULES = 20
_WARM = 30  # questions before anything is timed
_LENGTHS = (900, 1000, 1100, 2000)  # characters of a section; the last is cut in two


@dataclass(frozen=True)
class Times:
    """Milliseconds that half of the searches, and 95 of 100, stay under."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        """Take them from single times."""
        p50, p95 = numpy.quantile(seconds, (0.5, 0.95)) * 1000
        return cls(float(p50), float(p95))


@dataclass(frozen=True)
class Measured:
    """What one size of index gave.

    Args:
        passages: how many it holds.
        building: seconds to index the documents once they are in the database.
        bare: a bare Chroma query with the question's vector, texts included.
        search: a search over all.
        in_module: a search that is told the module.
    """

    passages: int
    building: float
    bare: Times
    search: Times
    in_module: Times


def measure(folder: Path, passages: int, k: int, questions: int) -> Measured:
    """Make an index and search in it.

    Args:
        folder: empty, for the database and the index.
        passages: how many at least.
        k: how many are asked for.
        questions: how many are asked, after a few that do not count.
    """
    services = open_services(replace(read({"VK_DATA": str(folder)}), chroma_url=""))
    try:
        asked, manifest, seconds = fill(services, passages, questions + _WARM)
        versions = building.versions_of(services.settings, TENANT)
        build = versions.build(versions.current() or "")
        return _searched(services, build, manifest, seconds, asked, k)
    finally:
        services.knowledge.close()
        services.database.close()


def fill(services: Services, passages: int, questions: int) -> tuple[list[str], building.Manifest, float]:
    """Give a tenant, `TENANT`, an index of so many passages at least: questions about them, the index, and seconds."""
    language = Language()
    documents = _documents(language, passages)
    asked = [language.question(documents[number * len(documents) // questions].body) for number in range(questions)]
    return (asked, *_indexed(services, documents))


def _documents(language: Language, passages: int) -> list[Document]:
    documents: list[Document] = []
    number = 0
    while number < passages:
        place = len(documents)
        sections = [f"## {' '.join(language.words(4))}\n\n{language.section(length)}" for length in _LENGTHS]
        body = "\n\n".join(sections)
        number += len(cut(body))
        title = f"{' '.join(language.words(5)).capitalize()} {place}"
        modules = (f"module-{place % MODULES}",)
        documents.append(Document(f"{place}.md", TEXT, title, f"veranderkracht:meting/{place}", body, modules))
    return documents


def _indexed(services: Services, documents: list[Document]) -> tuple[building.Manifest, float]:
    with services.database.write() as session:
        add_tenant(session, TENANT, "Meting", services.clock())
        session.flush()
        tenant_id = find_tenant(session, TENANT).id
        corpus.keep_equal(session, tenant_id, Path("/meting"), Collected(documents), services.clock())
    begin = perf_counter()
    with building.versions_of(services.settings, TENANT).writing():
        manifest = building.build(services.settings, services.database, TENANT, tenant_id)
    return manifest, perf_counter() - begin


def _searched(
    services: Services, build: Path, manifest: building.Manifest, seconds: float, asked: list[str], k: int
) -> Measured:
    lexical = LexicalIndex.load(build / building.LEXICAL)
    store = manifest.open(build)
    bare: list[float] = []
    search: list[float] = []
    in_module: list[float] = []
    knowledge = services.knowledge
    try:
        for number, question in enumerate(asked):
            vector = lexical.vector(lexical.asked_terms(question))
            module = f"module-{number % MODULES}"
            bare.append(_timed(lambda vector=vector: store.bare(vector, k)))  # type: ignore[misc]
            search.append(_timed(lambda question=question: knowledge.search(TENANT, question, k)))  # type: ignore[misc]
            in_module.append(
                _timed(lambda question=question, module=module: knowledge.search(TENANT, question, k, module))  # type: ignore[misc]
            )
    finally:
        store.close()
    warm = [times[_WARM:] for times in (bare, search, in_module)]
    return Measured(manifest.passages, seconds, *(Times.of(times) for times in warm))


def _timed(act: Callable[[], object]) -> float:
    begin = perf_counter()
    act()
    return perf_counter() - begin
