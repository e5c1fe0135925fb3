"""What our stream is compared with, as a process: Flask and langchain as their examples have it, nothing around.

No tokens, no database, no sources, no guards; gunicorn with the settings that the sidecar has.
"""

import json
import sys
from collections.abc import Iterator

from flask import Flask, Response, request, stream_with_context

from assistant_service.commands.serve import THREADS, WORKERS, run

_SYSTEM = "Je bent een supervisor in zorg en welzijn. Stel open vragen, en geef pas raad als iemand erom vraagt."


def create_app(model_url: str) -> Flask:
    """Give an app that passes a text on to a model, and streams what it answers."""
    from langchain_openai import ChatOpenAI

    app = Flask(__name__, static_folder=None)
    chat = ChatOpenAI(model="stub", base_url=model_url, api_key="bench", stream_usage=True)  # type: ignore[arg-type]

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/chat")
    def answer() -> Response:
        said: str = request.get_json()["text"]

        def events() -> Iterator[str]:
            for chunk in chat.stream([("system", _SYSTEM), ("user", said)]):
                if chunk.text:
                    yield f"event: token\ndata: {json.dumps({'text': str(chunk.text)})}\n\n"
            yield "event: done\ndata: {}\n\n"

        return Response(stream_with_context(events()), mimetype="text/event-stream")

    return app


if __name__ == "__main__":
    run(lambda: create_app(sys.argv[2]), "127.0.0.1", int(sys.argv[1]), WORKERS, THREADS, "veranderkracht-bench")
