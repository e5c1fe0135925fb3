"""All pages of the administration, put into an app; without an address of our own there are none."""

from flask import Flask, Response, redirect, send_from_directory, url_for
from jinja2 import ChoiceLoader
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration import (
    documents,
    guard,
    institution_pages,
    overview,
    people_pages,
    questions,
    settings_pages,
    sign_in,
)
from assistant_service.configuration import AssistantSettings
from veranderkracht.web import STATIC, TEMPLATES, icon, translate

BLUEPRINTS = (
    sign_in.blueprint,
    sign_in.ends,
    institution_pages.blueprint,
    overview.blueprint,
    overview.records,
    questions.blueprint,
    documents.blueprint,
    settings_pages.blueprint,
    people_pages.blueprint,
)
_SECONDS = 600


def install(app: Flask, settings: AssistantSettings) -> None:
    """Add the pages to the app, when settings say at which address browsers find them."""
    if not settings.base_url:
        return
    app.jinja_loader = ChoiceLoader([app.jinja_loader, TEMPLATES])  # type: ignore[list-item]
    app.jinja_env.globals["icon"] = icon
    translate(app.jinja_env)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)

    @app.get("/")
    def home() -> AnyResponse:
        """Lead whoever opens the bare address to the pages."""
        return redirect(url_for("admin_overview.show"), 303)

    @app.get(f"{guard.PREFIX}/shared/<path:name>")
    def shared(name: str) -> Response:
        """The look that all administration shares."""
        return send_from_directory(STATIC, name, max_age=_SECONDS)

    @app.get(f"{guard.PREFIX}/static/<path:name>")
    def own(name: str) -> Response:
        """Scripts of these pages."""
        return send_from_directory(f"{app.root_path}/static", name, max_age=_SECONDS)
