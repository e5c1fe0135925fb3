"""A tenant's own documents, handed in one by one: added or replaced, shown, removed.

For the API and for pages of administrators alike. A document that came in by `index`, from a folder, is shown here but
kept equal to its file; only the command takes it away.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from assistant_service.knowledge import corpus, jobs
from assistant_service.knowledge.documents import TEXT, Document
from assistant_service.knowledge.extraction import cleaned
from assistant_service.knowledge.reading import SUFFIXES, read_text, suffix_of
from assistant_service.tables import DocumentRow, TenantRow
from veranderkracht.errors import Conflict, NotFound, Rejected
from veranderkracht.languages import say

HANDED_IN = "handed-in"  # the root of these documents; a folder's is an absolute path
_LARGEST_ID = 2**31 - 1

Change = Literal["added", "changed", "same"]
State = Literal["searchable", "waiting", "not-yet-valid", "expired"]


@dataclass(frozen=True)
class About:
    """What is told with a document; what is empty here, the file may say itself.

    Args:
        title: for people.
        url: of the source.
        source: where the text comes from, in words.
        licence: under which it may be used.
        modules: slugs of the modules that it belongs to.
        valid_from: the first day that it may be shown.
        valid_until: the last day that it may be shown.
    """

    title: str = ""
    url: str = ""
    source: str = ""
    licence: str = ""
    modules: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Kept:
    """A document as a tenant sees it.

    Args:
        id: within the service.
        name: of the file; handing in the same name again replaces it.
        document: all that is known of it; its body is left empty in a list.
        characters: how long the text is.
        state: whether it can be found now.
        handed_in: False for what came from a folder.
        twice: the id of an older document with the very same text, or None.
        changed_at: when its text or what is told of it last changed.
    """

    id: int
    name: str
    document: Document
    characters: int
    state: State
    handed_in: bool
    twice: int | None
    changed_at: datetime


def read_document(name: str, raw: bytes, about: About) -> Document:
    """Give the document that a file and what is told about it make; outside a transaction, for it may take a while.

    Args:
        name: of the file; its end says the kind.
        raw: the file.
        about: what is told with it.

    Raises:
        Rejected: `document-kind-unknown`, `document-dates`, or a reason that `extraction` names.
        Unavailable: `reading-busy`.
    """
    name = " ".join(cleaned(name).split())
    if suffix_of(name) not in SUFFIXES:
        raise Rejected(
            say(
                "Deze soort bestand lezen we niet. Geef Markdown, platte tekst, HTML, Word (.docx) of "
                "PDF, met die soort op het einde van de naam: {kinds}.",
                kinds=", ".join(SUFFIXES),
            ),
            code="document-kind-unknown",
        )
    told = read_text(raw, name)
    starts, ends = about.valid_from or told.valid_from, about.valid_until or told.valid_until
    if starts and ends and starts > ends:
        raise Rejected(
            say("Dit document zou verlopen voor het begint te tellen. Verbeter de data."), code="document-dates"
        )
    return Document(
        path=name,
        kind=TEXT,
        title=_line(about.title) or told.title,
        url=_line(about.url) or told.url or f"veranderkracht:document/{name}",
        body=told.body,
        modules=about.modules or told.modules,
        valid_until=ends,
        valid_from=starts,
        source=_line(about.source) or told.source,
        licence=_line(about.licence) or told.licence,
        asked=told.asked,
    )


def put(session: Session, tenant_id: int, document: Document, at: datetime) -> tuple[int, Change]:
    """Add a document, or replace the one of the same name, and wish an index of it; give its id and what changed.

    Args:
        session: to write with.
        tenant_id: whose.
        document: as `read_document` gave it.
        at: the present moment.

    Raises:
        Conflict: `document-duplicate` with `id` and `title`, another document has this very text.
    """
    # Who hands in at the same time waits here, so that a name or a text is there once.
    session.get(TenantRow, tenant_id, with_for_update=True)
    here = (DocumentRow.tenant_id == tenant_id, DocumentRow.root == HANDED_IN, DocumentRow.path == document.path)
    row = session.scalar(select(DocumentRow).where(*here))
    if row is not None and row.hash == document.hash:
        return row.id, "same"
    _refuse_twice(session, tenant_id, document)
    change: Change = "added" if row is None else "changed"
    if row is None:
        row = DocumentRow(tenant_id=tenant_id, root=HANDED_IN, path=document.path)
    corpus.fill(row, document, at)
    row.wish = jobs.wish(session, tenant_id)
    session.add(row)
    session.flush()
    return row.id, change


def remove(session: Session, tenant_id: int, id: str) -> None:
    """Remove a document for good, and wish an index without it.

    Raises:
        NotFound: this tenant has no such document.
        Conflict: `document-from-folder`, its file is what counts.
    """
    row = _row(session, tenant_id, id)
    if row.root != HANDED_IN:
        raise Conflict(
            say("Dit document komt uit een map. Haal het bestand daar weg en draai `veranderkracht index` opnieuw."),
            code="document-from-folder",
        )
    session.delete(row)
    session.flush()
    jobs.wish(session, tenant_id)


def find(session: Session, tenant_id: int, id: str, on: date) -> Kept:
    """Give one document, whole.

    Raises:
        NotFound: this tenant has no such document.
    """
    row = _row(session, tenant_id, id)
    return _kept(row, corpus.document_of(row), len(row.body), _answered(session, tenant_id), on, _first(session, row))


def every(session: Session, tenant_id: int, on: date) -> list[Kept]:
    """Give a tenant's documents without their texts, by title."""
    answered = _answered(session, tenant_id)
    query = select(DocumentRow, func.length(DocumentRow.body)).options(defer(DocumentRow.body, raiseload=True))
    mine = query.where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == TEXT)
    first: dict[str, int] = {}
    kept = []
    for row, characters in session.execute(mine.order_by(DocumentRow.id)):
        older = first.setdefault(row.content_hash, row.id)
        document = Document(
            row.path, row.kind, row.title, row.url, "", tuple(row.modules), row.valid_until, row.valid_from,
            row.source, row.licence,
        )  # fmt: skip
        kept.append(_kept(row, document, characters, answered, on, None if older == row.id else older))
    return sorted(kept, key=lambda one: (one.document.title.casefold(), one.id))


def _row(session: Session, tenant_id: int, id: str) -> DocumentRow:
    number = int(id) if id.isascii() and id.isdecimal() and len(id) <= 10 else 0
    row = session.get(DocumentRow, number) if 0 < number <= _LARGEST_ID else None
    if row is None or row.tenant_id != tenant_id or row.kind != TEXT:
        raise NotFound(say("Dit document bestaat niet, of niet meer."))
    return row


def _refuse_twice(session: Session, tenant_id: int, document: Document) -> None:
    others = (
        DocumentRow.tenant_id == tenant_id,
        DocumentRow.kind == TEXT,
        DocumentRow.content_hash == document.content_hash,
        (DocumentRow.root != HANDED_IN) | (DocumentRow.path != document.path),
    )
    same = session.scalar(select(DocumentRow).where(*others).order_by(DocumentRow.id).limit(1))
    if same is not None:
        raise Conflict(
            say(
                "Deze tekst staat er al, als “{title}”. Pas dat document aan, of verwijder het eerst.", title=same.title
            ),
            code="document-duplicate",
            extra={"id": str(same.id), "document_title": same.title},
        )


def _first(session: Session, row: DocumentRow) -> int | None:
    same = (DocumentRow.tenant_id == row.tenant_id, DocumentRow.content_hash == row.content_hash)
    first = session.scalar(select(func.min(DocumentRow.id)).where(*same, DocumentRow.kind == TEXT))
    return None if first == row.id else first


def _answered(session: Session, tenant_id: int) -> int:
    job = jobs.job_of(session, tenant_id)
    return job.answered if job is not None else 0


def _kept(row: DocumentRow, document: Document, characters: int, answered: int, on: date, twice: int | None) -> Kept:
    state: State = "searchable" if row.wish <= answered else "waiting"
    if row.valid_until is not None and row.valid_until < on:
        state = "expired"
    elif row.valid_from is not None and row.valid_from > on:
        state = "not-yet-valid"
    return Kept(row.id, row.path, document, characters, state, row.root == HANDED_IN, twice, row.read_at)


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())
