"""The sidecar as a Flask app: takes settings, opens what it needs, and serves the table of endpoints."""

import os

from flask import Flask, Response

from assistant_service import api, events, health, notice, openapi
from assistant_service.configuration import AssistantSettings
from assistant_service.feedback import endpoint, readers
from assistant_service.knowledge import endpoint as knowledge
from assistant_service.services import open_services
from veranderkracht.clock import Clock, now

ENDPOINTS = (*notice.ENDPOINTS, *endpoint.ENDPOINTS, *events.ENDPOINTS, *knowledge.ENDPOINTS)


def create_app(settings: AssistantSettings, clock: Clock = now) -> Flask:
    """Give the app; call it after a fork, for Chroma and database connections do not survive one."""
    # langchain would otherwise report to its maker's service when a developer's environment says so.
    os.environ["LANGSMITH_TRACING"] = "false"
    readers.reader_for(settings)
    services = open_services(settings, clock)
    app = Flask(__name__, static_folder=None)
    app.extensions["veranderkracht"] = services
    api.install(app, services, ENDPOINTS)
    document = openapi.document(ENDPOINTS)
    app.add_url_rule("/v1/openapi.json", "openapi", lambda: Response(document, mimetype="application/json"))
    app.add_url_rule("/healthz", "healthz", lambda: health.answer(services))
    return app
