"""How the tool answers: one handler for every error, and the headers that keep pages where they belong.

Programs get problem+json, people get a page; which of the two follows from the address.
"""

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, render_template, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError

from lti_tool.refusals import TEXTS, Refused
from lti_tool.services import Services
from veranderkracht import languages
from veranderkracht.errors import ContentError, VkError
from veranderkracht.languages import later, say
from veranderkracht.web import icon, translate

log = logging.getLogger("lti_tool")

FOR_PROGRAMS = (
    "/lti/api/",
    "/lti/session/",
    "/lti/launch/stored",
    "/lti/jwks",
    "/lti/pick/look/",
    "/lti/static/",
    "/healthz",
)
ANYWHERE = "*"
# A platform may have opened these in a window of its own, and its pages there need their opener back at the end.
OPENED_BY_PLATFORMS = ("/lti/login", "/lti/launch", "/lti/page", "/lti/pick", "/lti/mine", "/lti/register")
NEVER_FRAMED = "/lti/admin"
SHARED_PARTS = ("turn", "mine")  # each a macro of that name in `_name.html`
HSTS = "max-age=31536000"  # a year; not for subdomains, which are not ours to speak for

# Everything that browsers know and we do not use; a name that a browser does not know, it complains of in its console.
SWITCHED_OFF = (
    *("accelerometer", "autoplay", "camera", "clipboard-read", "clipboard-write", "display-capture"),
    *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "identity-credentials-get"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment"),
    *("picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial"),
    *("usb", "window-management", "xr-spatial-tracking"),
)
_PERMISSIONS = ", ".join(f"{feature}=()" for feature in SWITCHED_OFF)
# What may stand in a policy: nothing that would begin another source or another rule.
_SOURCE = re.compile(r"\*|https?://[A-Za-z0-9.\-]+(:\d+)?|https?://\[[0-9A-Fa-f:.]+\](:\d+)?")


def services() -> Services:
    """Give the running tool's parts."""
    found: Services = current_app.extensions["veranderkracht"]
    return found


def framed_by(origins: tuple[str, ...]) -> None:
    """Say whose pages may show this answer in a frame; without it, none may."""
    g.frame_ancestors = " ".join(_sources(origins)) or "'none'"


def forms_to(origins: tuple[str, ...]) -> None:
    """Say to whose pages, besides our own, a form on this page may post; browsers hold redirects to it as well."""
    g.form_action = " ".join(("'self'", *dict.fromkeys(_sources(origins))))


def _sources(origins: tuple[str, ...]) -> list[str]:
    return [each for each in origins if _SOURCE.fullmatch(each)]


def install(app: Flask) -> None:
    """Add the error handlers and the headers."""
    app.register_error_handler(VkError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.before_request(_speak)
    app.after_request(_headers)
    app.jinja_env.globals["icon"] = icon
    translate(app.jinja_env)
    app.jinja_env.globals["say"] = say  # for texts that stand in code; `_` would take what they hold for HTML
    app.jinja_env.globals["url_for"] = _addresses()
    for part in SHARED_PARTS:  # imported by each template, they would be made anew with each page
        app.jinja_env.globals[part] = getattr(app.jinja_env.get_template(f"_{part}.html").module, part)


def _speak() -> None:
    # The browser's language; whoever finds out which visit this is, speaks the language of its launch.
    languages.speak(languages.choose(request.accept_languages.values()))


def _addresses() -> Callable[..., str]:
    """Give `url_for` for templates: a page names half a dozen addresses, and they are the same each time."""

    @lru_cache(maxsize=256)
    def kept(_root: str, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, **values)

    return lambda endpoint, **values: kept(request.script_root, endpoint, **values)


def _refusal(error: VkError) -> tuple[Response, int]:
    if isinstance(error, Refused):
        error.log()
        services().notes.refused(services().database, error, services().clock())
    if isinstance(error, ContentError):
        log.error("content does not load: %s", error.detail)
        error = VkError(
            say("In deze module zit een fout. De beheerder vindt in het logboek waar."), code="content-invalid"
        )
        error.status, error.title = 500, later("Deze inhoud klopt niet")
    if request.path.startswith(FOR_PROGRAMS):
        return _waiting(_problem(error), error), error.status
    paragraphs = tuple(error.detail.split("\n"))
    if isinstance(error, Refused):
        paragraphs = tuple(map(say, TEXTS[error.advice]))
        # There is nothing to click on such a page, so any platform may show it: else a person would see an empty frame.
        framed_by(error.caller.origins or (ANYWHERE,))
    elif "frame_ancestors" not in g and not request.path.startswith(NEVER_FRAMED):
        framed_by((ANYWHERE,))
    page = render_template("problem.html", title=say(error.title), paragraphs=paragraphs, code=error.code)
    return _waiting(Response(page), error), error.status


def _waiting(response: Response, error: VkError) -> Response:
    if "retry_after" in error.extra:
        response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response


def _http(error: HTTPException) -> tuple[Response, int]:
    if isinstance(error, InternalServerError):
        # Flask has logged the traceback already; it holds no form data.
        told = VkError(
            say("Er ging iets mis bij ons. Probeer het straks opnieuw; er is niets verloren."), code="unexpected"
        )
        told.title = later("Dat lukte niet")
    else:
        told = VkError(
            say("Dit adres of deze vraag kennen we niet. Open de activiteit vanuit je cursus."), code="not-found"
        )
        told.title = later("Hier is niets te vinden")
        if error.code == 413:
            told = VkError(say("Dit is te groot om te bewaren. Kort je tekst in."), code="too-large")
    told.status = error.code or 500
    return _refusal(told)


def _problem(error: VkError) -> Response:
    response = jsonify(error.problem())
    response.mimetype = "application/problem+json"
    return response


def _headers(response: Response) -> Response:
    assistant = urlsplit(services().settings.assistant_url)
    connect = f"'self' {assistant.scheme}://{assistant.netloc}" if assistant.netloc else "'self'"
    forms = g.get("form_action", "'self'")
    ancestors = g.get("frame_ancestors", "'none'")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
        f"connect-src {connect}; form-action {forms}; base-uri 'none'; frame-ancestors {ancestors}"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Permissions-Policy"] = _PERMISSIONS
    opened = request.path.startswith(OPENED_BY_PLATFORMS)
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none" if opened else "same-origin"
    if services().settings.base_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = HSTS
    if not request.path.startswith("/lti/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
