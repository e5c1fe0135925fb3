"""Invitations on the administration's pages: make one, see its link once, withdraw it."""

from datetime import timedelta

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import invites, platforms_seen
from lti_tool.admin_guard import go, guarded, here, page
from lti_tool.responses import services
from lti_tool.tables import InviteRow
from veranderkracht.errors import BadInput, NotFound
from veranderkracht.languages import say

blueprint = guarded("admin_invites", __name__)

DAYS = 7


@blueprint.get("/invites")
def show() -> Response:
    """Show the open invitations, and the form for one more."""
    return _show()


@blueprint.post("/invites")
def make() -> Response:
    """Make an invitation; its link is on this answer only."""
    ours = services()
    tenant = here().tenant or request.form.get("tenant", "").strip()
    try:
        with ours.database.write() as session:
            row, secret = invites.make(session, tenant, timedelta(days=DAYS), by=here().name, at=ours.clock())
    except BadInput:
        fault = say("Gebruik kleine letters, cijfers en streepjes, zoals hogeschool-west.")
        return _show(status=422, fault=fault, typed=tenant)
    return _show(made=row, link=f"{ours.settings.base_url}/lti/register?invite={secret}")


@blueprint.post("/invites/<int:invite>/withdraw")
def withdraw(invite: int) -> AnyResponse:
    """Make an invitation useless."""
    ours, mine = services(), here().tenant
    with ours.database.write() as session:
        row = session.get(InviteRow, invite)
        if row is None or mine not in ("", row.tenant):
            raise NotFound(
                say("Deze uitnodiging is er niet, of ze hoort niet bij jouw instelling."), code="invite-unknown"
            )
        invites.withdraw(session, invite, by=here().name, at=ours.clock())
    return go("admin_invites.show", said="invite-withdrawn")


def _show(*, status: int = 200, **values: object) -> Response:
    ours, mine = services(), here().tenant
    with ours.database.read() as session:
        mine_open = [row for row in invites.still_open(session, ours.clock()) if mine in ("", row.tenant)]
        known = platforms_seen.tenants(session, mine)
    told = {"made": None, "link": "", "fault": "", "typed": "", "said": request.args.get("said", ""), **values}
    return page("admin_invites.html", status=status, invites=mine_open, tenants=known, days=DAYS, **told)
