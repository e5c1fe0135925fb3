"""What each provider of language models writes on the wire: where it is called, its key's header, answers and streams.

As their clients read it (anthropic, langchain_mistralai, ollama and openai as installed); how an answer goes wrong is
the stub server's.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

READ, WRITTEN = 12, 7  # the tokens that every answer took


class WireProtocol(Protocol):
    """How one kind of provider speaks."""

    base: ClassVar[str]  # what its address ends with, as a client is given it
    key_header: ClassVar[str]
    key_form: ClassVar[str]
    stream_type: ClassVar[str]

    def takes(self, path: str) -> bool:
        """Tell whether this is where it is asked for an answer; `path` with its query."""

    def whole(self, text: str) -> dict[str, Any]:
        """Give an answer in one piece."""

    def begin(self) -> list[bytes]:
        """Give what a stream starts with."""

    def piece(self, text: str) -> bytes:
        """Give a piece of a stream."""

    def end(self, *, usage: bool) -> list[bytes]:
        """Give what a stream ends with, and what it took where `usage`."""

    def refusal(self) -> dict[str, Any]:
        """Give the body of an error."""


def _event(body: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


@dataclass(frozen=True)
class OpenAI:
    """Chat completions, and Server-Sent Events; usage comes after the last choice, when it was asked for."""

    base: ClassVar[str] = "/v1"
    key_header: ClassVar[str] = "Authorization"
    key_form: ClassVar[str] = "Bearer {}"
    stream_type: ClassVar[str] = "text/event-stream"
    _usage: ClassVar[dict[str, int]] = {
        "prompt_tokens": READ,
        "completion_tokens": WRITTEN,
        "total_tokens": READ + WRITTEN,
    }
    _head: ClassVar[dict[str, Any]] = {"id": "chatcmpl-1", "created": 1_790_000_000, "model": "stub"}

    def takes(self, path: str) -> bool:
        return path == "/v1/chat/completions"

    def whole(self, text: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": self._usage}

    def begin(self) -> list[bytes]:
        return []

    def piece(self, text: str) -> bytes:
        return _event(self._chunk({"role": "assistant", "content": text}))

    def end(self, *, usage: bool) -> list[bytes]:
        counted = [_event({**self._chunk({}), "choices": [], "usage": self._usage})] if usage else []
        return [_event(self._chunk({}, "stop")), *counted, b"data: [DONE]\n\n"]

    def refusal(self) -> dict[str, Any]:
        return {"error": {"message": "refused, prompt was: …", "type": "refused", "code": None, "param": None}}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "finish_reason": reason, "delta": delta}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}


@dataclass(frozen=True)
class AzureOpenAI(OpenAI):
    """OpenAI's, per deployment and version of the interface, with the key in a header of its own."""

    base: ClassVar[str] = ""
    key_header: ClassVar[str] = "api-key"
    key_form: ClassVar[str] = "{}"

    def takes(self, path: str) -> bool:
        where, _, query = path.partition("?")
        deployment = where.removeprefix("/openai/deployments/").removesuffix("/chat/completions")
        return where == f"/openai/deployments/{deployment}/chat/completions" and query == "api-version=2024-10-21"


@dataclass(frozen=True)
class MistralAI(OpenAI):
    """Chat completions, and Server-Sent Events; usage comes with the last choice, asked for or not."""

    def end(self, *, usage: bool) -> list[bytes]:
        counted = {"usage": self._usage} if usage else {}
        return [_event({**self._chunk({"content": ""}, "stop"), **counted}), b"data: [DONE]\n\n"]

    def refusal(self) -> dict[str, Any]:
        return {"object": "error", "message": "refused, prompt was: …", "type": "refused", "code": "1000"}


@dataclass(frozen=True)
class Anthropic:
    """Messages, and Server-Sent Events with names.

    Args:
        whole_count: tell at the end of a stream what was read too, and not what was written alone.
    """

    whole_count: bool = True

    base: ClassVar[str] = ""
    key_header: ClassVar[str] = "Authorization"
    key_form: ClassVar[str] = "Bearer {}"
    stream_type: ClassVar[str] = "text/event-stream"

    def takes(self, path: str) -> bool:
        return path == "/v1/messages"

    def whole(self, text: str) -> dict[str, Any]:
        return {
            **self._message(),
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": READ, "output_tokens": WRITTEN},
        }

    def begin(self) -> list[bytes]:
        block = {"type": "text", "text": ""}
        return [
            _event({"type": "message_start", "message": self._message()}, "message_start"),
            _event({"type": "content_block_start", "index": 0, "content_block": block}, "content_block_start"),
            _event({"type": "ping"}, "ping"),
        ]

    def piece(self, text: str) -> bytes:
        delta = {"type": "text_delta", "text": text}
        return _event({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")

    def end(self, *, usage: bool) -> list[bytes]:
        counted = {"output_tokens": WRITTEN if usage else 0}
        if usage and self.whole_count:
            counted["input_tokens"] = READ
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        return [
            _event({"type": "content_block_stop", "index": 0}, "content_block_stop"),
            _event({"type": "message_delta", "delta": delta, "usage": counted}, "message_delta"),
            _event({"type": "message_stop"}, "message_stop"),
        ]

    def refusal(self) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "refused", "message": "refused, prompt was: …"}}

    def _message(self) -> dict[str, Any]:
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "stub",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": READ, "output_tokens": 1},
        }


@dataclass(frozen=True)
class Ollama:
    """`/api/chat`: a JSON object a line. Its client always asks for a stream, also for an answer in one piece."""

    base: ClassVar[str] = ""
    key_header: ClassVar[str] = "Authorization"
    key_form: ClassVar[str] = "Bearer {}"
    stream_type: ClassVar[str] = "application/x-ndjson"

    def takes(self, path: str) -> bool:
        return path == "/api/chat"

    def whole(self, text: str) -> dict[str, Any]:
        return {**self._part(text), **self._done(usage=True)}

    def begin(self) -> list[bytes]:
        return []

    def piece(self, text: str) -> bytes:
        return self._line({**self._part(text), "done": False})

    def end(self, *, usage: bool) -> list[bytes]:
        return [self._line({**self._part(""), **self._done(usage=usage)})]

    def refusal(self) -> dict[str, Any]:
        return {"error": "refused, prompt was: …"}

    def _part(self, text: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {"model": "stub", "created_at": "2026-10-05T09:00:00Z", "message": message}

    def _done(self, *, usage: bool) -> dict[str, Any]:
        counted = {"prompt_eval_count": READ, "eval_count": WRITTEN} if usage else {}
        return {"done": True, "done_reason": "stop", "total_duration": 1_000_000, **counted}

    def _line(self, body: dict[str, Any]) -> bytes:
        return json.dumps(body, ensure_ascii=False).encode() + b"\n"
