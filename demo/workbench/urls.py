"""The workbench's own addresses, and a sign of life."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from workbench.urls import urlpatterns as workbench_addresses


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that the workbench is up."""
    return JsonResponse({"status": "ok"})


urlpatterns = [path("healthz", healthz), *workbench_addresses]
