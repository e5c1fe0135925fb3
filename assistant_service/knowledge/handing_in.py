"""Keeping a document that somebody hands in, in one transaction with its line in the log; a full disk is said."""

from sqlalchemy.exc import OperationalError

from assistant_service import audit
from assistant_service.knowledge import library_of_tenant as library
from assistant_service.knowledge.documents import Document
from assistant_service.knowledge.indexing import fault_code
from assistant_service.services import Services
from veranderkracht.errors import Unavailable
from veranderkracht.languages import say


def hand_in(services: Services, tenant_id: int, document: Document, *, by: str) -> tuple[int, library.Change]:
    """Keep a document that was read; give its id and what changed.

    Raises:
        Conflict: `document-duplicate`.
        Unavailable: `disk-full`.
    """
    now = services.clock()
    try:
        with services.database.write() as session:
            id, change = library.put(session, tenant_id, document, now)
            if change != "same":
                audit.note(session, f"document-{change}", tenant_id=tenant_id, by=by, about=str(id), at=now)
            return id, change
    except OperationalError as fault:
        if fault_code(fault, services.settings.data) != "disk-full":
            raise
        detail = say("De schijf van de assistent is vol: het document is niet bewaard. Verwittig de beheerder.")
        raise Unavailable(detail, code="disk-full") from fault
