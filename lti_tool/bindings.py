"""How the browser that comes back from a platform is known as the one that left: by cookie, storage, or new window.

A partitioned cookie where the browser keeps one. Else what the page left in the platform's own storage. Else the whole
start again in a window of its own, where the cookie is kept; that is chosen before the platform is asked, for some
(Moodle) answer a start only once. What happens in the page is `static/launch_start.js`'s and `launch_stored.js`'s.
"""

import logging
import secrets
from dataclasses import dataclass
from typing import Literal

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.registrations import Registration, origin
from lti_tool.responses import framed_by
from lti_tool.services import Services
from lti_tool.signed import STATE_LIFETIME, State

log = logging.getLogger("lti_tool.visits")

Way = Literal["cookie", "storage", "window"]

COOKIE_PREFIX = "vk_state_"
WINDOW = "vk_window"  # our own parameter: this start stands in a window of its own
REPEATED = ("iss", "client_id", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id")
FRAMES = ("iframe", "frame", "embed", "object")


@dataclass(frozen=True)
class Start:
    """A launch that has just begun.

    Args:
        signed: the state as the platform gets it.
        state: the same, to read.
        browser_secret: for the cookie alone.
        storage_secret: for the platform's storage alone; empty when there is none.
    """

    signed: str
    state: State
    browser_secret: str
    storage_secret: str

    def __repr__(self) -> str:
        return f"Start(registration={self.state.registration})"


def begin(ours: Services, registration_id: int, registration: Registration) -> Start:
    """Begin a launch for the browser of this request."""
    # Two secrets: the cookie's no script ever sees.
    target = request.values.get("lti_storage_target", "")[:255]
    usable = bool(target) and bool(origin(registration.auth_url))
    browser, stored = secrets.token_urlsafe(24), secrets.token_urlsafe(24) if usable else ""
    # Browsers take a __Host- cookie on https only; the demo's 127.0.0.1 has none. One cookie for each start: several
    # activities on one page start at the same time.
    prefix = "__Host-" if ours.settings.base_url.startswith("https:") else ""
    signed, state = ours.signer.state(
        registration_id,
        browser,
        f"{prefix}{COOKIE_PREFIX}{secrets.token_hex(8)}",
        ours.clock(),
        storage_secret=stored,
        target=target if usable else "",
        window=request.values.get(WINDOW) == "1",
    )
    return Start(signed, state, browser, stored)


def send_on(start: Start, registration: Registration, address: str) -> AnyResponse:
    """Send the browser to the platform: at once, or by a page that first finds the way back.

    A page of its own is needed in a frame, and in a new window: a form's policy would hold for the redirect too.
    """
    place = request.headers.get("Sec-Fetch-Dest", "")
    response: AnyResponse
    if place in FRAMES or start.state.window or (start.storage_secret and not place):
        framed_by(registration.origins)
        again = {name: request.values[name] for name in REPEATED if name in request.values}
        page = render_template(
            "start.html",
            next=address,
            secret=start.storage_secret,
            again={**again, WINDOW: "1"},
            **_storage(start.state, registration),
        )
        response = Response(page)
    else:
        response = redirect(address)
    response.set_cookie(
        start.state.cookie,
        start.browser_secret,
        max_age=STATE_LIFETIME,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
        path="/",
    )
    return response


def ask_storage(state: State, registration: Registration, text: str, token: str) -> Response:
    """Show the page that fetches this start's secret from the platform's storage, and then goes on."""
    framed_by(registration.origins)
    return Response(render_template("stored.html", state=text, token=token, **_storage(state, registration)))


def forget(response: AnyResponse, state: State) -> None:
    """Take the start's cookie away."""
    response.delete_cookie(state.cookie, path="/", secure=True, httponly=True, samesite="None", partitioned=True)


def log_way(way: Way, registration: Registration) -> None:
    """Write one line for a launch that was let in."""
    log.info("launch admitted: way=%s issuer=%a client_id=%a", way, registration.issuer, registration.client_id)


def _storage(state: State, registration: Registration) -> dict[str, str]:
    return {
        "storage_target": state.target,
        "storage_origin": origin(registration.auth_url),
        "key": state.cookie.removeprefix("__Host-"),
    }
