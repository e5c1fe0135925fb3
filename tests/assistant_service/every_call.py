"""Every call of the API and every page of the administration, with something to send to each.

The lists that are called come from the app itself; here stands only what a call sends. One that is not here makes
`test_tenants_apart.py` fail, and says so.
"""

import base64
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from assistant_service.api import Endpoint
from assistant_service.app import ENDPOINTS
from tests.assistant_service.test_events import statement
from tests.assistant_service.two_tenants import ADDRESS, MARKS, STORY, SUBJECTS, World, decision, snapshot
from tests.cast import WEST
from veranderkracht.activities.store import TenantSlug


@dataclass(frozen=True)
class Given:
    """What one call is made with; ids may be of any institution.

    Args:
        tenant: whose token it is.
        of: whose snapshot, statement or issuer it shows.
        conversation: an id.
        message: an id.
        document: an id.
        question: an id.
        person: an id of somebody who administers.
        reading: an id of feedback that a teacher asked for.
        subject: of the token, and whom it asks about.
        role: which of the roles that the endpoint takes.
        number: of the text, of a few.
    """

    tenant: TenantSlug
    of: TenantSlug
    conversation: str = ""
    message: str = ""
    document: str = ""
    question: str = ""
    person: str = ""
    reading: str = ""
    subject: str = SUBJECTS[0]
    role: int = 0
    number: int = 0

    @property
    def text(self) -> str:
        """A text of the caller's institution."""
        return STORY.format(f"{MARKS[self.tenant]} {self.number}")


Body = Callable[[World, Given], dict[str, Any]]


def _statement(world: World, given: Given) -> dict[str, Any]:
    # The same ids in both institutions, and now and then a statement that says it is the other's.
    id = str(uuid.UUID(int=given.number))
    told = statement(world.hosts[given.of], id=id)
    told["actor"]["account"]["name"] = given.subject
    if given.of == given.tenant:
        told["result"] = {"response": given.text}
    return {"statements": [told]}


def _text(given: Given, among: str = "straat") -> bytes:
    # The same text in both institutions: only title, address and source say whose it is.
    return f"# Buren\n\nBuren die koken in de {among}, blijven langer komen, {given.number} keer.".encode()


def _document(_world: World, given: Given) -> dict[str, Any]:
    mark = MARKS[given.tenant]
    told = {"title": f"Buren van {mark}", "url": f"https://{mark}.example/{given.number}", "source": mark}
    content = base64.b64encode(_text(given)).decode()
    return {"name": f"buren-{given.number}.md", "content": content, "licence": mark, **told}


def _accept(world: World, given: Given) -> dict[str, Any]:
    headers = world.hosts[given.of].headers(sub=given.subject)
    return {"version": world.client.get("/v1/notice", headers=headers).json["version"]}


def _nothing(_world: World, _given: Given) -> dict[str, Any]:
    return {}


def _providers(world: World, given: Given) -> dict[str, Any]:
    mark = MARKS[given.tenant]
    model = {"model-0": f"openai:{mark}", "url-0": world.stub.url, "who-0": f"de buren van {mark}"}
    return model if given.tenant == WEST else {}


BODIES: dict[str, Body] = {
    "GET /v1/notice": _nothing,
    "POST /v1/notice": _accept,
    "DELETE /v1/notice": _nothing,
    "POST /v1/feedback": lambda world, given: {
        "snapshot": snapshot(world.hosts[given.of]), "text": given.text, "names_ok": True
    },
    "POST /v1/feedback/{id}/remarks": lambda world, given: {
        "snapshot": snapshot(world.hosts[given.of]), "criteria": [{"criterion": "situatie", "remark": "kept"}]
    },
    "POST /v1/feedback/{id}/level": lambda world, given: {
        "snapshot": snapshot(world.hosts[given.of]), "criterion": "situatie", "chosen": "begin"
    },
    "GET /v1/profiles": _nothing,
    "GET /v1/conversations": _nothing,
    "POST /v1/conversations": lambda world, given: {
        "profile": "supervisie", "snapshot": snapshot(world.hosts[given.of])
    },
    "GET /v1/conversations/{id}": _nothing,
    "DELETE /v1/conversations/{id}": _nothing,
    "POST /v1/conversations/{id}/title": lambda _, given: {"title": given.text},
    "POST /v1/conversations/{id}/messages": lambda _, given: {
        "text": f"Wie kookt er voor de buren? {given.text}", "draft": given.text, "names_ok": True
    },
    "POST /v1/conversations/{id}/retry": lambda _, given: {"draft": given.text},
    "GET /v1/conversations/{id}/export.md": _nothing,
    "GET /v1/conversations/{id}/export.docx": _nothing,
    "POST /v1/conversations/{id}/messages/{message}/thumb": lambda _, given: {
        "value": "down", "reason": "other", "note": given.text
    },
    "POST /v1/conversations/{id}/question": lambda _, given: {"text": given.text},
    "GET /v1/questions": _nothing,
    "POST /v1/events": _statement,
    "POST /v1/knowledge/documents": _document,
    "GET /v1/knowledge/documents": _nothing,
    "DELETE /v1/knowledge/documents/{id}": _nothing,
    "GET /v1/knowledge/state": _nothing,
    "POST /v1/knowledge/search": lambda _, given: {"query": "Wie kookt er voor de buren in de straat?"},
    "DELETE /v1/learners/{sub}": _nothing,
    "GET /v1/learners/{sub}": _nothing,
    "GET /v1/me": _nothing,
    "DELETE /v1/me": _nothing,
}  # fmt: skip
FORMS: dict[str, Callable[[World, Given], dict[str, Any]]] = {
    "/admin/questions/<id>": lambda _, given: {"answer": given.text},
    "/admin/documents": lambda _, given: {
        "title": MARKS[given.tenant], "file": (io.BytesIO(_text(given, "wijk")), f"beheer-{given.number}.md")
    },
    "/admin/documents/<id>/remove": _nothing,
    "/admin/settings/providers": _providers,
    "/admin/settings/limits": lambda _, given: {
        "tenant_tokens": "100000000", "learner_tokens": "100000000", "learner_turns": "10000",
        # The notice stays as it is: another would have to be accepted first.
        "retention_days": "365", "contact": MARKS[given.tenant],
    },
    "/admin/settings/levels": lambda _, given: decision(MARKS[given.tenant]).model_dump(mode="json"),
    "/admin/settings/profiles": lambda _, given: {"profile": ["supervisie"]},
    "/admin/people": lambda _, given: {"name": f"Bo {given.number} van {MARKS[given.tenant]}", "role": "adviser"},
    "/admin/people/<int:id>/invite": _nothing,
    "/admin/people/<int:id>/remove": _nothing,
    "/admin/sign-out": lambda _, given: {"everywhere": str(given.number % 2)},
}  # fmt: skip
_ENTRANCES = ("admin_sign_in.", "admin_institution.")  # pages before anybody is signed in, who have no institution yet
_PLACES = {
    "/v1/feedback/": "reading", "/v1/conversations/": "conversation", "/v1/knowledge/documents/": "document",
    "/admin/questions/": "question", "/admin/documents/": "document", "/admin/people/": "person",
}  # fmt: skip


def name_of(endpoint: Endpoint[Any]) -> str:
    """Give the name by which an endpoint stands in the list above."""
    return f"{endpoint.method} {endpoint.path}"


def pages(app: Flask) -> list[str]:
    """Give the pages of the administration for who is signed in."""
    return sorted(rule.rule for rule in _guarded(app) if "GET" in (rule.methods or ()))


def forms(app: Flask) -> list[str]:
    """Give the addresses of the administration's forms for who is signed in."""
    return sorted(rule.rule for rule in _guarded(app) if "POST" in (rule.methods or ()))


def make(world: World, endpoint: Endpoint[Any], given: Given, *, leaves: bool = False) -> TestResponse:
    """Call an endpoint as somebody of an institution."""
    host, role = world.hosts[given.tenant], endpoint.roles[given.role % len(endpoint.roles)]
    scope = list(endpoint.scopes)
    headers = (
        host.server_headers(scope=scope) if role == "host" else host.headers(sub=given.subject, role=role, scope=scope)
    )
    sent = {} if endpoint.method != "POST" else {"json": BODIES[name_of(endpoint)](world, given)}
    path = _filled(endpoint.path, given)
    return world.call(given.tenant, endpoint.method, path, headers=headers, leaves=leaves, **sent)


def submit(world: World, form: str, given: Given, role: str = "administrator") -> TestResponse:
    """Send a form of the administration as somebody who is signed in."""
    client, token = world.browser(given.tenant, role)
    headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    told = {**FORMS[form](world, given), "form_token": token}
    return world.call(given.tenant, "POST", _filled(form, given), client=client, data=told, headers=headers)


def open_page(world: World, page: str, tenant: TenantSlug, role: str = "administrator") -> TestResponse:
    """Open a page of the administration as somebody who is signed in."""
    return world.call(tenant, "GET", page, client=world.browser(tenant, role)[0])


def missing(app: Flask) -> list[str]:
    """Name the calls, forms and pages that are there and that nothing here knows how to make."""
    calls = [name_of(endpoint) for endpoint in ENDPOINTS if name_of(endpoint) not in BODIES]
    unknown = [f"POST {form}" for form in forms(app) if form not in FORMS]
    return calls + unknown + [f"GET {page}" for page in pages(app) if "<" in page]


def _guarded(app: Flask) -> list[Any]:
    inside = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    return [rule for rule in inside if not rule.endpoint.startswith(_ENTRANCES) and "<path:" not in rule.rule]


def _filled(path: str, given: Given) -> str:
    wanted = path.replace("<int:id>", "{id}").replace("<id>", "{id}")
    if "{id}" in wanted:
        place = next((kind for start, kind in _PLACES.items() if wanted.startswith(start)), None)
        assert place, f"say in _PLACES of what the id in {path} is"
        wanted = wanted.replace("{id}", getattr(given, place))
    return wanted.replace("{message}", given.message).replace("{sub}", given.subject)
