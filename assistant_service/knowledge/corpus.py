"""A tenant's documents in the database: kept equal to the files they were read from, and given back for a build."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assistant_service.knowledge import jobs
from assistant_service.knowledge.documents import TEXT, THESAURUS, Collected, Document
from assistant_service.tables import DocumentRow
from veranderkracht.modules.library import Library

RECIPE = 5  # goes up when the way from documents to an index changes


@dataclass(frozen=True)
class Changes:
    """What a run of `index` did with the documents of one root; `twice` are texts that another document has as well."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    twice: int = 0


def keep_equal(session: Session, tenant_id: int, root: Path, collected: Collected, at: datetime) -> Changes:
    """Make the rows of a root what its files are now, and wish an index of them when anything changed.

    Args:
        session: to write with.
        tenant_id: whose documents.
        root: the file or folder, as an absolute path.
        collected: what it holds.
        at: the present moment.
    """
    query = select(DocumentRow).where(DocumentRow.tenant_id == tenant_id, DocumentRow.root == str(root))
    rows = {row.path: row for row in session.scalars(query)}
    added = changed = same = 0
    fresh: list[DocumentRow] = []
    for document in collected.documents:
        row = rows.pop(document.path, None)
        if row is not None and row.hash == document.hash:
            same += 1
            continue
        if row is None:
            added += 1
            row = DocumentRow(tenant_id=tenant_id, root=str(root), path=document.path)
        else:
            changed += 1
        fill(row, document, at)
        fresh.append(row)
    broken = {path for path, _ in collected.broken}
    gone = [row for path, row in rows.items() if path.partition("#")[0] not in broken]
    for row in gone:
        session.delete(row)
    if fresh or gone:
        number = jobs.wish(session, tenant_id)
        for row in fresh:
            row.wish = number
    session.add_all(fresh)
    session.flush()
    return Changes(added, changed, len(gone), same, _twice(session, tenant_id, collected.documents))


def _twice(session: Session, tenant_id: int, documents: list[Document]) -> int:
    query = select(DocumentRow.content_hash).where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == TEXT)
    several = query.group_by(DocumentRow.content_hash).having(func.count() > 1)
    known = set(session.scalars(several))
    return sum(one.content_hash in known for one in documents if one.kind == TEXT)


def forget(session: Session, tenant_id: int, root: Path) -> int:
    """Remove the documents of a root that is no longer there; give how many there were."""
    where = (DocumentRow.tenant_id == tenant_id, DocumentRow.root == str(root))
    number = len(session.scalars(select(DocumentRow.id).where(*where)).all())
    session.execute(delete(DocumentRow).where(*where))
    if number:
        jobs.wish(session, tenant_id)
    return number


def texts(session: Session, tenant_id: int) -> list[Document]:
    """Give the documents to index, each once: what stands in two places under one title counts for both's modules."""
    query = select(DocumentRow).where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == TEXT)
    found: dict[tuple[object, ...], Document] = {}
    for row in session.scalars(query.order_by(DocumentRow.id)):
        document = document_of(row)
        # One that has expired must not speak for one that has not.
        said = (row.content_hash, row.title, row.valid_from, row.valid_until)
        if (first := found.get(said)) is not None:
            document = replace(first, modules=tuple(dict.fromkeys([*first.modules, *document.modules])))
        found[said] = document
    return list(found.values())


def document_of(row: DocumentRow) -> Document:
    """Give the document that a row holds."""
    return Document(
        row.path, row.kind, row.title, row.url, row.body, tuple(row.modules), row.valid_until, row.valid_from,
        row.source, row.licence, tuple(row.asked),
    )  # fmt: skip


def thesaurus(session: Session, tenant_id: int) -> list[list[str]]:
    """Give the installed groups of words and the tenant's own, each once."""
    query = select(DocumentRow.body).where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == THESAURUS)
    own = [tuple(group) for body in session.scalars(query.order_by(DocumentRow.id)) for group in json.loads(body)]
    return [list(group) for group in dict.fromkeys([*Library.installed().thesaurus(), *own])]


def fingerprint(session: Session, tenant_id: int, store: str) -> str:
    """Name what an index of this tenant would be made of, to see whether the one we have is behind.

    Args:
        session: to read with.
        tenant_id: whose documents.
        store: where the passages would lie, the address of a server or an empty string.
    """
    query = select(DocumentRow.hash).where(DocumentRow.tenant_id == tenant_id).order_by(DocumentRow.hash)
    told: Iterable[object] = (RECIPE, store, thesaurus(session, tenant_id), list(session.scalars(query)))
    return hashlib.sha256(json.dumps(list(told)).encode()).hexdigest()


def fill(row: DocumentRow, document: Document, at: datetime) -> None:
    """Give a row what a document says."""
    row.kind, row.title, row.url, row.body = document.kind, document.title, document.url, document.body
    row.source, row.licence = document.source, document.licence
    row.modules, row.asked = list(document.modules), list(document.asked)
    row.valid_from, row.valid_until = document.valid_from, document.valid_until
    row.hash, row.content_hash, row.read_at = document.hash, document.content_hash, at
