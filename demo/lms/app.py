"""The demo LMS: a course page, launches in an iframe, the services the tool calls, and a gradebook to look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from lti_consumer.lti_1p3.exceptions import Lti1p3Exception
from werkzeug.wrappers import Response as AnyResponse

from demo.lms import course
from demo.lms.gradebook import Gradebook, ScoreRefused
from demo.lms.platform import LINE_ITEM_SCOPES, RESULT_SCOPE, SCORE_SCOPE, Addresses, Platform

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
COOKIE = "demo_persoon"

pages = Blueprint("pages", __name__)


def create_app(
    addresses: Addresses, data: Path, *, workbench: str = "", waiting_for: Callable[[], list[str]] = list
) -> Flask:
    """Make the demo LMS.

    Args:
        addresses: of the LMS and of the LTI tool.
        data: a folder for the platform's key and the gradebook.
        workbench: the address of the XBlock workbench, to link to; empty for none.
        waiting_for: names what is not up yet; /healthz answers 200 when that is nothing.
    """
    app = Flask(__name__)
    data.mkdir(parents=True, exist_ok=True)
    app.extensions["platform"] = Platform(addresses, data / "platform-key.pem")
    app.extensions["gradebook"] = Gradebook(data / "gradebook.sqlite3", tuple(one.id for one in course.PEOPLE))
    app.extensions["waiting_for"] = waiting_for
    app.config["WORKBENCH"] = workbench
    app.register_blueprint(pages)
    return app


def _platform() -> Platform:
    platform: Platform = current_app.extensions["platform"]
    return platform


def _gradebook() -> Gradebook:
    gradebook: Gradebook = current_app.extensions["gradebook"]
    return gradebook


def _me() -> course.Person:
    return course.person(request.cookies.get(COOKIE, "")) or course.PEOPLE[0]


@pages.app_context_processor
def _context() -> dict[str, Any]:
    return {
        "me": _me(),
        "people": course.PEOPLE,
        "title": course.COURSE_TITLE,
        "workbench": current_app.config["WORKBENCH"],
    }


@pages.get("/")
def home() -> str:
    """The course: its steps, and how the signed-in person stands."""
    steps = [(step, _gradebook().entry(_me().id, step.id)) for step in course.placements()]
    parts = {
        "De route": [each for each in steps if each[0].kind == "route"],
        "Samen kijken, stap voor stap": [each for each in steps if each[0].step],
        "De andere modules, elk als één activiteit": [each for each in steps if each[0].kind == "module"],
    }
    return render_template("course.html", parts=parts.items())


@pages.post("/aanmelden")
def sign_in() -> AnyResponse:
    """Become another person of the demo."""
    person = course.person(request.form.get("persoon", "")) or abort(400)
    response = redirect(url_for("pages.home"))
    response.set_cookie(COOKIE, person.id, httponly=True, samesite="Lax")
    return response


@pages.get("/stap/<placement_id>")
def step(placement_id: str) -> str:
    """A placed step in its iframe."""
    steps = course.placements()
    placed = course.placement(placement_id) or abort(404)
    position = steps.index(placed)
    following = steps[position + 1] if position + 1 < len(steps) else None
    return render_template("step.html", step=placed, following=following)


@pages.get("/start/<placement_id>")
def start(placement_id: str) -> AnyResponse:
    """Start the launch of a placed step for the signed-in person."""
    placed = course.placement(placement_id) or abort(404)
    return redirect(_platform().login_url(_me(), placed))


@pages.get("/puntenboek")
def gradebook() -> str:
    """The gradebook: a student's own line, or everybody's for the teacher."""
    steps = [step for step in course.placements() if step.graded]
    students = [one for one in course.PEOPLE if one.role == "student"]
    rows = students if _me().role == "staff" else [_me()]
    entries = {(one.id, step.id): _gradebook().entry(one.id, step.id) for one in rows for step in steps}
    return render_template("gradebook.html", steps=steps, rows=rows, entries=entries)


@pages.get("/healthz")
def health() -> tuple[Response, int]:
    """Answer 200 when all of the demo is up, 503 with what it waits for until then."""
    waiting = current_app.extensions["waiting_for"]()
    return jsonify(status="wacht" if waiting else "ok", waiting_for=waiting), 503 if waiting else 200


@pages.route("/lti/auth", methods=["GET", "POST"])
def authenticate() -> str:
    """Answer the tool's authentication request with a form that posts the launch."""
    known = _platform().launch_data(request.values.get("lti_message_hint", ""))
    person = course.person(known[0]) if known else None
    placed = course.placement(known[1]) if known else None
    if person is None or placed is None or request.values.get("login_hint") != person.id or person != _me():
        abort(400, "Deze start is verlopen. Open de stap opnieuw vanuit de cursus.")
    try:
        launch = _platform().launch(request.values, person, placed)
    except Lti1p3Exception:
        abort(400, "De tool vroeg iets wat deze leeromgeving niet kent.")
    return render_template("launch.html", action=request.values["redirect_uri"], fields=launch)


@pages.get("/lti/jwks")
def jwks() -> Response:
    """The platform's public keys."""
    return jsonify(_platform().keys())


@pages.post("/lti/token")
def token() -> tuple[Response, int]:
    """Give the tool an access token for its signed assertion."""
    try:
        return jsonify(_platform().access_token(request.form)), 200
    except Lti1p3Exception as fault:
        return jsonify(error="invalid_request", error_description=type(fault).__name__), 400


def _need(*scopes: str) -> None:
    if not _platform().allows(request.headers.get("Authorization", ""), scopes):
        abort(401)


@pages.get("/ags/lineitems")
def line_items() -> Response:
    """The line items of the course."""
    _need(*LINE_ITEM_SCOPES)
    items = [_line_item(step) for step in course.placements() if step.graded]
    return _typed(items, "application/vnd.ims.lis.v2.lineitemcontainer+json")


@pages.get("/ags/lineitems/<placement_id>")
def line_item(placement_id: str) -> Response:
    """One line item."""
    _need(*LINE_ITEM_SCOPES)
    return _typed(_line_item(course.placement(placement_id) or abort(404)), "application/vnd.ims.lis.v2.lineitem+json")


@pages.post("/ags/lineitems/<placement_id>/scores")
def scores(placement_id: str) -> tuple[Response, int]:
    """Take a score."""
    _need(SCORE_SCOPE)
    placed = course.placement(placement_id) or abort(404)
    if request.mimetype != SCORE_TYPE:
        return jsonify(error=f"Content-Type moet {SCORE_TYPE} zijn"), 400
    message = request.get_json(force=True, silent=True)
    if not isinstance(message, dict):
        return jsonify(error="geen JSON-object"), 400
    try:
        _gradebook().put(placed.id, message)
    except ScoreRefused as fault:
        return jsonify(error=fault.reason), fault.status
    return jsonify(), 200


@pages.get("/ags/lineitems/<placement_id>/results")
def results(placement_id: str) -> Response:
    """The results of one line item."""
    _need(RESULT_SCOPE)
    placed = course.placement(placement_id) or abort(404)
    rows = [
        {
            "id": f"{_line_item(placed)['id']}/results/{entry.user}",
            "userId": entry.user,
            "resultScore": None if entry.score is None else float(entry.score),
            "resultMaximum": None if entry.maximum is None else float(entry.maximum),
            "comment": entry.comment,
        }
        for entry in _gradebook().entries(placed.id)
    ]
    return _typed(rows, "application/vnd.ims.lis.v2.resultcontainer+json")


def _line_item(step: course.Placement) -> dict[str, Any]:
    return {
        "id": f"{_platform().addresses.lms}/ags/lineitems/{step.id}",
        "label": step.title,
        "scoreMaximum": 100,
        "resourceLinkId": step.id,
    }


def _typed(body: Any, mimetype: str) -> Response:
    response = jsonify(body)
    response.mimetype = mimetype
    return response
