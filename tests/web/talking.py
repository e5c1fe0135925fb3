"""The conversations of the gallery's assistant: its interface as docs/contracts.md §5 has it, with given answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from tests.web import voices

AT = "2026-11-23T18:30:00Z"
BY = {"kind": "model", "name": "proef van Voorbeeld", "says": "Dit is een taalmodel, dus artificiële intelligentie."}
SOURCE = {
    "id": 1,
    "title": "Drie brillen op één gang",
    "url": "veranderkracht:module/samen-kijken",
    "text": "Wie kijkt?",
}
ANSWER = "Je schreef dat je **kortaf** was.\n\n> Wie kijkt, ziet iets anders. [1]\n\nWat gebeurde er *net daarvoor*?"
PROFILES = [
    {"id": "supervisie", "title": "Supervisie", "about": "Iets uit je werk houdt je bezig.", "opening": "Waarover?"},
    {"id": "module", "title": "Hulp bij deze module", "about": "Je snapt iets niet.", "opening": "Wat wil je weten?"},
    {
        "id": "gesprek",
        "title": "Een gesprek voorbereiden",
        "about": "Er komt iets lastigs.",
        "opening": "Met wie?",
    },
    {
        "id": "plan",
        "title": "Een plan nakijken",
        "about": "Je twijfelt over je plan.",
        "opening": "Wat wil je doen?",
    },
]


@dataclass
class Talks:
    """What the assistant holds, and how it behaves."""

    behaviour: str = "good"  # good | names | crisis | fails | unanswered | down
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    thumbs: list[dict[str, Any]] = field(default_factory=list)
    answer: str = ANSWER


def install(app: Flask, talks: Talks) -> None:
    """Give an app the interface."""

    @app.get("/assistant/v1/profiles")
    def profiles() -> Response:
        return jsonify(profiles=PROFILES, by=BY)

    @app.get("/assistant/v1/conversations")
    def listed() -> Response:
        return jsonify(conversations=list(talks.conversations.values())[::-1])

    @app.post("/assistant/v1/conversations")
    def begin() -> Response:
        sent = request.get_json()
        id = f"gesprek-{len(talks.conversations) + 1}"
        opening = next(one["opening"] for one in PROFILES if one["id"] == sent["profile"])
        made = {"id": id, "title": "Nieuw gesprek", "profile": sent["profile"], "opening": opening, "messages": []}
        talks.conversations[id] = {**made, "module": "m", "step": "s", "started_at": AT, "changed_at": AT}
        return jsonify(talks.conversations[id])

    @app.get("/assistant/v1/conversations/<id>")
    def one(id: str) -> Response:
        return jsonify(talks.conversations[id])

    @app.delete("/assistant/v1/conversations/<id>")
    def remove(id: str) -> tuple[str, int]:
        del talks.conversations[id]
        return "", 204

    @app.post("/assistant/v1/conversations/<id>/title")
    def title(id: str) -> tuple[str, int]:
        talks.conversations[id]["title"] = request.get_json()["title"]
        return "", 204

    @app.get("/assistant/v1/conversations/<id>/export.md")
    def export(id: str) -> Response:
        return Response(talks.conversations[id]["title"], mimetype="text/markdown")

    @app.post("/assistant/v1/conversations/<id>/messages/<mid>/thumb")
    def thumb(id: str, mid: str) -> tuple[str, int]:
        talks.thumbs.append({**request.get_json(), "message": f"{id}/{mid}"})
        return "", 204

    @app.post("/assistant/v1/conversations/<id>/question")
    def question(id: str) -> tuple[str, int]:
        asked = {"id": id, "text": request.get_json()["text"], "asked_at": AT, "answer": None, "answered_at": None}
        talks.questions.append(asked)
        return jsonify(crisis=None)

    @app.get("/assistant/v1/questions")
    def questions() -> Response:
        return jsonify(questions=talks.questions)

    @app.post("/assistant/v1/conversations/<id>/retry")
    @app.post("/assistant/v1/conversations/<id>/messages")
    def said(id: str) -> Response | tuple[Response, int]:
        sent = request.get_json()
        if talks.behaviour == "down":
            return jsonify(code="internal", detail=""), 500
        if talks.behaviour == "names" and not sent.get("names_ok"):
            return jsonify(code="likely-names", names=["Godelieve"], detail=""), 409
        talks.sent.append(sent)
        return Response(_events(talks, talks.conversations[id], sent), mimetype="text/event-stream")


def _events(talks: Talks, conversation: dict[str, Any], sent: dict[str, Any]) -> Iterator[str]:
    if talks.behaviour == "crisis":
        yield _event("crisis", {"crisis": voices.CRISIS})
        return
    messages = conversation["messages"]
    if "text" in sent:
        messages.append(_message(len(messages), "learner", sent["text"]))
    else:
        messages.pop()
    answer = _message(len(messages), "assistant", "")
    messages.append(answer)
    yield _event("message", {"id": answer["id"]})
    if talks.behaviour == "fails":
        answer["state"] = "failed"
        yield _event("error", {"code": "model-unavailable", "detail": "Even niet."})
        return
    for word in talks.answer.split(" "):
        yield _event("token", {"text": word + " "})
    answer["text"], answer["sources"] = talks.answer, [SOURCE]
    yield _event("sources", {"sources": [SOURCE]})
    if talks.behaviour == "unanswered":
        yield _event("unanswered", {})
    yield _event("done", {"message": answer})


def _message(place: int, by: str, text: str) -> dict[str, Any]:
    return {"id": f"m{place}", "by": by, "text": text, "state": "done", "at": AT, "sources": [], "thumb": None}


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
