"""The page that tests a connection. Only its button calls the platform: opening it shows what is known already."""

from flask import Response

from lti_tool import platforms_seen, refusals_explained
from lti_tool.admin_guard import guarded, here, note, page
from lti_tool.admin_platforms import name_of
from lti_tool.diagnostics import Check, Tester
from lti_tool.platforms_seen import Seen
from lti_tool.responses import services

blueprint = guarded("admin_testing", __name__)


@blueprint.get("/platforms/<int:platform>/test")
def ask(platform: int) -> Response:
    """Show what is known, with the button."""
    with services().database.read() as session:
        return _show(platforms_seen.find(session, platform, here().tenant), None)


@blueprint.post("/platforms/<int:platform>/test")
def run(platform: int) -> Response:
    """Call the platform, and show what that brought; no transaction is open while it is slow."""
    ours = services()
    with ours.database.read() as session:
        seen = platforms_seen.find(session, platform, here().tenant)
    checks = Tester(ours.outgoing, ours.access, ours.keys, ours.clock).test(seen.registration)
    with ours.database.write() as session:
        tenant = seen.tenants[0] if len(seen.tenants) == 1 else here().tenant
        note(session, "connection-tested", tenant=tenant, about=name_of(seen))
    return _show(seen, checks)


def _show(seen: Seen, checks: list[Check] | None) -> Response:
    return page(
        "admin_test.html",
        seen=seen,
        checks=checks,
        good=bool(checks) and all(check.state == "good" for check in checks or ()),
        bad=[check for check in checks or () if check.state == "bad"],
        explain=refusals_explained.explain,
        at=services().clock(),
    )
