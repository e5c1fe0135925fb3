"""The knowledge over HTTP: hosts hand documents in and follow the indexing; everyone with a token may search."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from assistant_service import audit
from assistant_service.api import Call, Endpoint, Message, Nothing
from assistant_service.knowledge import library_of_tenant as library
from assistant_service.knowledge.extraction import LARGEST
from assistant_service.knowledge.handing_in import hand_in
from assistant_service.knowledge.search import THIN
from assistant_service.knowledge.standing import standing_of
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Rejected
from veranderkracht.languages import say

SCOPE = "knowledge"
_LONGEST_QUERY = 1_000  # characters

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class DocumentIn(Message):
    """A file in base64, with what is told about it."""

    name: str = Field(min_length=1, max_length=300)
    content: Base64Bytes
    title: str = Field("", max_length=500)
    url: str = Field("", max_length=2000, pattern=r"^(https?://\S+)?$")
    source: str = Field("", max_length=2000)
    licence: str = Field("", max_length=200)
    modules: tuple[Slug, ...] = Field((), max_length=50)
    valid_from: date | None = None
    valid_until: date | None = None


class DocumentOut(Message):
    """A document without its text."""

    id: str
    name: str
    title: str
    url: str
    source: str
    licence: str
    modules: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    characters: int
    state: library.State
    handed_in: bool
    same_as: str | None
    changed_at: datetime


class DocumentPut(Message):
    """What became of a document that was handed in."""

    document: DocumentOut
    change: library.Change


class DocumentList(Message):
    """A tenant's documents."""

    documents: tuple[DocumentOut, ...]


class Fault(Message):
    """What went wrong with indexing."""

    code: str
    detail: str


class Passages(Message):
    """How far indexing is."""

    done: int
    total: int


class KnowledgeState(Message):
    """How a tenant's index stands."""

    state: Literal["empty", "ready", "waiting", "indexing", "failed"]
    documents: int
    passages: Passages
    fault: Fault | None
    indexed_at: datetime | None


class SearchRequest(Message):
    """A question."""

    query: str = Field(max_length=_LONGEST_QUERY)
    k: int = Field(5, ge=1, le=20)
    module: Slug | None = None


class Found(Message):
    """A passage that fits the question."""

    title: str
    url: str
    text: str
    score: float


class SearchAnswer(Message):
    """Passages, best first; `thin` when none of them may answer the question."""

    passages: tuple[Found, ...]
    thin: bool


def _put(call: Call[DocumentIn]) -> DocumentPut:
    body, services, tenant_id = call.body, call.services, call.caller.tenant_id
    about = library.About(
        body.title, body.url, body.source, body.licence, tuple(dict.fromkeys(body.modules)), body.valid_from,
        body.valid_until,
    )  # fmt: skip
    document = library.read_document(body.name, body.content, about)
    id, change = hand_in(services, tenant_id, document, by=call.caller.issuer)
    with services.database.read() as session:
        kept = library.find(session, tenant_id, str(id), services.clock().date())
    return DocumentPut(document=_out(kept), change=change)


def _list(call: Call[Nothing]) -> DocumentList:
    with call.services.database.read() as session:
        kept = library.every(session, call.caller.tenant_id, call.services.clock().date())
    return DocumentList(documents=tuple(map(_out, kept)))


def _remove(call: Call[Nothing]) -> None:
    caller, id, now = call.caller, call.path["id"], call.services.clock()
    with call.services.database.write() as session:
        library.remove(session, caller.tenant_id, id)
        audit.note(session, "document-removed", tenant_id=caller.tenant_id, by=caller.issuer, about=id, at=now)


def _state(call: Call[Nothing]) -> KnowledgeState:
    with call.services.database.read() as session:
        found = standing_of(session, call.services.settings, call.caller.tenant_id, TenantSlug(call.caller.tenant))
    return KnowledgeState(
        state=found.state,
        documents=found.documents,
        passages=Passages(done=found.done, total=found.total),
        fault=Fault(code=found.fault, detail=found.says) if found.fault else None,
        indexed_at=found.indexed_at,
    )


def _search(call: Call[SearchRequest]) -> SearchAnswer:
    services, caller, query = call.services, call.caller, " ".join(call.body.query.split())
    if not query:
        raise Rejected(say("Typ eerst een vraag of een paar woorden."), code="text-empty")
    found = services.knowledge.search(caller.tenant, query, call.body.k, call.body.module)
    return SearchAnswer(
        passages=tuple(Found(title=one.title, url=one.url, text=one.text, score=round(one.score, 4)) for one in found),
        thin=all(one.coverage < THIN for one in found),
    )


def _out(kept: library.Kept) -> DocumentOut:
    one = kept.document
    return DocumentOut(
        id=str(kept.id),
        name=kept.name,
        title=one.title,
        url=one.url,
        source=one.source,
        licence=one.licence,
        modules=one.modules,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        characters=kept.characters,
        state=kept.state,
        handed_in=kept.handed_in,
        same_as=None if kept.twice is None else str(kept.twice),
        changed_at=kept.changed_at,
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/v1/knowledge/documents",
        "Geef een document, of vervang dat met dezelfde naam",
        SCOPE,
        DocumentIn,
        DocumentPut,
        _put,
        roles=("host",),
        codes=(
            (409, "document-duplicate"),
            (413, "too-large"),
            (422, "document-kind-unknown"),
            (422, "document-encrypted"),
            (422, "document-without-text"),
            (422, "document-damaged"),
            (422, "document-too-heavy"),
            (503, "reading-busy"),
            (503, "disk-full"),
        ),
        largest=LARGEST * 4 // 3 + 100_000,  # base64, and what is told with it
    ),
    Endpoint(
        "GET",
        "/v1/knowledge/documents",
        "Toon de documenten",
        SCOPE,
        Nothing,
        DocumentList,
        _list,
        roles=("host",),
    ),
    Endpoint(
        "DELETE",
        "/v1/knowledge/documents/{id}",
        "Verwijder een document voorgoed",
        SCOPE,
        Nothing,
        None,
        _remove,
        roles=("host",),
        codes=((404, "not-found"), (409, "document-from-folder")),
    ),
    Endpoint(
        "GET",
        "/v1/knowledge/state",
        "Zeg hoe ver het indexeren is",
        SCOPE,
        Nothing,
        KnowledgeState,
        _state,
        roles=("host",),
    ),
    Endpoint(
        "POST",
        "/v1/knowledge/search",
        "Zoek in de kennisbank",
        ("feedback", "supervision", SCOPE),
        SearchRequest,
        SearchAnswer,
        _search,
        roles=("learner", "teacher", "host"),
        codes=((422, "text-empty"), (503, "index-unavailable")),
    ),
)
