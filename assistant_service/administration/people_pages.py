"""The people who may administer: invited, invited again, removed."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration import people
from assistant_service.administration.guard import address, go, guarded, here, page, services
from veranderkracht.errors import Conflict, Rejected

blueprint = guarded("admin_people", __name__, ("administrator",))


@blueprint.get("/people")
def show() -> Response:
    """Show who may administer."""
    return _shown()


@blueprint.post("/people")
def invite() -> Response:
    """Invite somebody; the link is shown once."""
    ours, person = services(), here()
    name, role = request.form.get("name", ""), request.form.get("role", "")
    try:
        with ours.database.write() as session:
            secret = people.invite(session, person.tenant_id, name, role, by=person.acts_as, at=ours.clock())
    except (Rejected, Conflict) as fault:
        field = "role" if fault.code == "role-invalid" else "name"
        return _shown(typed={"name": name, "role": role}, faults={field: fault.detail})
    return _shown(link=_link(secret), link_for=" ".join(name.split()))


@blueprint.post("/people/<int:id>/invite")
def invite_again(id: int) -> Response:
    """Give somebody another link."""
    ours, person = services(), here()
    with ours.database.write() as session:
        secret = people.invite_again(session, person.tenant_id, id, by=person.acts_as, at=ours.clock())
        name = next(line.name for line in people.everybody(session, person.tenant_id, ours.clock()) if line.id == id)
    return _shown(link=_link(secret), link_for=name)


@blueprint.post("/people/<int:id>/remove")
def remove(id: int) -> AnyResponse:
    """Take somebody's access away."""
    ours, person = services(), here()
    with ours.database.write() as session:
        people.remove(session, person.tenant_id, id, by=person.acts_as, at=ours.clock())
    return go("admin_people.show", said="removed")


def _shown(
    *, typed: dict[str, str] | None = None, faults: dict[str, str] | None = None, link: str = "", link_for: str = ""
) -> Response:
    ours = services()
    with ours.database.read() as session:
        lines = people.everybody(session, here().tenant_id, ours.clock())
    return page(
        "people.html",
        status=422 if faults else 200,
        people=lines,
        typed=typed or {},
        faults=faults or {},
        link=link,
        link_for=link_for,
        days=people.INVITATION_LASTS.days,
        said=request.args.get("said", ""),
    )


def _link(secret: str) -> str:
    return f"{address()}{url_for('admin_sign_in.invitation', link=secret)}"
