"""A model server that does whatever an attacker wants, in OpenAI's protocol on 127.0.0.1.

It keeps all that it was sent, so that what left the service can be judged.
"""

import base64
import codecs
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jinja2 import Environment, StrictUndefined

DECENT = "Wat gebeurde er precies, en wat deed dat met je?"
_PIECE = 7  # characters that are streamed at once: no word of an attack comes whole
_LONGEST_REMARK = 690  # characters; the service leaves out longer ones whatever they say


@dataclass
class Attacker:
    """The server.

    Args:
        criteria: ids of the rubric that feedback is asked along.
        says: template of what it says.
        when: what it must have been given to say so; empty: always.
        prompts: all that it was sent since `will`, one text per call.
    """

    criteria: tuple[str, ...]
    says: str = DECENT
    when: str = ""
    prompts: list[str] = field(default_factory=list)

    def __enter__(self) -> "Attacker":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"attacker": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address, as a client is given it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def will(self, says: str, when: str = "") -> None:
        """Say this from now on, to who is given `when`."""
        self.says, self.when, self.prompts = says, when, []

    def answer(self, messages: list[dict[str, str]]) -> str:
        """Give what it says to a call."""
        given = "\n\n".join(one["content"] for one in messages)
        self.prompts.append(given)
        if self.when and _flat(self.when) not in _flat(given):
            return DECENT
        words = {"given": given, "instructions": messages[0]["content"], "said": messages[-1]["content"]}
        return _templates.from_string(self.says).render(**words)


class _Handler(BaseHTTPRequestHandler):
    attacker: Attacker

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.attacker.answer(body["messages"])
        try:
            if body.get("stream"):
                self._stream(said)
            else:
                self._whole(json.dumps(self._form(said), ensure_ascii=False))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the service hung up, as it may

    def _form(self, said: str) -> dict[str, Any]:
        # The same words everywhere, cut as short as a form allows; the quote and the sources are invented.
        short = said[:_LONGEST_REMARK]
        one = {"visible": True, "quote": short, "remark": short, "question": short[:340], "next_step": short[:340]}
        return {"criteria": [{"criterion": id, **one} for id in self.attacker.criteria], "sources": [1, 2, 77]}

    def _whole(self, text: str) -> None:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        body = json.dumps({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in _pieces(text):
            self._event([{"index": 0, "finish_reason": None, "delta": {"role": "assistant", "content": piece}}])
        self._event([{"index": 0, "finish_reason": "stop", "delta": {}}])
        self._event([], usage=_USAGE)
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> None:
        event = {**_HEAD, "object": "chat.completion.chunk", "choices": choices, **more}
        self.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


_HEAD = {"id": "chatcmpl-1", "created": 1_790_000_000, "model": "attacker"}
_USAGE = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


_templates = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - an attacker escapes nothing
_templates.filters |= {
    "base64": lambda text: base64.b64encode(str(text).encode()).decode(),
    "hex": lambda text: str(text).encode().hex(),
    "rot13": lambda text: codecs.encode(str(text), "rot13"),
    "reversed": lambda text: str(text)[::-1],
    "spaced": lambda text: " ".join(str(text)),
    "hidden": lambda text: "\u200b".join(str(text)),
    "wide": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in str(text)),
}
