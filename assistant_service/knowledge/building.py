"""Building an index: a tenant's documents become a new build, which readers see all at once or not at all."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge import chunks, corpus
from assistant_service.knowledge.documents import Document
from assistant_service.knowledge.index_chroma import ChromaIndex, Entry, name
from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.knowledge.passages import HEADING
from assistant_service.knowledge.places import Places
from assistant_service.knowledge.versions import Versions
from veranderkracht.activities.store import TenantSlug

MANIFEST = "manifest.json"
LEXICAL = "lexical"
PLACES = "places.npz"
_CHROMA = "chroma"


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
        """Read the manifest of a build."""
        return cls(**json.loads((build / MANIFEST).read_text(encoding="utf-8")))

    def open(self, build: Path) -> ChromaIndex:
        """Open the collection of a build."""
        return ChromaIndex(self.server or build / _CHROMA, self.collection)


def versions_of(settings: AssistantSettings, tenant: TenantSlug) -> Versions:
    """Give where a tenant's builds lie; a slug is safe as a folder's name, for tenants cannot have another."""
    return Versions(settings.data / "index" / tenant)


def build(
    settings: AssistantSettings,
    database: Database,
    tenant: TenantSlug,
    tenant_id: int,
    progress: Callable[[str], None] | None = None,
) -> Manifest:
    """Make the tenant's index what its documents are now; call it while holding `Versions.writing`.

    Args:
        settings: where the index lies.
        database: where the documents are.
        tenant: the tenant's slug.
        tenant_id: its row.
        progress: told what is being done, in Dutch.

    Returns:
        the manifest of the build that counts now: a new one, or the old when nothing had changed.
    """
    versions = versions_of(settings, tenant)
    with database.read() as session:
        fingerprint = corpus.fingerprint(session, tenant_id, settings.chroma_url)
        current = manifest_of(versions)
        if current is not None and current.fingerprint == fingerprint:
            return current
        documents = corpus.texts(session, tenant_id)
        groups = corpus.thesaurus(session, tenant_id)
    versions.prune(_forget)  # what a run that was cut off left behind
    place = versions.begin()
    entries = _entries(documents)
    manifest = Manifest(fingerprint, f"vk-{tenant}-{place.name}", settings.chroma_url, len(entries))
    (place / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    if entries:
        if progress is not None:
            progress(f"{len(entries)} passages indexeren…")
        _fill(manifest, place, entries, groups)
    versions.publish(place)
    versions.prune(_forget)
    return manifest


def manifest_of(versions: Versions) -> Manifest | None:
    """Give the manifest of the build that counts, or None when there is none."""
    name = versions.current()
    try:
        return Manifest.of(versions.build(name)) if name else None
    except FileNotFoundError:
        return None


def searched_text(title: str, text: str) -> str:
    """Give what of a passage is searched: its text, and its title twice, for a title says most."""
    return f"{title}\n{title}\n{text}"


def _fill(manifest: Manifest, place: Path, entries: list[Entry], groups: list[list[str]]) -> None:
    texts = [searched_text(entry.title, entry.text) for entry in entries]
    lexical, vectors = LexicalIndex.build(texts, groups)
    lexical.save(place / LEXICAL)
    Places.of(entries).save(place / PLACES)
    store = manifest.open(place)
    try:
        store.fill(entries, vectors)
        if store.count() != len(entries):
            raise RuntimeError(f"Chroma holds {store.count()} of {len(entries)} passages")
    finally:
        store.close()


def _entries(documents: list[Document]) -> list[Entry]:
    entries: list[Entry] = []
    for document in documents:
        for chunk in chunks.cut(document.body, document.title):
            entries.append(
                Entry(
                    id=name(len(entries)),
                    text=chunk.text or chunk.heading,
                    title=f"{document.title}{HEADING}{chunk.heading}" if chunk.heading else document.title,
                    url=document.url,
                    modules=document.modules,
                    valid_until=document.valid_until,
                )
            )
    return entries


def _forget(place: Path) -> None:
    """Take away what a build has on a Chroma server."""
    try:
        manifest = Manifest.of(place)
    except (FileNotFoundError, ValueError):
        return
    if manifest.server and manifest.passages:
        store = manifest.open(place)
        try:
            store.drop()
        finally:
            store.close()
