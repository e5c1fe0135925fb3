"""The HTTP interface: a table of endpoints, and what each call goes through before its handler sees it.

Verifies the token, scope, role and origin, reads the body into its pydantic model, answers cross-origin questions for
registered origins alone, and turns errors into problem+json. What an endpoint does is its room's.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from flask import Flask, Request, Response, g, request
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from assistant_service.callers import Caller, Role, check_origin, check_rights, verify_token
from assistant_service.services import Services
from assistant_service.tables import HostOriginRow
from veranderkracht import languages
from veranderkracht.errors import BadInput, NotSignedIn, VkError
from veranderkracht.languages import later, say

LARGEST_BODY = 1_000_000  # bytes, of an endpoint that says nothing else
PREFLIGHT_SECONDS = 600
BROWSER_ROLES: tuple[Role, ...] = ("learner", "teacher")

Body = TypeVar("Body", bound=BaseModel)

log = logging.getLogger(__name__)


class Message(BaseModel):
    """The base of what goes over the wire: immutable, strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Message):
    """An empty body."""


@dataclass(frozen=True)
class Call(Generic[Body]):
    """One verified call.

    Args:
        caller: who, for which tenant.
        body: what was sent.
        services: settings, database, knowledge, clock.
        path: the values of the variables in the endpoint's path.
    """

    caller: Caller
    body: Body
    services: Services
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint(Generic[Body]):
    """A row of the table: what is asked of a call, and who answers it.

    Args:
        method: `GET` calls have no body.
        path: below the service's address; `{name}` is a variable, any text without a slash.
        summary: one line for the API document.
        scope: the scope that the token must have; of several, one will do.
        body: model of what is sent; `Nothing` for what has no body.
        answer: model of what comes back with 200, None for 204, or the media type of what is not JSON (a stream, a
            file), which the handler then gives as a response of its own.
        handle: does the work; raises `VkError`s.
        roles: who may call; a `host` calls server to server, everyone else from a page of the key's origins.
        codes: the error codes of its own, for the API document.
        largest: bytes that a body may have.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    summary: str
    scope: str | tuple[str, ...]
    body: type[Body]
    answer: type[BaseModel] | str | None
    handle: Callable[[Call[Body]], BaseModel | Response | None]
    roles: tuple[Role, ...] = BROWSER_ROLES
    codes: tuple[tuple[int, str], ...] = field(default=())
    largest: int = LARGEST_BODY

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which a token must have one."""
        return (self.scope,) if isinstance(self.scope, str) else self.scope


def install(app: Flask, services: Services, endpoints: Iterable[Endpoint[Any]]) -> None:
    """Give an app these endpoints, its answers to cross-origin questions and its one error handler."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    for endpoint in endpoints:
        app.add_url_rule(
            endpoint.path.replace("{", "<").replace("}", ">"),
            endpoint=f"{endpoint.method} {endpoint.path}",
            view_func=_view(services, endpoint),
            methods=[endpoint.method],
            provide_automatic_options=False,
        )
    app.add_url_rule("/v1/<path:_path>", "preflight", lambda _path: _preflight(services), methods=["OPTIONS"])
    app.register_error_handler(VkError, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _surprise)

    @app.before_request
    def _speak() -> None:
        languages.speak(languages.choose(request.accept_languages.values()))

    @app.after_request
    def _share(response: Response) -> Response:
        if request.path.startswith("/v1/"):
            response.vary.update(("Origin", "Accept-Language"))
            response.headers.setdefault("Cache-Control", "no-store")
            origin = request.headers.get("Origin")
            if origin is not None and (g.get("known_origin") == origin or _registered(services, origin)):
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "Retry-After, Content-Disposition"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _view(services: Services, endpoint: Endpoint[Body]) -> Callable[[], Response]:
    def view(**path: str) -> Response:
        request.max_content_length = endpoint.largest
        token = _bearer(request)
        with services.database.read() as session:
            caller = verify_token(session, token, at=services.clock())
        if caller.role != "host":
            g.known_origin = check_origin(caller, request.headers.get("Origin"))
        check_rights(caller, scopes=endpoint.scopes, roles=endpoint.roles)
        body = endpoint.body() if endpoint.body is Nothing else _read(request, endpoint.body)
        answer = endpoint.handle(Call(caller, body, services, path))
        if answer is None:
            return Response(status=204)
        if isinstance(answer, Response):
            return answer
        return Response(answer.model_dump_json(), mimetype="application/json")

    return view


def _bearer(asked: Request) -> str:
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn(say("Deze vraag kwam zonder toegang aan. Laad de pagina opnieuw."), code="token-invalid")
    return token.strip()


def _read(asked: Request, model: type[Body]) -> Body:
    raw = asked.get_data()
    if asked.mimetype != "application/json":
        raise BadInput(say("Stuur JSON (Content-Type: application/json)."))
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as fault:
        faults = [f"{'.'.join(map(str, row['loc'])) or 'body'}: {row['msg']}" for row in fault.errors()[:10]]
        raise BadInput(
            say("De aanvraag klopt niet: {faults}", faults="; ".join(faults)), extra={"faults": faults}
        ) from fault


def _preflight(services: Services) -> Response:
    response = Response(status=403)
    response.vary.update(("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"))
    if _registered(services, request.headers.get("Origin", "")):
        response.status_code = 204
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def _registered(services: Services, origin: str) -> bool:
    with services.database.read() as session:
        return session.scalar(select(HostOriginRow.kid).where(HostOriginRow.origin == origin).limit(1)) is not None


def _problem(fault: VkError) -> Response:
    response = Response(json.dumps(fault.problem(), ensure_ascii=False), status=fault.status)
    response.mimetype = "application/problem+json"
    if fault.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if (seconds := fault.extra.get("retry_after")) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


class _FromHttp(VkError):
    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        super().__init__(detail, code=code)
        self.status = status
        self.title = title


_HTTP_WORDS = {
    404: ("not-found", later("Niet gevonden"), later("Dit adres bestaat niet bij de assistent.")),
    405: ("method-refused", later("Zo kan het niet"), later("Dit adres kent die methode niet.")),
    413: ("too-large", later("Te groot"), later("Dit is te veel in één keer. Stuur het in delen.")),
}
_NOT_UNDERSTOOD = ("bad-request", later("Dat kan niet"), later("De assistent begrijpt dit niet."))


def _http_problem(fault: HTTPException) -> Response:
    status = fault.code or 500
    code, title, detail = _HTTP_WORDS.get(status, _NOT_UNDERSTOOD)
    return _problem(_FromHttp(status, code, title, say(detail)))


def _surprise(fault: Exception) -> Response:
    log.error("unexpected error on %s %s", request.method, request.path, exc_info=fault)
    detail = say("Er liep iets mis bij de assistent. Probeer het straks opnieuw; wat je schreef, staat er nog.")
    return _problem(_FromHttp(500, "internal", later("Er liep iets mis"), detail))
