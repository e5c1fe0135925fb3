"""A language model that says the same to everybody, as a process: OpenAI's streaming protocol over HTTP, and no more.

The address says how: `/PAUSE/PIECES/v1/chat/completions` waits so many milliseconds after each of the first pieces.
`GET /peak` tells how many answers were on their way at the same moment.
"""

import asyncio
import contextlib
import json
import sys

PIECES = (
    "Wat ", "gebeur", "de ", "er ", "precies", ", ", "en ", "wat ", "merkte ", "je ", "op ", "bij ", "jezelf", "? ",
    "Een ", "team ", "dat ", "hier", "over ", "praat", ", ", "vertelt ", "eerst ", "wat ", "iedereen ", "zag ", "[1]",
    ". ", "Welke ", "kleine ", "stap ", "kun ", "jij ", "deze ", "week ", "zelf ", "zetten", "? ", "Met ", "wie ",
    "zou ", "je ", "die ", "willen ", "afspreken", "?",
)  # fmt: skip
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: %s\r\n"


class _Stub:
    def __init__(self) -> None:
        self._open = self._peak = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection for as long as it asks."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                await reader.readexactly(length)
                if path == "/peak":
                    said = str(self._peak).encode()
                    writer.write(_HEAD % (b"text/plain", b"close") + b"Content-Length: %d\r\n\r\n" % len(said) + said)
                    break
                pause, pieces = (int(part) for part in path.split("/")[1:3])
                await self._stream(writer, pause / 1000, pieces)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            writer.close()

    async def _stream(self, writer: asyncio.StreamWriter, pause: float, pieces: int) -> None:
        self._open += 1
        self._peak = max(self._peak, self._open)
        try:
            writer.write(_HEAD % (b"text/event-stream", b"keep-alive") + b"Transfer-Encoding: chunked\r\n\r\n")
            for place, piece in enumerate(PIECES):
                if pause and 0 < place <= pieces:
                    await asyncio.sleep(pause)
                writer.write(_chunk(_delta(piece, None)))
                await writer.drain()
            writer.write(_chunk(_delta("", "stop")) + _chunk(_usage()) + _chunk("[DONE]") + b"0\r\n\r\n")
            await writer.drain()
        finally:
            self._open -= 1


def _delta(piece: str, reason: str | None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": reason}
    return json.dumps({**_told(), "choices": [choice]})


def _usage() -> str:
    usage = {"prompt_tokens": 800, "completion_tokens": len(PIECES), "total_tokens": 800 + len(PIECES)}
    return json.dumps({**_told(), "choices": [], "usage": usage})


def _told() -> dict[str, object]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}


def _chunk(data: str) -> bytes:
    said = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(said), said)


async def _main(port: int) -> None:
    server = await asyncio.start_server(_Stub().serve, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
