"""The workbench's own addresses, a sign of life, and a start page that says who one can be."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from workbench import urls as workbench
from workbench.scenarios import get_scenarios

from demo.workbench.scenarios import SEPARATOR

PEOPLE = ("hanne", "yusuf", "docent")


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that the workbench is up."""
    return JsonResponse({"status": "ok"})


def index(request: HttpRequest) -> HttpResponse:
    """Show every step, module by module."""
    modules: dict[str, list[tuple[str, str]]] = {}
    for name, scenario in get_scenarios().items():
        module, _, step = scenario.description.partition(SEPARATOR)
        modules.setdefault(module, []).append((name, step))
    return render(request, "workbench/index.html", {"modules": modules.items(), "people": PEOPLE})


# Starting anew would put the scenarios of every installed block in place of ours.
_LEFT_OUT = ("workbench_index", "reset_state")

urlpatterns = [
    path("healthz", healthz),
    path("", index, name="workbench_index"),
    *(each for each in workbench.urlpatterns if getattr(each, "name", None) not in _LEFT_OUT),
]
