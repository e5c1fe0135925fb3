"""Turns views into HTML, steps and the desk around one custom element each, and says where the static files lie.

Which values go in is `view.py`'s; what the element does with them in the browser is `static/`'s.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from veranderkracht import languages
from veranderkracht.web.route_map import RouteView
from veranderkracht.web.view import DeskView, StepView

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = FileSystemLoader(HERE / "templates")


def render_step(view: StepView) -> Markup:
    """Give the HTML of one step, without script or style of its own; the host adds `vk.css` and attaches `vk.js`."""
    return _render(f"{view.kind}.html", view)


def render_desk(view: DeskView) -> Markup:
    """Give the HTML of the teacher's desk."""
    return _render("desk.html", view)


def render_route(view: RouteView) -> Markup:
    """Give the HTML of the route map, which needs no script."""
    return _render("route.html", view)


def icon(name: str) -> Markup:
    """Give a Lucide icon as inline SVG, hidden from assistive technology: a word always stands beside it.

    Raises:
        KeyError: there is no such icon in the sprite.
    """
    return Markup('<svg class="vk-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>').format(
        _shapes()[name]
    )


def translate(environment: Environment) -> None:
    """Let templates say their texts in the language of the moment, by `_("…")` and `{% trans %}`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension brings it
        languages.in_template, languages.number_in_template, newstyle=True
    )
    environment.globals["language"] = languages.spoken
    environment.globals["dutch"] = _dutch


def _dutch() -> Markup:
    """Give the attribute that says of content that it is Dutch, on a page in another language."""
    return Markup("" if languages.spoken() == languages.SOURCE else ' lang="nl"')


def _render(template: str, view: StepView | DeskView | RouteView) -> Markup:
    return Markup(_environment().get_template(template).render(view=view, face=view.face))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=TEMPLATES,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icon"] = icon
    translate(environment)
    environment.filters["attribute_id"] = _attribute_id
    return environment


@cache
def _shapes() -> dict[str, Markup]:
    sprite = (STATIC / "icons" / "lucide.svg").read_text(encoding="utf-8")
    symbols = re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', sprite)
    return {name: Markup(shapes) for name, shapes in symbols}


def _attribute_id(value: str) -> Markup:
    """Make any text fit for an id attribute: an XBlock's usage key has characters that selectors trip over."""
    return escape(re.sub(r"[^A-Za-z0-9_-]+", "-", value))
