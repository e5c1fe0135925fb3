"""The LTI tool as a Flask app: takes settings, opens what it needs, and serves launches, pages and operations."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, jsonify, send_from_directory
from jinja2 import ChoiceLoader
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_tool import admin, api, mine, oidc, pages, picker, rate_limits, registering, responses
from lti_tool.configuration import LtiSettings
from lti_tool.queue_huey import open_queue
from lti_tool.services import open_services
from veranderkracht.clock import Clock, now
from veranderkracht.languages import add_catalogues
from veranderkracht.modules.library import Library
from veranderkracht.web import STATIC, TEMPLATES

MAX_REQUEST = 1024 * 1024  # bytes; a work holds at most 40,000 characters
STATIC_SECONDS = 600
LOCALE = Path(__file__).parent / "locale"


def create_app(
    settings: LtiSettings,
    *,
    clock: Clock = now,
    library: Library | None = None,
    wake: Callable[[], None] | None = None,
) -> Flask:
    """Give the app; call it after a fork.

    Args:
        settings: as `configuration.read` gives them.
        clock: gives the time; tests replace it.
        library: the content; by default what is installed.
        wake: tells the worker that the outbox has something; by default through the queue.
    """
    services = open_services(settings, wake=wake or open_queue(settings).wake, library=library, clock=clock)
    app = Flask(__name__, static_folder="static", static_url_path="/lti/static/tool")
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST, MAX_FORM_MEMORY_SIZE=MAX_REQUEST)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_SECONDS
    app.extensions["veranderkracht"] = services
    add_catalogues(LOCALE)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, TEMPLATES])  # type: ignore[list-item]
    if settings.proxies:
        # Nothing but the address is taken from proxies: our own is a setting, whatever host a request names.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    responses.install(app)
    rate_limits.install(app, settings)
    for part in (oidc, pages, picker, api, mine, registering):
        app.register_blueprint(part.blueprint)
    for blueprint in admin.BLUEPRINTS:
        app.register_blueprint(blueprint)

    @app.get("/lti/static/vk/<path:name>")
    def shared(name: str) -> Response:
        """The web components that both faces share."""
        return send_from_directory(STATIC, name, max_age=STATIC_SECONDS)

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        """Answer 200 when the database answers."""
        try:
            services.database.answers()
        except SQLAlchemyError:
            app.logger.exception("the database does not answer")
            return jsonify(status="fault"), 503
        return jsonify(status="ok"), 200

    return app
