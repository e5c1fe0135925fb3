"""A tenant's documents in the database: kept equal to the files they were read from, and given back for a build."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant_service.knowledge.documents import TEXT, THESAURUS, Collected, Document
from assistant_service.tables import DocumentRow
from veranderkracht.modules.library import Library

RECIPE = 2  # goes up when the way from documents to an index changes


@dataclass(frozen=True)
class Changes:
    """What a run of `index` did with the documents of one root."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0


def keep_equal(session: Session, tenant_id: int, root: Path, collected: Collected, at: datetime) -> Changes:
    """Make the rows of a root what its files are now.

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
    for document in collected.documents:
        row = rows.pop(document.path, None)
        if row is not None and row.hash == document.hash:
            same += 1
            continue
        if row is None:
            added += 1
            row = DocumentRow(tenant_id=tenant_id, root=str(root), path=document.path)
            session.add(row)
        else:
            changed += 1
        _fill(row, document, at)
    broken = {path for path, _ in collected.broken}
    gone = [row for path, row in rows.items() if path.partition("#")[0] not in broken]
    for row in gone:
        session.delete(row)
    session.flush()
    return Changes(added, changed, len(gone), same)


def forget(session: Session, tenant_id: int, root: Path) -> int:
    """Remove the documents of a root that is no longer there; give how many there were."""
    where = (DocumentRow.tenant_id == tenant_id, DocumentRow.root == str(root))
    number = len(session.scalars(select(DocumentRow.id).where(*where)).all())
    session.execute(delete(DocumentRow).where(*where))
    return number


def texts(session: Session, tenant_id: int) -> list[Document]:
    """Give the documents to index, each once: a text that was read from two roots counts as one."""
    query = select(DocumentRow).where(DocumentRow.tenant_id == tenant_id, DocumentRow.kind == TEXT)
    found: dict[str, Document] = {}
    for row in session.scalars(query.order_by(DocumentRow.id)):
        document = Document(row.path, row.kind, row.title, row.url, row.body, tuple(row.modules), row.valid_until)
        found.setdefault(row.hash, document)
    return list(found.values())


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


def _fill(row: DocumentRow, document: Document, at: datetime) -> None:
    row.kind, row.title, row.url, row.body = document.kind, document.title, document.url, document.body
    row.modules, row.valid_until = list(document.modules), document.valid_until
    row.hash, row.read_at = document.hash, at
