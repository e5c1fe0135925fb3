"""Building an index: a tenant's documents become a new build, which readers see all at once or not at all."""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import chunks, corpus, soundness
from assistant_service.knowledge.documents import Document
from assistant_service.knowledge.index_chroma import ChromaIndex, Entry, name
from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.knowledge.passages import HEADING
from assistant_service.knowledge.places import Places
from assistant_service.knowledge.texts import Texts
from assistant_service.knowledge.versions import Versions
from assistant_service.knowledge.words import STOP_WORDS, stem, words
from veranderkracht.activities.store import TenantSlug

MANIFEST = "manifest.json"
LEXICAL = "lexical"
PLACES = "places.npz"
TEXTS = "texts"


@dataclass(frozen=True)
class Manifest:
    """What a build is.

    Args:
        fingerprint: of what it was made of.
        collection: the name of its collection.
        server: the address of the Chroma server that holds it, or empty when it lies in the build itself.
        passages: how many; a build without any has neither collection nor lexical index.
    """

    fingerprint: str
    collection: str
    server: str
    passages: int

    @classmethod
    def of(cls, build: Path) -> "Manifest":
        """Read the manifest of a build.

        Raises:
            FileNotFoundError: it has none, or none that can be read.
        """
        try:
            return cls(**json.loads((build / MANIFEST).read_text(encoding="utf-8")))
        except (ValueError, TypeError) as fault:
            raise FileNotFoundError(f"{build / MANIFEST} is damaged") from fault

    def open(self, build: Path) -> ChromaIndex:
        """Open the collection of a build."""
        return ChromaIndex(self.server or build / soundness.CHROMA, self.collection)


def versions_of(settings: AssistantSettings, tenant: TenantSlug) -> Versions:
    """Give where a tenant's builds lie; a slug is safe as a folder's name, for tenants cannot have another."""
    return Versions(settings.data / "index" / tenant)


def build(
    settings: AssistantSettings,
    database: Database,
    tenant: TenantSlug,
    tenant_id: int,
    progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """Make the tenant's index what its documents are now; call it while holding `Versions.writing`.

    An index that has everything but is damaged is made anew.

    Args:
        settings: where the index lies.
        database: where the documents are.
        tenant: the tenant's slug.
        tenant_id: its row.
        progress: told how many passages are in it, of how many.

    Returns:
        the manifest of the build that counts now: a new one, or the old when nothing had changed.

    Raises:
        OSError, chromadb's errors: the disk or the server failed; the old build still counts.
    """
    versions = versions_of(settings, tenant)
    with database.read() as session:
        fingerprint = corpus.fingerprint(session, tenant_id, settings.chroma_url)
        current = manifest_of(versions)
        if current is not None and current.fingerprint == fingerprint and _answers(versions, current):
            return current
        documents = corpus.texts(session, tenant_id)
        groups = corpus.thesaurus(session, tenant_id)
    versions.prune(_forget)  # what a run that was cut off left behind
    place = versions.begin()
    entries, searched = _entries(documents)
    manifest = Manifest(fingerprint, f"vk-{tenant}-{place.name}", settings.chroma_url, len(entries))
    try:
        (place / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        if entries:
            _fill(manifest, place, entries, searched, groups, progress)
        soundness.seal(place)
        versions.publish(place)
    except Exception:
        # Half a build helps nobody, and takes the room that a full disk lacks. What it has on a server, `prune` finds
        # by its manifest, when the server answers again.
        if not settings.chroma_url:
            shutil.rmtree(place, ignore_errors=True)
        raise
    versions.prune(_forget)
    return manifest


def _answers(versions: Versions, manifest: Manifest) -> bool:
    """Tell whether the build that counts is whole, on disk and, where a server holds it, there too."""
    place = versions.build(versions.current() or "")
    if soundness.fault_of(place) is not None:
        return False
    if not manifest.server or not manifest.passages:
        return True
    store = manifest.open(place)
    try:
        return store.holds(manifest.passages)
    finally:
        store.close()


def manifest_of(versions: Versions) -> Manifest | None:
    """Give the manifest of the build that counts, or None when there is none."""
    name = versions.current()
    try:
        return Manifest.of(versions.build(name)) if name else None
    except FileNotFoundError:
        return None


def searched_text(title: str, text: str, asked: Iterable[str]) -> str:
    """Give what is searched of a passage: its text, the questions it answers and, as it says most, its title twice."""
    return "\n".join((title, title, text, *asked))


def shared_out(asked: Iterable[str], texts: Sequence[str]) -> list[list[str]]:
    """Give each question that a document answers to the text of it that has most of its words, or to the first."""
    known = [set(map(stem, words(text))) for text in texts]
    shares: list[list[str]] = [[] for _ in texts]
    for question in asked if texts else ():
        wanted = {stem(word) for word in words(question) if word not in STOP_WORDS}
        shares[max(range(len(texts)), key=lambda number: len(wanted & known[number]))].append(question)
    return shares


def _fill(
    manifest: Manifest,
    place: Path,
    entries: list[Entry],
    searched: list[str],
    groups: list[list[str]],
    progress: Callable[[int, int], None] | None,
) -> None:
    def told(number: int) -> None:
        if progress is not None:
            progress(number, len(entries))

    told(0)
    lexical, vectors = LexicalIndex.build(searched, groups)
    lexical.save(place / LEXICAL)
    Places.of(entries).save(place / PLACES)
    Texts.save(entries, place / TEXTS)
    store = manifest.open(place)
    try:
        store.fill(entries, vectors, told)
        if store.count() != len(entries):
            raise RuntimeError(f"Chroma holds {store.count()} of {len(entries)} passages")
    finally:
        store.close()


def _entries(documents: list[Document]) -> tuple[list[Entry], list[str]]:
    """Give the passages, and what of each is searched."""
    entries: list[Entry] = []
    searched: list[str] = []
    for document in documents:
        cut = chunks.cut(document.body, document.title)
        shares = shared_out(document.asked, [f"{chunk.heading} {chunk.text}" for chunk in cut])
        for chunk, asked in zip(cut, shares, strict=True):
            entry = Entry(
                id=name(len(entries)),
                text=chunk.text or chunk.heading,
                title=f"{document.title}{HEADING}{chunk.heading}" if chunk.heading else document.title,
                url=document.url,
                modules=document.modules,
                valid_until=document.valid_until,
                valid_from=document.valid_from,
            )
            entries.append(entry)
            searched.append(searched_text(entry.title, entry.text, asked))
    return entries, searched


def _forget(place: Path) -> None:
    """Take away what a build has on a Chroma server."""
    try:
        manifest = Manifest.of(place)
    except FileNotFoundError:
        return
    if manifest.server and manifest.passages:
        store = manifest.open(place)
        try:
            store.drop()
        finally:
            store.close()
