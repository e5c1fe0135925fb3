"""Signing in and out: the passkey, and the invitation with which somebody gets one.

Opening an invitation uses nothing up: mail programs and browsers open links ahead of people. It stands in the query of
this one address, which our server's log leaves out, and the page names no more than our origin to others.
"""

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration import guard, passkeys, people, sessions
from assistant_service.administration.guard import guarded, open_to_all, services
from assistant_service.administration.tables import AdministratorRow, InstitutionRow
from veranderkracht.errors import BadInput, NotFound
from veranderkracht.languages import say

blueprint = open_to_all("admin_sign_in", __name__)
ends = guarded("admin_sign_out", __name__)


@blueprint.get("/sign-in")
def ask() -> Response:
    """Ask for a passkey."""
    return Response(
        render_template("admin/sign_in.html", said=request.args.get("said", ""), tenant=request.args.get("tenant", ""))
    )


@blueprint.post("/sign-in/options")
def options() -> Response:
    """Give what to ask the browser."""
    guard.require_own_page()
    ours = services()
    with ours.database.write() as session:
        return _asked(passkeys.ask(session, guard.address(), ours.clock()))


@blueprint.post("/sign-in")
def sign_in() -> AnyResponse:
    """Begin a session for who shows a passkey."""
    guard.require_own_page()
    ours = services()
    told = _json("id", "answer")
    with ours.database.write() as session:
        person = passkeys.recognise(session, told["id"], told["answer"], guard.address(), ours.clock())
        secret = sessions.begin(session, person, ours.clock())
    return _in(secret)


@blueprint.get("/invitation")
def invitation() -> Response:
    """Greet who was invited."""
    ours = services()
    secret = request.args.get("link", "")
    with ours.database.read() as session:
        person = people.invited(session, secret, ours.clock())
        account = session.get(InstitutionRow, person.tenant_id) is not None
        shown = render_template("admin/invitation.html", person=person, secret=secret, account=account)
    response = Response(shown)
    response.headers["Referrer-Policy"] = "origin"
    return response


@blueprint.post("/invitation/options")
def invitation_options() -> Response:
    """Give what to ask the browser for a new passkey."""
    guard.require_own_page()
    ours = services()
    told = _json("link")
    with ours.database.write() as session:
        person = people.invited(session, told["link"], ours.clock())
        return _asked(passkeys.ask_new(session, person, guard.address(), ours.clock()))


@blueprint.post("/invitation")
def accept() -> AnyResponse:
    """Use an invitation up: keep the passkey, and begin a session."""
    guard.require_own_page()
    ours = services()
    told = _json("link", "id", "answer")
    with ours.database.write() as session:
        person: AdministratorRow = people.invited(session, told["link"], ours.clock())
        passkeys.add(session, person, told["id"], told["answer"], guard.address(), ours.clock())
        if not people.use_up(session, told["link"]):
            raise NotFound(say("Deze uitnodiging werd net gebruikt. Meld je aan met je toegangssleutel."))
        secret = sessions.begin(session, person, ours.clock())
    return _in(secret)


@ends.post("/sign-out")
def sign_out() -> AnyResponse:
    """End this session, or all of this person's."""
    ours = services()
    everywhere = request.form.get("everywhere") == "1"
    with ours.database.write() as session:
        sessions.end(session, guard.session_here(), ours.clock(), everywhere=everywhere)
    response = guard.go("admin_sign_in.ask", said="everywhere" if everywhere else "here")
    guard.take_cookie(response)
    return response


def _asked(asked: passkeys.Asked) -> Response:
    return jsonify(id=asked.id, options=asked.options)


def _in(secret: str) -> AnyResponse:
    response = jsonify(go=url_for("admin_overview.show"))
    guard.give_cookie(response, secret)
    return response


def _json(*names: str) -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str | dict) for name in names):
        raise BadInput(say("Laad de pagina opnieuw en probeer het nog eens."))
    return told
