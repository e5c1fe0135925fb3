"""The administration's overview, and a platform's own page with its deployments."""

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import deployments, invites, platform_form, platforms_seen, refusals_explained, waiting
from lti_tool.admin_guard import go, guarded, here, note, page
from lti_tool.platforms_seen import Seen
from lti_tool.responses import services
from lti_tool.tables import DeploymentRow
from veranderkracht.errors import Conflict, Forbidden, NotFound, VkError
from veranderkracht.languages import say

blueprint = guarded("admin_platforms", __name__)


@blueprint.get("/")
def overview() -> Response:
    """Show every platform that this administrator sees, and what came in and is not known."""
    mine = here().tenant
    with services().database.read() as session:
        seen = platforms_seen.all_of(session, mine)
        changeable = {(each.registration.issuer, each.registration.client_id) for each in seen if each.changeable}
        knocking = [each for each in waiting.waiting(session) if (each.issuer, each.client_id) in changeable]
        return page(
            "admin_overview.html",
            platforms=seen,
            waiting=knocking,
            strangers=platforms_seen.strangers(session, mine),
            invites=[each for each in invites.still_open(session, services().clock()) if mine in ("", each.tenant)],
            tenants=platforms_seen.tenants(session, mine),
            said=request.args.get("said", ""),
        )


@blueprint.get("/platforms/<int:platform>")
def show(platform: int) -> Response:
    """Show one platform."""
    with services().database.read() as session:
        return _show(platforms_seen.find(session, platform, here().tenant), said=request.args.get("said", ""))


@blueprint.post("/platforms/<int:platform>/deployments")
def add(platform: int) -> AnyResponse:
    """Add deployments to a platform."""
    ours = services()
    names = platform_form.read(request.form).deployment_names
    tenant = here().tenant or request.form.get("tenant", "").strip()
    fault = platform_form.deployment_fault(names)
    if not fault:
        try:
            with ours.database.write() as session:
                seen = changeable(platforms_seen.find(session, platform, here().tenant))
                deployments.add(session, tenant, platform, names, ours.clock())
                note(session, "deployment-added", tenant=tenant, about=f"{name_of(seen)} {' '.join(names)}")
            ours.keys.make_host_key(tenant)
            return go("admin_platforms.show", platform=platform, said="deployment-added")
        except (Forbidden, NotFound):
            raise
        except VkError as error:
            fault = error.detail
    with ours.database.read() as session:
        seen = platforms_seen.find(session, platform, here().tenant)
        return _show(seen, status=422, fault=fault, typed=request.form.get("deployments", ""), typed_tenant=tenant)


@blueprint.post("/platforms/<int:platform>/deployments/<int:deployment>/<act>")
def change(platform: int, deployment: int, act: str) -> AnyResponse:
    """Switch a deployment off or on, or remove it."""
    acts = {"off": "deployment-switched-off", "on": "deployment-switched-on", "remove": "deployment-removed"}
    ours = services()
    if act not in acts:
        raise NotFound(say("Deze pagina bestaat niet."), code="not-found")
    try:
        with ours.database.write() as session:
            seen = platforms_seen.find(session, platform, here().tenant)
            row = _deployment(seen, deployment)
            if act == "remove":
                changeable(seen)
                deployments.remove(session, row)
            else:
                deployments.switch(session, row, ours.clock() if act == "off" else None)
            note(session, acts[act], tenant=row.tenant.slug, about=f"{name_of(seen)} {row.deployment_id}")
    except Conflict as refused:
        with ours.database.read() as session:
            seen = platforms_seen.find(session, platform, here().tenant)
            return _show(seen, status=refused.status, problem=refused.detail)
    return go("admin_platforms.show", platform=platform, said=acts[act])


@blueprint.post("/waiting/<int:knock>")
def accept(knock: int) -> AnyResponse:
    """Make a deployment that waits an institution's own."""
    ours, mine = services(), here().tenant
    with ours.database.write() as session:
        known = next((each for each in waiting.waiting(session) if each.id == knock), None)
        platform = deployments.platform_of_waiting(session, knock) if known else None
        if platform is None:
            raise NotFound(
                say("Dit deployment wacht niet meer: iemand aanvaardde het al."), code="deployment-not-waiting"
            )
        changeable(platforms_seen.find(session, platform, mine))
        tenant = mine or request.form.get("tenant", "").strip()
        done = waiting.accept(session, knock, by=here().name, at=ours.clock(), tenant=tenant)
    ours.keys.make_host_key(done.proposed)
    return go("admin_platforms.show", platform=platform, said="deployment-added")


@blueprint.route("/<path:_rest>", methods=["GET", "POST"])
def nothing(_rest: str) -> Response:
    """Answer any other address below ours."""
    raise NotFound(say("Deze pagina bestaat niet, of niet meer."), code="not-found")


def changeable(seen: Seen) -> Seen:
    """Give the platform back when this administrator may change it.

    Raises:
        Forbidden: `platform-shared`.
    """
    if not seen.changeable:
        raise Forbidden(
            say(
                "Deze leeromgeving wordt door meer instellingen gebruikt. "
                "Vraag een wijziging aan wie de server beheert."
            ),
            code="platform-shared",
        )
    return seen


def name_of(seen: Seen) -> str:
    """Give what the audit log calls a platform."""
    return f"{seen.registration.issuer} {seen.registration.client_id}"


def _deployment(seen: Seen, deployment: int) -> DeploymentRow:
    row = next((row for row in seen.deployments if row.id == deployment), None)
    if row is None:
        raise NotFound(say("Dit deployment is er niet meer."), code="deployment-not-found")
    return row


def _show(seen: Seen, *, status: int = 200, **values: object) -> Response:
    with services().database.read() as session:
        known = platforms_seen.tenants(session, here().tenant)
        in_use = {row.id for row in seen.deployments if platforms_seen.has_work(session, row.id)}
    told = {"said": "", "fault": "", "problem": "", "typed": "", "typed_tenant": "", **values}
    explain = refusals_explained.explain
    return page("admin_platform.html", status=status, seen=seen, tenants=known, in_use=in_use, explain=explain, **told)
