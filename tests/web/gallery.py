"""A host for the web components alone: the real rules over the tests' store, and an assistant with given answers.

Serves each step of the first module at `/step/<step>`, the desk at `/desk/<step>`, under a strict security policy.
Run it by hand to look at the components: `python -m tests.web.gallery 9131`.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_from_directory
from markupsafe import Markup

from tests.core.memory_store import MemoryStore
from tests.web import talking, voices
from veranderkracht import languages
from veranderkracht.activities.assignment import Assignment, assign, find_step
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.operations import grade, play
from veranderkracht.activities.player import Player
from veranderkracht.activities.store import LearnerId, PlacementId, SubmissionId, TenantSlug, WorkKey
from veranderkracht.clock import iso
from veranderkracht.errors import NotSignedIn, VkError
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Scan, Worksheet
from veranderkracht.web import STATIC, Face, desk_view, render_desk, render_step, step_view

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TENANT = TenantSlug("hogeschool-west")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/vk.css"></head>
<body class="vk vk-page"><main data-api="{api}">{body}</main>
<script type="module" src="/gallery.js"></script></body></html>"""

EMBEDDED = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>Cursus</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/lms.css"><link rel="stylesheet" href="/static/vk.css"></head>
<body><h1>Cursus</h1><main class="xblock" data-api="{api}">{body}</main>
<script type="module" src="/gallery.js"></script></body></html>"""


_MAP: Any = {"kind": "worksheet", "minutes": 40, "tool": "betrokkenenkaart", "prompt": "Kies één onderwerp."}
TOOLS = (
    Worksheet(id="kaart", title="Wie hoort erbij?", **_MAP),
    Worksheet(id="plan", title="Ter beoordeling", rubric="reflectie-basis", **_MAP),
    Scan(id="klimaat", kind="scan", title="Waar sta je?", minutes=12, tool="veranderklimaat", prompt="Neem je tijd."),
)


@dataclass
class Gallery:
    """The state of one gallery: its store, and how its assistant behaves."""

    store: MemoryStore = field(default_factory=MemoryStore)
    assistant: str = "good"  # good | names | crisis | down | attempts-used
    accepted: bool = False
    expired: bool = False  # whether the session that saves has come to its end
    asked: int = 0
    proposed: dict[str, str] = field(
        default_factory=dict
    )  # the level that a model proposes, by criterion; none: it may not
    told: list[dict[str, Any]] = field(default_factory=list)  # what pages said became of remarks
    talks: talking.Talks = field(default_factory=talking.Talks)
    library: Library = field(default_factory=lambda: Library.at(ROOT))

    def assignment(self, step: str) -> Assignment:
        """Give the assignment of a step of the first module, or of one of the tools beside it."""
        module = self.library.module("samen-kijken")
        module = module.model_copy(update={"steps": (*module.steps, *TOOLS)})
        return assign(self.library, module, find_step(module, step))

    def player(self, step: str, learner: str, at: datetime | None = None) -> Player:
        """Give one learner's rules; `at` sets the time of what they do."""
        key = WorkKey(TENANT, PlacementId(step), LearnerId(learner))
        clock = {"clock": lambda: at} if at else {}
        return Player(self.store, self.assignment(step), key, assistant=True, **clock)

    def desk(self, step: str) -> Desk:
        """Give the teacher's rules."""
        return Desk(
            self.store,
            self.assignment(step),
            TENANT,
            PlacementId(step),
            grader="docent",
            name_of=lambda learner: voices.NAMES.get(learner, learner),
            sync_of=self._sync,
            assistant=True,
        )

    def _sync(self, submission: SubmissionId) -> dict[str, str] | None:
        assessment = self.store.assessment(submission)
        if assessment is None or assessment.published_at is None:
            return None
        return {"state": "sent", "detail": ""}

    def fill(self, step: str = "eigen-praktijk") -> None:
        """Hand in a few works, of which one is held and one published."""
        start = datetime.now(UTC) - timedelta(days=4)
        for index, learner in enumerate(voices.NAMES):
            player = self.player(step, learner, start + timedelta(hours=19 * index))
            for decision in getattr(player.assignment.step, "decisions", ()):
                version = player.state()["work"]["version"]
                player.answer(version, decision.id, [decision.options[index % len(decision.options)].id])
            player.submit(player.state()["work"]["version"], {"text": voices.TEXTS[index % len(voices.TEXTS)]})
        desk = self.desk(step)
        first, second, *_ = [item["submission"] for item in desk.queue()["items"]]
        desk.assess(first, 0, voices.levels(desk, first), voices.comments(desk, first), voices.COMMENT, True)
        desk.assess(second, 0, {}, voices.comments(desk, second), "", False)


def create_app(gallery: Gallery) -> Flask:
    """Give the gallery as a Flask app."""
    app = Flask(__name__, static_folder=None)

    @app.before_request
    def speak() -> None:
        languages.speak(languages.choose(request.accept_languages.values()))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.errorhandler(VkError)
    def problem(error: VkError) -> tuple[Response, int]:
        return jsonify(error.problem()), error.status

    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @app.get("/gallery.js")
    def adapter() -> Response:
        return send_from_directory(HERE, "gallery.js")

    @app.get("/step/<step>")
    def step_page(step: str) -> str:
        learner = request.args.get("learner", "hanne")
        face = _face(f"xblock+{step}@1")
        view = step_view(gallery.assignment(step), gallery.library, face=face, assistant="talk" in request.args)
        return _page(view.title, f"/api/{learner}/{step}/", render_step(view))

    @app.get("/embedded/<step>")
    def embedded_page(step: str) -> str:
        font = "inherit" if request.args.get("font") == "inherit" else "own"
        face = Face(uid="a", heading=2, theme="light", font=font)
        view = step_view(gallery.assignment(step), gallery.library, face=face)
        return EMBEDDED.format(api=f"/api/hanne/{step}/", body=render_step(view))

    @app.get("/lms.css")
    def lms_style() -> Response:
        return send_from_directory(HERE, "lms.css")

    @app.get("/desk/<step>")
    def desk_page(step: str) -> str:
        view = desk_view(gallery.assignment(step), face=_face("desk"))
        return _page(view.title, f"/api/docent/{step}/", render_desk(view))

    @app.post("/api/<who>/<step>/<op>")
    def operation(who: str, step: str, op: str) -> Response:
        payload: Mapping[str, Any] = request.get_json()
        if op == "assistant-token":
            soon = iso(datetime.now(UTC) + timedelta(minutes=10))
            return jsonify(url=request.host_url + "assistant", token=step, expires_at=soon, snapshot="s")
        if op == "save" and gallery.expired:
            raise NotSignedIn("Je sessie is verlopen.")
        if who == "docent":
            return jsonify(grade(gallery.desk(step), op, payload))
        return jsonify(play(gallery.player(step, who), op, payload))

    @app.get("/assistant/v1/notice")
    def notice() -> Response:
        return jsonify(version="1", html=voices.NOTICE, accepted=gallery.accepted)

    @app.post("/assistant/v1/notice")
    def accept() -> tuple[str, int]:
        gallery.accepted = True
        return "", 204

    @app.post("/assistant/v1/feedback")
    def feedback() -> tuple[Response, int]:
        sent = request.get_json()
        if gallery.assistant == "down":
            return jsonify(code="model-unavailable", detail=""), 503
        if gallery.assistant == "attempts-used":
            return jsonify(code="attempts-used", detail=""), 429
        if gallery.assistant == "crisis":
            return jsonify(crisis=voices.CRISIS), 200
        if gallery.assistant == "names" and not sent.get("names_ok"):
            return jsonify(code="likely-names", names=["Godelieve", "Van Acker"], detail=""), 409
        gallery.asked += 1
        if "parts" in sent:
            return jsonify(voices.feedback_on_sheet(sent["parts"], gallery.asked)), 200
        return jsonify(**voices.feedback(sent["text"], gallery.asked), proposals=bool(gallery.proposed)), 200

    @app.post("/assistant/v1/feedback/<id>/level")
    def level(id: str) -> Response:
        sent = request.get_json()
        gallery.told.append({"id": id, **sent})
        level = gallery.proposed.get(sent["criterion"])
        shown = {"id": level, "title": level.title()} if level else None
        return jsonify(criterion=sent["criterion"], proposed=shown)

    @app.post("/assistant/v1/feedback/<id>/remarks")
    def remarks(id: str) -> tuple[str, int]:
        gallery.told.append({"id": id, **request.get_json()})
        return "", 204

    talking.install(app, gallery.talks)

    def _face(uid: str) -> Face:
        return Face(uid=uid, heading=1)

    def _page(title: str, api: str, body: Markup) -> str:
        return PAGE.format(title=title, language=languages.spoken(), api=api, body=body)

    return app


if __name__ == "__main__":
    shown = Gallery()
    shown.fill()
    shown.fill("de-linde")
    create_app(shown).run("127.0.0.1", int(sys.argv[1]), threaded=True)
