"""Signing in and out of the administration: the page behind a link, the button that uses it up, and the ends.

Opening the page uses nothing up: mail programs and browsers open links ahead of people. The secret stands in the query
of this one address, which our server's log leaves out, and the page sends no referrer.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import admin_access, admin_guard
from lti_tool.admin_guard import guarded, here
from lti_tool.responses import framed_by, services
from veranderkracht.errors import VkError

blueprint = Blueprint("admin_sign_in", __name__, url_prefix=admin_guard.PREFIX)
blueprint.register_error_handler(VkError, admin_guard.show_problem)
ends = guarded("admin_sign_out", __name__)


@blueprint.before_request
def _never_framed() -> None:
    framed_by(())


@blueprint.get("/sign-in")
def ask() -> Response:
    """Ask for one click; without a link, say where to get one."""
    ours = services()
    secret = request.args.get("link", "")
    if not secret:
        return Response(render_template("admin_signed_out.html", bye=request.args.get("said", "")))
    with ours.database.read() as session:
        link = admin_access.look_at_link(session, secret, ours.clock())
    return Response(render_template("admin_sign_in.html", secret=secret, name=link.name, tenant=link.tenant))


@blueprint.post("/sign-in")
def sign_in() -> AnyResponse:
    """Use the link up, and begin a session."""
    ours = services()
    if admin_guard.is_from_elsewhere():
        raise admin_guard.foreign()
    with ours.database.write() as session:
        opened = admin_access.sign_in(session, request.form.get("link", ""), ours.clock())
    response = redirect(url_for("admin_platforms.overview"), 303)
    admin_guard.give_cookie(response, opened)
    return response


@ends.post("/sign-out")
def sign_out() -> AnyResponse:
    """End this session, or all of this administrator's."""
    ours = services()
    everywhere = request.form.get("everywhere") == "1"
    with ours.database.write() as session:
        admin_access.sign_out(session, here(), ours.clock(), everywhere=everywhere)
    response = redirect(url_for("admin_sign_in.ask", said="everywhere" if everywhere else "here"), 303)
    admin_guard.take_cookie(response)
    return response
