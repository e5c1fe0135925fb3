"""Who gets into the administration's pages: the session's cookie, and what makes a form ours.

Every page below asks for a session; without one all addresses answer alike, with the way to the explanation. A form
needs the session's own token, and the browser's word that it comes from our own page. No page loads in a frame.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import admin_access, admin_words, audit
from lti_tool.admin_access import LONGEST, Administrator
from lti_tool.registrations import origin
from lti_tool.responses import framed_by, services
from veranderkracht import moments
from veranderkracht.errors import Forbidden, VkError
from veranderkracht.languages import say

PREFIX = "/lti/admin"
FOREIGN = "page-foreign"


def guarded(name: str, module: str) -> Blueprint:
    """Give a blueprint whose every page asks for an administrator."""
    blueprint = Blueprint(name, module, url_prefix=PREFIX)
    blueprint.before_request(_require)
    blueprint.register_error_handler(VkError, show_problem)
    return blueprint


def here() -> Administrator:
    """Give who asks."""
    found: Administrator = g.administrator
    return found


def note(session: Session, act: str, *, tenant: str = "", about: str = "") -> None:
    """Write down in the audit log what who asks does."""
    audit.note(session, act, by=here().name, tenant=tenant, about=about, at=services().clock())


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """Show a page to who is signed in."""
    return Response(render_template(template, administrator=here(), **values, **words()), status)


def words() -> Mapping[str, Callable[..., str]]:
    """Give the words that templates use."""
    now = services().clock()
    return {
        "near": lambda moment: moments.near(moment, now),
        "exact": moments.exact,
        "act_in_words": admin_words.act,
        "way_in_words": admin_words.way,
    }


def go(endpoint: str, *, said: str = "", **values: Any) -> AnyResponse:
    """Send the browser to a page after a form, with the code of what to say there."""
    return redirect(url_for(endpoint, **values, said=said or None), 303)


def signed_in() -> tuple[Administrator, bool] | None:
    """Give who holds the session of this request's cookie, and whether that is to be written down."""
    ours = services()
    with ours.database.read() as session:
        return admin_access.find(session, request.cookies.get(cookie_name(), ""), ours.clock())


def cookie_name() -> str:
    """Give the cookie's name: browsers bind one with the prefix to this host and to https."""
    return "__Host-vk_admin" if services().settings.base_url.startswith("https:") else "vk_admin"


def give_cookie(response: AnyResponse, session_id: str) -> None:
    """Have the browser keep a session."""
    response.set_cookie(cookie_name(), session_id, max_age=LONGEST, **_cookie())


def take_cookie(response: AnyResponse) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(cookie_name(), **_cookie())


def show_problem(error: VkError) -> tuple[Response, int]:
    """Show what is wrong on a page of the administration."""
    paragraphs = tuple(error.detail.split("\n"))
    shown = render_template(
        "admin_problem.html",
        administrator=g.get("administrator"),
        title=say(error.title),
        paragraphs=paragraphs,
        code=error.code,
    )
    return Response(shown), error.status


def is_from_elsewhere() -> bool:
    """Tell whether the browser says that another site's page sent this form."""
    ours = origin(services().settings.base_url)
    said, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "same-origin")
    return site != "same-origin" or said not in ("", "null", ours)


def foreign() -> Forbidden:
    """Give the error for a form that is not ours."""
    return Forbidden(say("Dit formulier kwam niet van onze eigen pagina. Open de pagina opnieuw."), code=FOREIGN)


def _require() -> AnyResponse | None:
    framed_by(())
    found = signed_in()
    if found is None:
        return redirect(url_for("admin_sign_in.ask"), 303)
    g.administrator, due = found
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        # Its pages have a policy by which the browser names their origin; so a form without that is not ours.
        named = request.headers.get("Origin") == origin(services().settings.base_url)
        if not named or is_from_elsewhere() or not _has_token(g.administrator):
            raise foreign()
    if due:
        with services().database.write() as session:
            admin_access.seen(session, g.administrator, services().clock())
    return None


def _has_token(administrator: Administrator) -> bool:
    return hmac.compare_digest(request.form.get("form_token", "").encode(), administrator.form_token.encode())


def _cookie() -> dict[str, Any]:
    https = services().settings.base_url.startswith("https:")
    return {"secure": https, "httponly": True, "samesite": "Strict", "path": "/"}
