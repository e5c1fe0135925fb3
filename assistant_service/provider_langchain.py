"""The one door to language models: any provider that langchain knows, a structured answer or a stream, within a time.

Everything that can go wrong on the way becomes `model-unavailable`; whether an answer is true is checked by who asks,
and which model may be asked is decided in `models.py`.
"""

import asyncio
import functools
import logging
import os
import re
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from assistant_service.guards.addresses import GuardedLoop, connecting
from assistant_service.usage import Tokens, estimate
from veranderkracht.errors import Unavailable
from veranderkracht.languages import say
from veranderkracht.settings import SettingsError

TRIES = 2  # of an answer that is not in the form that was asked
LONGEST_ANSWER = 1500  # tokens
_AZURE_VERSION = "2024-10-21"  # of its interface; the newest that is not a preview
_LONGEST_WAIT = 3600  # seconds of a provider's Retry-After that we pass on
_NO_KEY = "geen"  # for a server that wants none: a client that is given nothing looks for one by itself
_OWN = {  # named, so that nothing else decides where the texts go
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "mistralai": "https://api.mistral.ai/v1",
}
_CLIENTS_OWN = re.compile(r"(?:OPENAI|AZURE|ANTHROPIC|MISTRAL|OLLAMA|LANGSMITH|LANGCHAIN)_")
_ENDED = {"finish_reason", "stop_reason", "done_reason", "done"}  # how providers say that an answer is whole

Answer = TypeVar("Answer", bound=BaseModel)
Value = TypeVar("Value")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """What one side said."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Model:
    """A language model.

    Args:
        name: `provider:model`.
        url: its address, or empty for the provider's own.
        key: secret, or empty.
        seconds: the longest that an answer may take, tries and all.
        listed: whether the operator listed its host, so that it may be private; otherwise it must be public.
    """

    name: str
    url: str
    key: str
    seconds: float
    listed: bool = False

    def __repr__(self) -> str:
        return f"Model({self.name!r})"

    def prepare(self) -> None:
        """Load the provider, so that no learner waits for it and a wrong setting stops the start.

        Raises:
            SettingsError: the provider is unknown, its package is missing, or it lacks a setting.
        """
        try:
            _chat(self)
        except ImportError as fault:
            package = (fault.name or "").replace("_", "-")
            raise SettingsError(
                f"VK_MODEL: {self.name!r} vraagt een pakket dat ontbreekt: pip install {package}"
            ) from fault
        except Exception as fault:
            # Each provider refuses its settings with an error of its own; none of them may show the key.
            kind = type(fault).__name__
            raise SettingsError(
                f"VK_MODEL: {self.name!r} is zo niet te gebruiken ({kind}). Klopt de aanbieder, en VK_MODEL_KEY?"
            ) from None

    def ask(self, system: str, human: str, form: type[Answer], seconds: float) -> tuple[Answer, Tokens]:
        """Ask for an answer in a form, within so many seconds; a wrong form is asked for once more.

        Raises:
            Unavailable: `model-unavailable`, with `retry_after` in seconds when the provider named one.
        """
        ends = monotonic() + seconds
        spent = Tokens(0, 0)
        for _ in range(TRIES):
            if (left := ends - monotonic()) <= 0:
                break
            got, took = self.attempt(system, human, form, left)
            spent += took
            if got is not None:
                return got, spent
        raise unavailable(None)

    def attempt(self, system: str, human: str, form: type[Answer], seconds: float) -> tuple[Answer | None, Tokens]:
        """Ask once for an answer in a form, within so many seconds; give None for one in another form.

        Raises:
            Unavailable: `model-unavailable`, with `retry_after` in seconds when the provider named one.
        """
        asked = estimate(system, human)
        try:
            got, told = _background().run(self._once(system, human, form, asked), seconds)
        except TimeoutError:
            log.warning("model %s gave no answer in time", self.name)
            raise unavailable(None) from None
        except ValueError:
            # Some providers' clients raise where others give back what they could not read.
            got, told = None, None
        except Exception as fault:
            raise self._failed(fault) from None
        if got is None:
            log.warning("model %s answered in another form than was asked", self.name)
        return got, told or Tokens(asked, estimate(str(got)), estimated=True)

    def stream(self, system: str, turns: Sequence[Turn], seconds: float) -> Iterator[str | Tokens]:
        """Give an answer piece by piece, within so many seconds, and at the end what it took where the provider counts.

        Closing the iterator stops the call, connection and all.

        Raises:
            Unavailable: `model-unavailable`; also halfway.
        """
        ends = monotonic() + seconds
        pieces: SimpleQueue[str | Tokens | Exception | None] = SimpleQueue()
        work = _background().start(self._pour(system, turns, pieces))
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, ends - monotonic()))
                except Empty:
                    log.warning("model %s did not end its answer in time", self.name)
                    raise unavailable(None) from None
                if isinstance(piece, Exception):
                    raise self._failed(piece)
                if piece is None:
                    return
                yield piece
        finally:
            work.cancel()

    async def _pour(
        self, system: str, turns: Sequence[Turn], pieces: "SimpleQueue[str | Tokens | Exception | None]"
    ) -> None:
        try:
            with connecting(anywhere=self.listed):
                await self._pour_from(system, turns, pieces)
            pieces.put(None)
        except Exception as fault:
            pieces.put(fault)

    async def _pour_from(
        self, system: str, turns: Sequence[Turn], pieces: "SimpleQueue[str | Tokens | Exception | None]"
    ) -> None:
        asked = estimate(system, *(one.text for one in turns))
        ended = False
        async for chunk in _chat(self).astream([("system", system), *((one.role, one.text) for one in turns)]):
            if text := str(chunk.text):
                pieces.put(text)
            if told := _counted(chunk, asked):
                pieces.put(told)
            ended = ended or any(chunk.response_metadata.get(name) for name in _ENDED)
        if not ended:
            # Clients take a response that just stops for a whole answer; half a sentence is none.
            raise EOFError

    async def _once(
        self, system: str, human: str, form: type[Answer], asked: int
    ) -> tuple[Answer | None, Tokens | None]:
        with connecting(anywhere=self.listed):
            structured = _chat(self).with_structured_output(form, method="json_schema", include_raw=True)
            answer: dict[str, Any] = await structured.ainvoke([("system", system), ("human", human)])
        parsed = answer.get("parsed")
        return (parsed if isinstance(parsed, form) else None), _counted(answer.get("raw"), asked)

    def _failed(self, fault: Exception) -> Unavailable:
        # Each provider has errors of its own; none of them, nor a prompt in it, may reach a page or a log.
        log.warning("model %s failed: %s", self.name, type(fault).__name__)
        return unavailable(_retry_after(fault))


def forget_environment() -> None:
    """Take out of this process's environment what the providers' clients, and langchain's, would read there.

    They would send an operator's key to an address that a tenant chose, send texts to another address than the one
    that learners are told, or report them to langchain's maker. What is set, is set with our own settings.
    """
    for name in list(os.environ):
        if _CLIENTS_OWN.match(name):
            del os.environ[name]


@functools.lru_cache(maxsize=64)
def _chat(model: Model) -> Any:
    forget_environment()
    from langchain.chat_models import init_chat_model

    vendor, _, name = model.name.partition(":")
    # Our budget is the only one: a provider's own retries would multiply it.
    options: dict[str, Any] = {"timeout": model.seconds, "max_retries": 0, "max_tokens": LONGEST_ANSWER}
    if vendor == "ollama":
        headers = {"Authorization": f"Bearer {model.key}"} if model.key else {}
        client = {"timeout": model.seconds, "headers": headers, "follow_redirects": False}
        options = {"num_predict": LONGEST_ANSWER, "client_kwargs": client}
    elif model.key or model.url:
        options["api_key"] = model.key or _NO_KEY
    elif vendor in _OWN:
        raise LookupError(f"{vendor} asks for a key")
    if vendor in ("openai", "azure_openai"):
        from openai import DefaultAsyncHttpxClient

        options["http_async_client"] = DefaultAsyncHttpxClient(follow_redirects=False)
        options["stream_usage"] = True  # with an address of our own it would count nothing, and budgets never bite
    if vendor == "azure_openai":
        options |= {"azure_deployment": name, "api_version": _AZURE_VERSION}
    if url := model.url or _OWN.get(vendor):
        options["azure_endpoint" if vendor == "azure_openai" else "base_url"] = url
    chat = init_chat_model(model.name, **options)
    if vendor == "anthropic":
        # It has no setting for it: a redirect would take the text, and the key, to an address that nobody checked.
        chat._async_client._client.follow_redirects = False
    return chat


def _counted(message: Any, asked: int) -> Tokens | None:
    """Give what a provider counted; None where it did not. `asked` is our own estimate of what it read."""
    told = getattr(message, "usage_metadata", None)
    if not told or not told["output_tokens"]:
        return None
    if not told["input_tokens"]:
        return Tokens(asked, told["output_tokens"], estimated=True)  # a stream of Anthropic's may end so
    return Tokens(told["input_tokens"], told["output_tokens"])


class _Background:
    """One event loop for all calls of this process: what is cancelled there stops at once, connection and all.

    It connects nowhere but to public addresses, unless a call is for a host that the operator listed.
    """

    def __init__(self) -> None:
        self._loop = GuardedLoop()
        threading.Thread(target=self._loop.run_forever, name="model-calls", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Value], seconds: float) -> Value:
        """Give what the work gives; raises TimeoutError, and stops the work, after so many seconds."""
        return self.start(asyncio.wait_for(work, seconds)).result(seconds + 1)

    def start(self, work: Coroutine[Any, Any, Value]) -> "Future[Value]":
        """Set work going; cancelling what this gives stops it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)


@functools.lru_cache(maxsize=1)
def _background() -> _Background:
    return _Background()


def _retry_after(fault: Exception) -> int | None:
    # Some clients raise an error of their own, without the response, while they handle one that has it.
    for one in (fault, fault.__context__):
        headers = getattr(getattr(one, "response", None), "headers", None)
        named = str(headers.get("retry-after", "")) if headers is not None else ""
        if named.isdecimal():
            return min(int(named), _LONGEST_WAIT)
    return None


def unavailable(retry_after: int | None) -> Unavailable:
    """Give the error for a model that does not answer; `retry_after` in seconds, where the provider named it."""
    extra = {} if retry_after is None else {"retry_after": retry_after}
    return Unavailable(
        say(
            "Het taalmodel dat meeleest, antwoordt nu niet. Je tekst staat er nog en dit kostte je "
            "geen beurt. Probeer het straks opnieuw, of werk intussen verder."
        ),
        code="model-unavailable",
        extra=extra,
    )
