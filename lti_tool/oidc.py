"""The launch as browsers and platforms see it: `/lti/login`, `/lti/launch` and `/lti/jwks`.

Source: 1EdTech Security Framework 1.0, chapter 5 (third-party initiated login, implicit flow, form post). How a browser
is known again is `bindings.py`'s, what a token must hold `claims.py`'s, what a launch leaves behind `visits.py`'s.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import bindings, claims, pages, picker, placed, registrations, visits, waiting
from lti_tool.direct import Direct
from lti_tool.refusals import Caller, Refused
from lti_tool.registrations import Registration
from lti_tool.responses import services
from lti_tool.services import Services
from lti_tool.signed import State, StateFault
from lti_tool.visits import Visit
from veranderkracht.errors import VkError

blueprint = Blueprint("oidc", __name__, url_prefix="/lti")


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse:
    """Start a launch: send the browser to the platform with a state that only this browser can bring back."""
    ours = services()
    issuer, client_id = (request.values.get(name, "")[:255] for name in ("iss", "client_id"))
    hint, target = request.values.get("login_hint", ""), request.values.get("target_link_uri", "")
    caller = Caller(issuer, client_id, request.values.get("lti_deployment_id", "")[:255])
    if not issuer or not hint or not target:
        raise Refused("login-incomplete", "iss, login_hint of target_link_uri ontbreekt", caller)
    with ours.database.asking() as connection:
        found = registrations.find(connection, issuer, client_id)
    if found is None:
        raise Refused("platform-unknown", "dit platform is niet geregistreerd (veranderkracht lti register)", caller)
    registration_id, registration = found
    try:
        claims.require_target(target, ours.settings.base_url)
    except Refused as refusal:
        raise refusal.by(_caller(registration, caller.deployment_id)) from None
    start = bindings.begin(ours, registration_id, registration)
    address = _authentication(ours, registration, start, hint, request.values.get("lti_message_hint"))
    return bindings.send_on(start, registration, address)


@blueprint.post("/launch")
def launch() -> AnyResponse:
    """Let a launch in, and show what it is for."""
    ours = services()
    text, token = request.form.get("state", ""), request.form.get("id_token", "")
    state, registration = _started(ours, text)
    with _by(registration):
        if "error" in request.form:
            raise Refused("platform-error", f"het platform meldt {request.form['error'][:60]!r}")
        secret = request.cookies.get(state.cookie, "")
        if not secret and state.storage:
            # Nothing is let in here, but what would be refused anyway is refused at once.
            _verified(ours, token, state, registration)
            return bindings.ask_storage(state, registration, text, token)
        if not state.is_from(secret):
            raise Refused("browser-mismatch", "de cookie van deze start ontbreekt of is van een andere browser")
        told, visit = _let_in(ours, token, state, registration, "window" if state.window else "cookie")
        response = pages.arrive(visit) if visit else picker.arrive(told, state.registration)
    bindings.forget(response, state)
    return response


@blueprint.post("/launch/stored")
def finish() -> Response:
    """Let a launch in whose secret came back from the platform's storage; say which page it leads to.

    Only a script of ours can have read that storage. Anybody knows the secrets of their own starts, so what tells
    our page from a form of another site is the Origin that the browser itself writes.
    """
    ours = services()
    asked = request.get_json(silent=True)
    given = {
        name: value if isinstance(asked, dict) and isinstance(value := asked.get(name), str) else ""
        for name in ("state", "id_token", "secret")
    }
    state, registration = _started(ours, given["state"])
    with _by(registration):
        if request.headers.get("Origin") != registrations.origin(ours.settings.base_url):
            raise Refused("browser-mismatch", "een opgeslagen start kwam niet van onze eigen pagina")
        if not state.is_stored(given["secret"]):
            raise Refused(
                "browser-mismatch", "de opslag van het platform geeft een ander geheim dan dat van deze start"
            )
        told, visit = _let_in(ours, given["id_token"], state, registration, "storage")
        if visit is None:
            return jsonify(token=picker.begin(told, state.registration), action=url_for("picker.turn"))
    opened = pages.opening(visit)
    token = ours.signer.page_token(opened.token, ours.clock())
    return jsonify(token=token, view=opened.view, step=opened.step)


@blueprint.get("/launch")
def launch_by_address() -> AnyResponse:
    """Somebody opened, reloaded or bookmarked the address: say how to go on."""
    raise Refused("state-missing", "de pagina werd rechtstreeks geopend, niet vanuit een platform")


@blueprint.get("/jwks")
def jwks() -> Response:
    """Our public keys, for platforms."""
    response = jsonify(services().keys.public_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _started(ours: Services, text: str) -> tuple[State, Registration]:
    if not text:
        raise Refused("state-missing", "er kwam geen state mee")
    try:
        state = ours.signer.read_state(text, ours.clock())
    except StateFault as fault:
        raise Refused(fault.code, fault.reason) from fault
    with ours.database.asking() as connection:
        registration = registrations.by_id(connection, state.registration)
    if registration is None:
        raise Refused("platform-unknown", "de registratie is intussen verwijderd")
    return state, registration


def _verified(ours: Services, token: str, state: State, registration: Registration) -> claims.Launch:
    told = claims.verify(token, registration, ours.platform_keys, base_url=ours.settings.base_url, at=ours.clock())
    if told.nonce != state.nonce:
        raise Refused("nonce-mismatch", "de nonce hoort bij een andere start", Caller(deployment_id=told.deployment_id))
    return told


def _let_in(
    ours: Services, token: str, state: State, registration: Registration, way: bindings.Way
) -> tuple[claims.Launch, Visit | None]:
    """Use the launch up; give what it told, and the visit that it begins, or None when it asks for the picker."""
    told = _verified(ours, token, state, registration)
    visit: Visit | None = None
    with _knocking(ours, told, state), ours.database.writing() as connection:
        if told.wish:
            visits.enter(connection, told, state.registration, nonce_ends_at=state.ends_at)
        else:
            visit = visits.admit(
                connection,
                told,
                state.registration,
                registration,
                ours.keys,
                nonce_ends_at=state.ends_at,
                at=ours.clock(),
            )
            if way != "storage":  # by that way the page is asked for apart, and then it is opened
                _opened(ours, connection, visit)
        # At the very end: on PostgreSQL others wait for this row until the transaction is over.
        ours.notes.admitted(connection, state.registration, told.deployment_id, way, ours.clock())
    bindings.log_way(way, registration)
    return told, visit


def _opened(ours: Services, connection: Direct, visit: Visit) -> None:
    # In the launch's own transaction, for each one more makes everybody wait. The worker is not woken for it: nobody
    # waits for it, and within a minute it looks by itself. What cannot be opened is said by the page, not here: a
    # launch that was let in is used up.
    with suppress(VkError):
        if (opened := pages.opening(visit)).view == "play":
            placed.tell_opening(ours, connection, opened)


@contextmanager
def _knocking(ours: Services, told: claims.Launch, state: State) -> Iterator[None]:
    """Keep the name of a deployment that is refused, for an administrator to accept."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == "deployment-unknown":
            with ours.database.write() as session:
                waiting.knock(session, state.registration, told.deployment_id, ours.clock())
        raise


@contextmanager
def _by(registration: Registration) -> Iterator[None]:
    """Have refusals name the platform that the state is for."""
    try:
        yield
    except Refused as refusal:
        raise refusal.by(_caller(registration)) from None


def _authentication(
    ours: Services, registration: Registration, start: bindings.Start, hint: str, message_hint: str | None
) -> str:
    """Give the platform's login address with our request; the address may hold a query of its own."""
    parts = urlsplit(registration.auth_url)
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": f"{ours.settings.base_url}/lti/launch",
        "login_hint": hint,
        "state": start.signed,
        "nonce": start.state.nonce,
    }
    if message_hint is not None:
        asked["lti_message_hint"] = message_hint
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *asked.items()])
    return urlunsplit(parts._replace(query=query))


def _caller(registration: Registration, deployment_id: str = "") -> Caller:
    return Caller(registration.issuer, registration.client_id, deployment_id, registration.origins)
