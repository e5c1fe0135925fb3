"""A sidecar that only takes events, over real HTTP, and answers as the test wants (docs/contracts.md, §5)."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Sidecar:
    """Runs on a port of its own while the `with` block lasts."""

    def __init__(self) -> None:
        self.status = 200
        self.refuse: dict[str, str] = {}
        self.forget: set[str] = set()
        self.received: list[list[str]] = []
        self.bodies: list[str] = []
        self.authorizations: list[str] = []
        self.on_received: Callable[[int], None] = lambda _: None
        sidecar = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = sidecar._answer(self.path, self.headers["Authorization"], body)
                self.send_response(sidecar.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Sidecar":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, path: str, authorization: str, body: str) -> dict[str, object]:
        assert path == "/v1/events"
        names = [statement["id"] for statement in json.loads(body)["statements"]]
        self.received.append(names)
        self.bodies.append(body)
        self.authorizations.append(authorization)
        self.on_received(len(self.received))
        stored = [name for name in names if name not in self.refuse and name not in self.forget]
        refused = [{"id": name, "reason": reason} for name, reason in self.refuse.items() if name in names]
        return {"stored": stored, "refused": refused}
