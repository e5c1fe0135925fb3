"""What a learner may know: the page that says what is kept of them, why and how long, and the file with all of it.

Reached from a step or a module by the page's token, like every other page of a visit.
"""

import json
from typing import Any

from flask import Blueprint, Response, render_template, request

from lti_tool import learner_data, learner_document
from lti_tool.api import visit_of
from lti_tool.forgetting import tenant_of
from lti_tool.responses import framed_by, services
from lti_tool.visits import Visit
from veranderkracht.errors import Forbidden
from veranderkracht.languages import say

blueprint = Blueprint("mine", __name__, url_prefix="/lti/mine")


@blueprint.post("")
def show() -> Response:
    """Show what is kept of who asks."""
    ours = services()
    visit, document, months = _mine()
    framed_by(visit.origins)
    page = render_template(
        "mine.html",
        visit=visit,
        token=ours.signer.page_token(visit.token, ours.clock()),
        data=document,
        months=months,
        assistant=bool(ours.settings.assistant_url),
        day=learner_document.day,
    )
    return Response(page)


@blueprint.post("/file")
def file() -> Response:
    """Give all of it as a file: a page to read, or JSON for another program."""
    visit, document, _ = _mine()
    framed_by(visit.origins)
    if request.form.get("as") == "json":
        text, kind, name = json.dumps(document, ensure_ascii=False, indent=2), "application/json", "json"
    else:
        text, kind, name = learner_document.page(document), "text/html", "html"
    response = Response(text, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="mijn-gegevens-veranderkracht.{name}"'
    return response


def _mine() -> tuple[Visit, dict[str, Any], int | None]:
    ours = services()
    with ours.database.read() as session:
        visit = visit_of(ours, session, request.form.get("token", ""), expired_too=True)
        if visit.role != "learner":
            raise Forbidden(
                say("Deze pagina is er voor lerenden: ze toont wat van hen bewaard wordt."), code="learner-only"
            )
        tenant = tenant_of(session, visit.tenant)
        document = learner_data.of_learner(session, tenant, visit.learner, ours.clock())
        return visit, document, tenant.retention_months
