"""The audit log as a page: who did what, when."""

import math

from flask import Response, request

from lti_tool import audit_rows
from lti_tool.admin_guard import guarded, here, page
from lti_tool.responses import services

blueprint = guarded("admin_log", __name__)

PAGE = 50


@blueprint.get("/log")
def show() -> Response:
    """Show a page of the log."""
    mine = here().tenant
    tenant = mine or request.args.get("tenant", "")[:60]
    asked = request.args.get("page", "1")
    with services().database.read() as session:
        pages = max(1, math.ceil(audit_rows.count(session, tenant) / PAGE))
        number = min(int(asked), pages) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 else 1
        number = max(number, 1)
        rows = audit_rows.newest(session, tenant, limit=PAGE, offset=(number - 1) * PAGE)
        tenants = [] if mine else audit_rows.tenants(session)
    return page("admin_log.html", rows=rows, tenants=tenants, tenant=tenant, number=number, pages=pages)
