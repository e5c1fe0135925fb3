"""The institution's own documents: handed in, replaced, removed, with how far the index is."""

from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration.guard import go, guarded, here, note, page, services
from assistant_service.knowledge import library_of_tenant as library
from assistant_service.knowledge.extraction import LARGEST
from assistant_service.knowledge.handing_in import hand_in
from assistant_service.knowledge.reading import SUFFIXES
from assistant_service.knowledge.standing import standing_of
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import VkError
from veranderkracht.languages import say
from veranderkracht.modules.library import Library

_FIELDS = ("title", "source", "url", "licence", "valid_from", "valid_until")

blueprint = guarded("admin_documents", __name__, ("administrator",), largest=LARGEST + 100_000)


@blueprint.get("/documents")
def show() -> Response:
    """Show what is there, and a form for more."""
    return _shown({}, {})


@blueprint.post("/documents")
def add() -> AnyResponse:
    """Hand in a document, or the next version of one."""
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() for name in _FIELDS}
    typed["modules"] = request.form.getlist("modules")
    faults: dict[str, str] = {}
    dates = {name: _day(typed[name], name, faults) for name in ("valid_from", "valid_until")}
    file = request.files.get("file")
    if file is None or not file.filename:
        faults["file"] = say("Kies een bestand.")
    if faults or file is None:
        return _shown(typed, faults)
    ours, person = services(), here()
    known = {module.slug for module in Library.installed().modules()}
    modules = tuple(slug for slug in typed["modules"] if slug in known)
    about = library.About(
        title=typed["title"],
        url=typed["url"],
        source=typed["source"],
        licence=typed["licence"],
        modules=modules,
        valid_from=dates["valid_from"],
        valid_until=dates["valid_until"],
    )
    try:
        document = library.read_document(file.filename or "", file.stream.read(), about)
        _, change = hand_in(ours, person.tenant_id, document, by=person.acts_as)
    except VkError as fault:
        return _shown(typed, {"file": fault.detail})
    return go("admin_documents.show", said=change)


@blueprint.post("/documents/<id>/remove")
def remove(id: str) -> AnyResponse:
    """Remove a document."""
    with services().database.write() as session:
        library.remove(session, here().tenant_id, id)
        note(session, "document-removed", about=id)
    return go("admin_documents.show", said="removed")


def _shown(typed: dict[str, Any], faults: dict[str, str]) -> Response:
    ours, person = services(), here()
    with ours.database.read() as session:
        documents = library.every(session, person.tenant_id, ours.clock().date())
        standing = standing_of(session, ours.settings, person.tenant_id, TenantSlug(person.tenant))
    return page(
        "documents.html",
        status=422 if faults else 200,
        own=[one for one in documents if one.handed_in],
        others=sum(not one.handed_in for one in documents),
        standing=standing,
        modules=Library.installed().modules(),
        suffixes=", ".join(SUFFIXES),
        megabytes=LARGEST // 1_000_000,
        typed=typed,
        faults=faults,
        said=request.args.get("said", ""),
    )


def _day(text: str, name: str, faults: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults[name] = say("Schrijf een dag als 2027-01-31.")
        return None
