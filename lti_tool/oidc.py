"""The launch as browsers and platforms see it: `/lti/login`, `/lti/launch` and `/lti/jwks`.

Source: 1EdTech Security Framework 1.0, chapter 5 (third-party initiated login, implicit flow, form post). What a
token must hold is `claims.py`'s, what a launch leaves behind is `visits.py`'s, what is shown after it is `pages.py`'s.
"""

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import claims, pages, picker, registrations, visits
from lti_tool.refusals import Caller, Refused
from lti_tool.registrations import Registration
from lti_tool.responses import services
from lti_tool.services import Services
from lti_tool.signed import STATE_LIFETIME, State, StateFault
from lti_tool.visits import Visit

blueprint = Blueprint("oidc", __name__, url_prefix="/lti")

COOKIE_PREFIX = "vk_state_"


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse:
    """Start a launch: send the browser to the platform with a state that only this browser can bring back."""
    ours = services()
    issuer, client_id = (request.values.get(name, "")[:255] for name in ("iss", "client_id"))
    hint, target = request.values.get("login_hint", ""), request.values.get("target_link_uri", "")
    caller = Caller(issuer, client_id, request.values.get("lti_deployment_id", "")[:255])
    if not issuer or not hint or not target:
        raise Refused("login-incomplete", "iss, login_hint of target_link_uri ontbreekt", caller)
    with ours.database.read() as session:
        found = registrations.find(session, issuer, client_id)
    if found is None:
        raise Refused("platform-unknown", "dit platform is niet geregistreerd (veranderkracht lti register)", caller)
    registration_id, registration = found
    try:
        claims.require_target(target, ours.settings.base_url)
    except Refused as refusal:
        raise refusal.by(_caller(registration, caller.deployment_id)) from None
    browser = secrets.token_urlsafe(24)
    cookie = _cookie_name(ours, secrets.token_hex(4))
    signed, state = ours.signer.state(registration_id, browser, cookie, ours.clock())
    response = redirect(
        _authentication(ours, registration, signed, state, hint, request.values.get("lti_message_hint"))
    )
    # One cookie for each start: several activities on one page start at the same time.
    response.set_cookie(
        cookie,
        browser,
        max_age=STATE_LIFETIME,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
        path="/",
    )
    return response


@blueprint.post("/launch")
def launch() -> AnyResponse:
    """Let a launch in, and show what it is for."""
    ours = services()
    at = ours.clock()
    state = _state(ours)
    with ours.database.read() as session:
        registration = registrations.by_id(session, state.registration)
    if registration is None:
        raise Refused("platform-unknown", "de registratie is intussen verwijderd")
    try:
        if "error" in request.form:
            raise Refused("platform-error", f"het platform meldt {request.form['error'][:60]!r}")
        if not state.is_from(request.cookies.get(state.cookie, "")):
            raise Refused("browser-mismatch", "de cookie van deze start ontbreekt of is van een andere browser")
        token = request.form.get("id_token", "")
        told = claims.verify(token, registration, ours.platform_keys, base_url=ours.settings.base_url, at=at)
        if told.nonce != state.nonce:
            raise Refused(
                "nonce-mismatch", "de nonce hoort bij een andere start", Caller(deployment_id=told.deployment_id)
            )
        visit: Visit | None = None
        with ours.database.write() as session:
            if told.wish:
                visits.enter(session, told, state.registration, nonce_ends_at=state.ends_at)
            else:
                row = visits.admit(
                    session, told, state.registration, registration, ours.keys, nonce_ends_at=state.ends_at, at=at
                )
                visit = visits.arrived(row)
        response = pages.arrive(visit) if visit else picker.arrive(told, state.registration)
    except Refused as refusal:
        raise refusal.by(_caller(registration)) from None
    response.delete_cookie(state.cookie, path="/", secure=True, httponly=True, samesite="None", partitioned=True)
    return response


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


def _state(ours: Services) -> State:
    text = request.form.get("state", "")
    if not text:
        raise Refused("state-missing", "er kwam geen state mee")
    try:
        return ours.signer.read_state(text, ours.clock())
    except StateFault as fault:
        raise Refused(fault.code, fault.reason) from fault


def _authentication(
    ours: Services, registration: Registration, signed: str, state: State, hint: str, message_hint: str | None
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
        "state": signed,
        "nonce": state.nonce,
    }
    if message_hint is not None:
        asked["lti_message_hint"] = message_hint
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *asked.items()])
    return urlunsplit(parts._replace(query=query))


def _cookie_name(ours: Services, mark: str) -> str:
    # Browsers take a __Host- cookie on https only; the demo's 127.0.0.1 has none.
    prefix = "__Host-" if ours.settings.base_url.startswith("https:") else ""
    return f"{prefix}{COOKIE_PREFIX}{mark}"


def _caller(registration: Registration, deployment_id: str = "") -> Caller:
    return Caller(registration.issuer, registration.client_id, deployment_id, registration.origins)
