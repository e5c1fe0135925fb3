"""The pages after a launch: a step to play, a preview of it, the grading desk, a module's steps, and the route map.

One page leads to another by a form that posts the page's token: no token stands in an address, no cookie is needed.
"""

from functools import lru_cache
from typing import get_args

from flask import Blueprint, Response, current_app, request
from markupsafe import Markup

from lti_tool import placed
from lti_tool.api import visit_of
from lti_tool.deep_linking import ROUTE_MAP
from lti_tool.offers import KINDS
from lti_tool.responses import framed_by, services
from lti_tool.services import Services
from lti_tool.signed import PAGE_LIFETIME, View, digest
from lti_tool.visits import Visit
from lti_tool.walked import progress_of
from veranderkracht import languages
from veranderkracht.activities.assignment import Assignment, PlayableStep
from veranderkracht.errors import BadInput, Forbidden, NotFound
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import rubric_of
from veranderkracht.web import Face, desk_view, render_desk, render_route, render_step, route_view, step_view

blueprint = Blueprint("pages", __name__, url_prefix="/lti")


@blueprint.post("/page")
def turn() -> Response:
    """Show another page of the same visit; a token that has just run out still counts, as for a renewal."""
    ours = services()
    # A page of another site that holds a token of its own maker would else bring somebody into that maker's visit.
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        raise Forbidden(
            say("Deze pagina werd van elders geopend. Open de activiteit vanuit je cursus."), code="page-foreign"
        )
    with ours.database.read() as session:
        here = visit_of(ours, session, request.form.get("token", ""), expired_too=True)
    view = next((view for view in get_args(View) if view == request.form.get("view")), None)
    if view is None:
        raise BadInput(say("Deze pagina bestaat niet. Open de activiteit opnieuw vanuit je cursus."))
    there = here.turned_to(view, request.form.get("step", ""))
    response = _show(ours, there)
    if there.view == "play":
        with ours.database.writing() as connection:
            placed.tell_opening(ours, connection, there)
    return response


def arrive(visit: Visit) -> Response:
    """Show what a launch is for: its step in the view that fits the role, or the module's steps.

    That a learner opens the step is written down with the launch itself.
    """
    framed_by(visit.origins)
    return _show(services(), opening(visit))


def opening(visit: Visit) -> Visit:
    """Give a visit that has just begun, looking at what its launch is for."""
    if visit.module == ROUTE_MAP:
        return visit.turned_to("route", "")
    if not visit.placed_step:
        return visit.turned_to("module", "")
    step = placed.assignment_of(services(), visit, visit.placed_step).step
    if visit.about and visit.role == "teacher" and not rubric_of(step):
        raise NotFound(
            say(
                "Bij deze stap valt er geen werk te lezen: wie ze maakt, krijgt meteen een uitslag, en "
                "die gaat naar het puntenboek van je leeromgeving."
            ),
            code="review-nothing",
        )
    return visit.turned_to(_first_view(visit, step), visit.placed_step)


def _show(ours: Services, visit: Visit) -> Response:
    framed_by(visit.origins)
    if visit.view == "route":
        progress = progress_of(ours, visit)
        view = route_view(ours.library, progress, face=Face(uid="vk", heading=1))
        known = progress is not None
        return _page(ours, visit, "route.html", content=render_route(view), title=view.title, known=known)
    if visit.view == "module":
        module = placed.module_of(ours, visit)
        playable = [step for step in module.steps if isinstance(step, PlayableStep)]
        graded = [step for step in playable if rubric_of(step)]
        return _page(ours, visit, "module.html", module=module, playable=playable, graded=graded, kinds=KINDS)
    assignment = placed.assignment_of(ours, visit, visit.step)
    assistant = bool(ours.settings.assistant_url) and visit.view == "play"
    desk, spoken = visit.view == "desk", languages.spoken()
    content = _content(ours.library, visit.module, visit.step, spoken, desk=desk, assistant=assistant)
    return _page(ours, visit, "step.html", content=content, title=assignment.step.title, **_around(visit, assignment))


@lru_cache(maxsize=512)
def _content(library: Library, module: str, step: str, _spoken: str, *, desk: bool, assistant: bool) -> Markup:
    """Give the HTML of a step or of its desk: the same for all who read a language, for theirs comes by `/lti/api`."""
    assignment, face = placed.assignment(library, module, step), Face(uid="vk", heading=1)
    if desk:
        return render_desk(desk_view(assignment, face=face))
    return render_step(step_view(assignment, library, face=face, assistant=assistant))


def _page(ours: Services, visit: Visit, template: str, **values: object) -> Response:
    token = ours.signer.page_token(visit.token, ours.clock())
    # The browser keeps unsaved text under this name for the session: it must tell people and steps apart, no more.
    key = digest(f"{visit.tenant}\n{visit.placement}\n{visit.learner}\n{visit.view}")[:32]
    # Drawn without Flask's own context, of which no page of a visit uses anything.
    drawn = current_app.jinja_env.get_template(template).render(
        visit=visit, token=token, key=key, expires_in=int(PAGE_LIFETIME.total_seconds()), **values
    )
    return Response(drawn)


def _first_view(visit: Visit, step: PlayableStep) -> View:
    if visit.role == "learner":
        return "play"
    return "desk" if visit.role == "teacher" and rubric_of(step) else "preview"


def _around(visit: Visit, assignment: Assignment) -> dict[str, object]:
    """Give what stands around a step: where else one can go from here, and what a preview is."""
    steps = [step.id for step in assignment.module.steps if isinstance(step, PlayableStep)]
    position = steps.index(visit.step)
    view: View = "play" if visit.role == "learner" else "preview"
    following = steps[position + 1] if position + 1 < len(steps) and not visit.placed_step else ""
    return {
        "module": assignment.module,
        "graded": assignment.rubric is not None,
        "whole": not visit.placed_step,
        "following": following if visit.view != "desk" else "",
        "following_view": view,
    }
