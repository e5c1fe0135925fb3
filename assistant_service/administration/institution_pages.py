"""Signing in with the institution's own account: on the way there, and back.

Between the two a cookie of ten minutes says that it is the same browser, and holds the invitation where there was one.
It is the one cookie that comes along when another site sends the browser here.
"""

import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant_service.administration import guard, institutions, oidc, people, sessions, tries
from assistant_service.administration.guard import open_to_all, services
from assistant_service.administration.people import digest
from assistant_service.administration.tables import AdministratorRow
from assistant_service.tables import TenantRow
from veranderkracht.errors import NotFound
from veranderkracht.languages import say

_LASTS = timedelta(minutes=10)

blueprint = open_to_all("admin_institution", __name__)


@blueprint.post("/sign-in/institution")
def go_there() -> Response:
    """Send the browser to the institution's server, by a page that says so: no form of ours posts elsewhere."""
    guard.require_own_page()
    ours = services()
    link = request.form.get("link", "")
    with ours.database.read() as session:
        tenant = _tenant(session, request.form.get("tenant", "").strip(), link)
        client = institutions.client_of(session, tenant, ours.settings)
        tenant_id, name = tenant.id, tenant.name
    if client is None:
        raise _without()
    question = oidc.ask(client)
    browser = secrets.token_urlsafe(32)
    with ours.database.write() as session:
        body = {**question.kept, "tenant": tenant_id, "browser": digest(browser)}
        tries.begin(session, body, ours.clock(), _LASTS, id=question.state)
    host = urlsplit(client.issuer).hostname
    response = Response(render_template("admin/institution.html", name=name, host=host, go=question.url))
    guard.give_way_cookie(response, f"{browser}.{link}", int(_LASTS.total_seconds()))
    return response


@blueprint.get("/sign-in/institution/back")
def back() -> Response:
    """Begin a session for who comes back with a name that we know, or with an invitation."""
    ours = services()
    browser, _, link = request.cookies.get(guard.way_cookie_name(), "").partition(".")
    with ours.database.write() as session:
        told = tries.take(session, request.args.get("state", ""), ours.clock())
    # Another browser than the one that left: somebody would be signed in as who sent them here.
    if told is None or "tenant" not in told or not hmac.compare_digest(told["browser"], digest(browser)):
        raise oidc.refused()
    with ours.database.read() as session:
        tenant = session.get_one(TenantRow, told["tenant"])
        client = institutions.client_of(session, tenant, ours.settings)
    if client is None:
        raise oidc.refused()
    subject = oidc.subject(client, request.url, told)
    with ours.database.write() as session:
        if link:
            person = _accept(session, link, client.issuer, subject, told["tenant"])
        else:
            person = institutions.recognise(session, told["tenant"], client.issuer, subject, ours.clock())
        secret = sessions.begin(session, person, ours.clock())
    # A page, and no redirect: the session's cookie does not come along on a way that began at another site.
    response = Response(render_template("admin/arrived.html"))
    guard.give_cookie(response, secret)
    guard.take_way_cookie(response)
    return response


def _accept(session: Session, link: str, issuer: str, subject: str, tenant_id: int) -> AdministratorRow:
    at = services().clock()
    person = people.invited(session, link, at)
    if person.tenant_id != tenant_id:
        raise oidc.refused()
    institutions.tie(session, person, issuer, subject, at)
    if not people.use_up(session, link):
        raise oidc.refused()
    return person


def _tenant(session: Session, slug: str, link: str) -> TenantRow:
    if link:
        return people.invited(session, link, services().clock()).tenant
    tenant = session.scalar(select(TenantRow).where(TenantRow.slug == slug))
    if tenant is None:
        raise _without()
    return tenant


def _without() -> NotFound:
    # The same for an institution that we do not know: who is a customer here, is nobody's to find out.
    return NotFound(
        say("Met deze naam kan niemand zich hier aanmelden. Kijk ze na, of gebruik je toegangssleutel."),
        code="institution-unknown",
    )
