"""The sidecar as a Flask app: takes settings, opens what it needs, and serves the table of endpoints."""

from pathlib import Path
from typing import Any

from flask import Flask, Response

from assistant_service import api, events, health, notice, openapi, usage
from assistant_service.administration import pages
from assistant_service.configuration import AssistantSettings
from assistant_service.conversations import endpoint as conversations
from assistant_service.conversations import inbox, store
from assistant_service.feedback import attempts, endpoint, grading, grading_endpoint
from assistant_service.forgetting import PersonalData, endpoints
from assistant_service.knowledge import endpoint as knowledge
from assistant_service.models import model_of
from assistant_service.policies import of_settings
from assistant_service.provider_langchain import forget_environment
from assistant_service.services import open_services
from veranderkracht.clock import Clock, now
from veranderkracht.languages import add_catalogues

PERSONAL_DATA = (
    PersonalData("notice", notice.erase, notice.export),
    PersonalData("feedback", attempts.erase, attempts.export, attempts.expire),
    PersonalData("teacher_readings", grading.erase, grading.export, grading.expire),
    PersonalData("conversations", store.erase, store.export, store.expire),
    PersonalData("questions", inbox.erase, inbox.export, inbox.expire),
    PersonalData("model_usage", usage.erase, usage.export),
    PersonalData("statements", events.erase, events.export),
)
ENDPOINTS: tuple[api.Endpoint[Any], ...] = (
    *notice.ENDPOINTS,
    *endpoint.ENDPOINTS,
    *grading_endpoint.ENDPOINTS,
    *conversations.ENDPOINTS,
    *events.ENDPOINTS,
    *knowledge.ENDPOINTS,
    *endpoints(PERSONAL_DATA),
)


LOCALE = Path(__file__).parent / "locale"


def create_app(settings: AssistantSettings, clock: Clock = now) -> Flask:
    """Give the app; call it after a fork, for Chroma and database connections do not survive one."""
    forget_environment()
    for provider in of_settings(settings).providers:
        model_of(provider, settings).prepare()
    services = open_services(settings, clock)
    app = Flask(__name__, static_folder=None)
    app.extensions["veranderkracht"] = services
    add_catalogues(LOCALE)
    api.install(app, services, ENDPOINTS)
    pages.install(app, settings)
    document = openapi.document(ENDPOINTS)
    app.add_url_rule("/v1/openapi.json", "openapi", lambda: Response(document, mimetype="application/json"))
    app.add_url_rule("/healthz", "healthz", lambda: health.answer(services))
    return app
