"""The shared face: server-rendered steps and the desk, around custom elements that both hosts use unchanged."""

from veranderkracht.web.assemble import desk_view, step_view
from veranderkracht.web.render import STATIC, TEMPLATES, icon, render_desk, render_route, render_step, translate
from veranderkracht.web.route_map import RouteView, route_view
from veranderkracht.web.view import (
    ChoiceView,
    CriterionView,
    DeskView,
    Face,
    LevelView,
    OptionView,
    PersonView,
    RubricView,
    SourceView,
    StepView,
)

__all__ = [
    "STATIC",
    "TEMPLATES",
    "ChoiceView",
    "CriterionView",
    "DeskView",
    "Face",
    "LevelView",
    "OptionView",
    "PersonView",
    "RouteView",
    "RubricView",
    "SourceView",
    "StepView",
    "desk_view",
    "icon",
    "render_desk",
    "render_route",
    "render_step",
    "route_view",
    "step_view",
    "translate",
]
