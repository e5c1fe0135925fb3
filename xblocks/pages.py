"""The HTML around a step or the map in somebody else's page: for learners, who teaches, and authors."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from veranderkracht.activities.assignment import Assignment
from veranderkracht.errors import ContentError, VkError
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Module
from veranderkracht.web import icon, translate


def step_page(*, step: str, desk: str | None, preview: bool, teaches: bool, wide: bool) -> Markup:
    """Give the page of a step.

    Args:
        step: the step's HTML.
        desk: the desk's HTML, for who teaches.
        preview: what is filled in is not kept.
        teaches: it is a teacher who looks.
        wide: the step has two columns where there is room.
    """
    return _render("step.html", step=step, desk=desk, preview=preview, teaches=teaches, wide=wide)


def route_page(content: Markup, *, alone: bool) -> Markup:
    """Give the page of the route map, around its HTML; `alone`: for who is no learner here, without progress."""
    return _render("route.html", content=content, alone=alone)


def author_page(assignment: Assignment, kind: str, title: str, step: str) -> Markup:
    """Give what an author sees of a block on Studio's page."""
    own = render(assignment.prompt_override, 4) if assignment.prompt_override else None
    return _render("author.html", assignment=assignment, kind=kind, title=title, own=own, step=step)


def studio_page(
    *, uid: str, modules: list[tuple[Module, list[str]]] | None, chosen: str, title: str, prompt: str | None, limit: int
) -> Markup:
    """Give Studio's form.

    Args:
        uid: a prefix for element ids.
        modules: each module with the ids of the steps that fit; None for a block that shows no step.
        chosen: `module/step`, or empty.
        title: the block's own title.
        prompt: the prompt of the author's own; None where steps have no prompt.
        limit: how many characters a prompt may have.
    """
    return _render("studio.html", uid=uid, modules=modules, chosen=chosen, title=title, prompt=prompt, limit=limit)


def problem_page(fault: VkError, *, author: bool = False) -> Markup:
    """Give what stands where a step cannot be shown; an author is told what to do about it."""
    hidden = isinstance(fault, ContentError) and not author
    return _render("problem.html", fault=fault, author=author, detail="" if hidden else fault.detail)


def _render(template: str, **values: object) -> Markup:
    return Markup(_environment().get_template(template).render(**values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("xblocks"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icon"] = icon
    translate(environment)
    return environment
