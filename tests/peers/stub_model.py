"""A stand-in for a language model over HTTP: one behaviour per call, every call recorded.

Speaks OpenAI's protocol, or another's (`model_protocols.py`). Answers whole or streaming, and behaves well or badly on
the wire: what a client makes of it is for the tests.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.peers.model_protocols import OpenAI, WireProtocol

Behaviour = Callable[["_Handler"], None]


def says(content: str | dict[str, Any]) -> Behaviour:
    """Answer with a message; a dict is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)

    def behave(handler: "_Handler") -> None:
        handler.send_json(200, handler.stub.protocol.whole(text))

    return behave


def streams(
    *pieces: str, usage: bool = True, cut: bool = False, ends: bool = True, garbage: bytes = b"", pause: float = 0
) -> Behaviour:
    """Answer piece by piece, as the provider streams.

    Args:
        pieces: of the text.
        usage: end with what it took, as OpenAI does when `stream_options.include_usage` asks for it.
        cut: hang up after the last piece, without an end.
        ends: say that the answer is whole; otherwise the response just stops, as HTTP allows.
        garbage: sent after the last piece.
        pause: seconds before each piece but the first, or until the server stops.
    """

    def behave(handler: "_Handler") -> None:
        speaks = handler.stub.protocol
        handler.send_response(200)
        handler.send_header("Content-Type", speaks.stream_type)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for chunk in speaks.begin():
            handler.send_chunk(chunk)
        for place, piece in enumerate(pieces):
            if place and pause and handler.stub.stopping.wait(pause):
                return
            handler.send_chunk(speaks.piece(piece))
            handler.stub.sent.append(piece)
        if garbage:
            handler.send_chunk(garbage)
        if cut:
            return
        if ends:
            for chunk in speaks.end(usage=usage):
                handler.send_chunk(chunk)
        handler.send_chunk(b"")

    return behave


def moves_to(url: str) -> Behaviour:
    """Answer that it is somewhere else now, with the method and the body as they are (RFC 9110, 307)."""

    def behave(handler: "_Handler") -> None:
        handler.send_json(307, {}, {"Location": url + handler.path})

    return behave


def answers_with_broken_json() -> Behaviour:
    """Answer with a body that is no JSON at all."""

    def behave(handler: "_Handler") -> None:
        handler.send_body(200, b'{"id": "chatcmpl-1", "choices": [{"mess', "application/json")

    return behave


def refuses(status: int, **headers: str) -> Behaviour:
    """Answer with an error of the provider."""

    def behave(handler: "_Handler") -> None:
        handler.send_json(status, handler.stub.protocol.refusal(), headers)

    return behave


def keeps_silent(seconds: float = 20) -> Behaviour:
    """Answer nothing for so long, or until the server stops."""

    def behave(handler: "_Handler") -> None:
        handler.stub.stopping.wait(seconds)

    return behave


def drips(seconds: float = 20) -> Behaviour:
    """Begin to answer, and send a space now and then, so that no time-out between two bytes ever bites."""

    def behave(handler: "_Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(int(seconds * 10)):
            if handler.stub.stopping.wait(0.1):
                return
            handler.wfile.write(b" ")

    return behave


def cuts_the_connection() -> Behaviour:
    """Promise an answer and hang up in the middle of it."""

    def behave(handler: "_Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b'{"id": ')

    return behave


@dataclass
class StubModel:
    """The server. Behaviours are used up in order; when none is left, it refuses with 500."""

    protocol: WireProtocol = field(default_factory=OpenAI)
    behaviours: deque[Behaviour] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    heads: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # path and headers of each call, right or not
    sent: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "StubModel":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stub": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address, as a client is given it."""
        return f"http://127.0.0.1:{self._server.server_port}{self.protocol.base}"

    def will(self, *behaviours: Behaviour) -> "StubModel":
        """Say what the next calls meet."""
        self.behaviours.extend(behaviours)
        return self

    def prompt(self, number: int = -1) -> str:
        """Give all that a call said to the model."""
        return "\n\n".join(message["content"] for message in self.requests[number]["messages"])


class _Handler(BaseHTTPRequestHandler):
    stub: StubModel

    def do_GET(self) -> None:
        self.stub.heads.append((self.path, dict(self.headers.items())))
        self.send_json(404, {"error": {"message": self.path}})

    def do_POST(self) -> None:
        self.stub.heads.append((self.path, dict(self.headers.items())))
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.stub.protocol.takes(self.path):
            self.send_json(404, {"error": {"message": self.path}})
            return
        self.stub.requests.append({**json.loads(sent), "authorization": self.headers.get("Authorization")})
        behave = self.stub.behaviours.popleft() if self.stub.behaviours else refuses(500)
        try:
            behave(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client left, as it may

    def send_json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.send_body(status, json.dumps(body).encode(), "application/json", headers)

    def send_body(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def send_chunk(self, chunk: bytes) -> None:
        self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""
