"""Who gets into the administration's pages: the session's cookie, what makes a form ours, and the pages' headers.

Every page asks for a session; a form needs the session's own token besides, and the browser's word that it comes from
our own page. No page loads in a frame, and none is kept by a browser.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from assistant_service import audit
from assistant_service.administration import sessions, words
from assistant_service.administration.people import ROLES, Person, Role
from assistant_service.administration.sessions import LONGEST, SignedIn
from assistant_service.services import Services
from veranderkracht import moments
from veranderkracht.errors import Forbidden, VkError
from veranderkracht.languages import say

PREFIX = "/admin"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def services() -> Services:
    """Give the running sidecar's parts."""
    found: Services = current_app.extensions["veranderkracht"]
    return found


def open_to_all(name: str, module: str) -> Blueprint:
    """Give a blueprint for pages that need no session."""
    blueprint = Blueprint(name, module, url_prefix=PREFIX)
    blueprint.register_error_handler(VkError, show_problem)
    blueprint.after_request(_headers)
    return blueprint


def guarded(name: str, module: str, roles: tuple[Role, ...] = ROLES, *, largest: int = 0) -> Blueprint:
    """Give a blueprint whose every page asks for somebody in one of some roles.

    Args:
        name: of the blueprint.
        module: its module's name.
        roles: who may see its pages.
        largest: bytes that a form may have, where that is more than usual.
    """
    blueprint = open_to_all(name, module)

    @blueprint.before_request
    def required() -> AnyResponse | None:
        if largest:
            request.max_content_length = largest
        return _require(roles)

    return blueprint


def here() -> Person:
    """Give who asks."""
    return session_here().person


def session_here() -> SignedIn:
    """Give the session of who asks."""
    found: SignedIn = g.signed_in
    return found


def note(session: Session, act: str, about: str = "") -> None:
    """Write down in the audit log what who asks does."""
    person = here()
    audit.note(session, act, tenant_id=person.tenant_id, by=person.acts_as, about=about, at=services().clock())


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Show a page to who is signed in."""
    return Response(render_template(f"admin/{template}", administrator=session_here(), **values, **_words()), status)


def go(endpoint: str, *, said: str = "", **values: Any) -> AnyResponse:
    """Send the browser to a page after a form, with the code of what to say there."""
    return redirect(url_for(endpoint, **values, said=said or None), 303)


def give_cookie(response: AnyResponse, secret: str) -> None:
    """Have the browser keep a session."""
    response.set_cookie(cookie_name(), secret, max_age=LONGEST, **_cookie())


def take_cookie(response: AnyResponse) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(cookie_name(), **_cookie())


def give_way_cookie(response: AnyResponse, value: str, seconds: int) -> None:
    """Have the browser keep something on its way to another site and back."""
    response.set_cookie(way_cookie_name(), value, max_age=seconds, **{**_cookie(), "samesite": "Lax"})


def take_way_cookie(response: AnyResponse) -> None:
    """Have the browser forget it."""
    response.delete_cookie(way_cookie_name(), **{**_cookie(), "samesite": "Lax"})


def way_cookie_name() -> str:
    """Give the name of the cookie that goes along to another site and back."""
    return f"{cookie_name()}_way"


def cookie_name() -> str:
    """Give the cookie's name: browsers bind one with the prefix to this host and to https."""
    return "__Host-vk_admin" if _is_https() else "vk_admin"


def address() -> str:
    """Give the address at which browsers reach these pages."""
    return services().settings.base_url


def require_own_page() -> None:
    """Let no form or call through that the browser does not say is from a page of ours.

    Raises:
        Forbidden: `page-foreign`.
    """
    ours = urlsplit(address())
    named = request.headers.get("Origin") == f"{ours.scheme}://{ours.netloc}"
    if not named or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden(
            say("Dit formulier kwam niet van onze eigen pagina. Open de pagina opnieuw."), code="page-foreign"
        )


def show_problem(error: VkError) -> tuple[Response, int]:
    """Show what is wrong, on a page or, to a script, as problem+json."""
    if request.is_json:
        return Response(current_app.json.dumps(error.problem()), mimetype="application/problem+json"), error.status
    shown = render_template("admin/problem.html", administrator=g.get("signed_in"), error=error)
    return Response(shown), error.status


def _require(roles: tuple[Role, ...]) -> AnyResponse | None:
    ours = services()
    with ours.database.read() as session:
        found = sessions.find(session, request.cookies.get(cookie_name(), ""), ours.clock())
    if found is None:
        return redirect(url_for("admin_sign_in.ask"), 303)
    g.signed_in = found
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        require_own_page()
        if not hmac.compare_digest(request.form.get("form_token", "").encode(), found.form_token.encode()):
            raise Forbidden(say("Deze pagina stond te lang open. Laad ze opnieuw."), code="page-foreign")
    if found.person.role not in roles:
        raise Forbidden(say("Deze pagina is voor beheerders van je instelling."), code="forbidden")
    if found.due:
        with ours.database.write() as session:
            sessions.seen(session, found, ours.clock())
    return None


def _headers(response: AnyResponse) -> AnyResponse:
    response.headers["Content-Security-Policy"] = _POLICY
    # Without it the browser does not name our own origin with a form. The page behind an invitation says otherwise.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _words() -> Mapping[str, Callable[..., object]]:
    now = services().clock()
    return {
        "near": lambda moment: moments.near(moment, now),
        "exact": moments.exact,
        "in_words": words.in_words,
        "profile_in_words": words.profile,
        "module_in_words": words.module,
        "criterion_in_words": words.criterion,
        "counted": words.counted,
        "euros": words.euros,
    }


def _cookie() -> dict[str, Any]:
    return {"secure": _is_https(), "httponly": True, "samesite": "Strict", "path": "/"}


def _is_https() -> bool:
    return address().startswith("https:")
