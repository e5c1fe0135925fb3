"""The one door to language models: any provider that langchain knows, one structured answer, one budget of time.

Everything that can go wrong on the way becomes `model-unavailable`; whether an answer is true is checked by who asks.
"""

import asyncio
import functools
import logging
import os
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from pydantic import BaseModel

from assistant_service.configuration import AssistantSettings
from veranderkracht.errors import Unavailable
from veranderkracht.settings import SettingsError

TRIES = 2  # of an answer that is not in the form that was asked
_LONGEST_WAIT = 3600  # seconds of a provider's Retry-After that we pass on

Answer = TypeVar("Answer", bound=BaseModel)
Value = TypeVar("Value")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """A language model.

    Args:
        name: `provider:model`.
        url: its address, or empty for the provider's own.
        key: secret, or empty.
        seconds: the longest that an answer may take, tries and all.
    """

    name: str
    url: str
    key: str
    seconds: float

    @staticmethod
    def of(settings: AssistantSettings) -> "Model":
        """Give the model of the settings."""
        return Model(settings.model, settings.model_url, settings.model_key, settings.model_seconds)

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

    def ask(self, system: str, human: str, form: type[Answer]) -> Answer:
        """Ask for an answer in a form; a wrong form is asked for once more.

        Raises:
            Unavailable: `model-unavailable`, with `retry_after` in seconds when the provider named one.
        """
        ends = monotonic() + self.seconds
        for _ in range(TRIES):
            left = ends - monotonic()
            if left <= 0:
                break
            try:
                got = _background().run(self._once(system, human, form), left)
            except TimeoutError:
                log.warning("model %s gave no answer within %s s", self.name, self.seconds)
                break
            except ValueError:
                # Some providers' clients raise where others give back what they could not read.
                got = None
            except Exception as fault:
                # Each provider has errors of its own; none of them, nor a prompt in it, may reach a page or a log.
                log.warning("model %s failed: %s", self.name, type(fault).__name__)
                raise _unavailable(_retry_after(fault)) from None
            if isinstance(got, form):
                return got
            log.warning("model %s answered in another form than was asked", self.name)
        raise _unavailable(None)

    async def _once(self, system: str, human: str, form: type[Answer]) -> Answer | None:
        structured = _chat(self).with_structured_output(form, method="json_schema", include_raw=True)
        answer: dict[str, Any] = await structured.ainvoke([("system", system), ("human", human)])
        parsed = answer.get("parsed")
        return parsed if isinstance(parsed, form) else None


@functools.lru_cache(maxsize=4)
def _chat(model: Model) -> Any:
    # langchain reports to its maker's service when an environment says so: never with our learners' texts.
    os.environ["LANGSMITH_TRACING"] = "false"
    from langchain.chat_models import init_chat_model

    # Our budget is the only one: a provider's own retries would multiply it.
    options: dict[str, Any] = {"timeout": model.seconds, "max_retries": 0}
    if model.url:
        options["base_url"] = model.url
    if model.key:
        options["api_key"] = model.key
    return init_chat_model(model.name, **options)


class _Background:
    """One event loop for all calls of this process: what is cancelled there stops at once, connection and all."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="model-calls", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Value], seconds: float) -> Value:
        """Give what the work gives; raises TimeoutError, and stops the work, after so many seconds."""
        limited = asyncio.wait_for(work, seconds)
        return asyncio.run_coroutine_threadsafe(limited, self._loop).result(seconds + 1)


@functools.lru_cache(maxsize=1)
def _background() -> _Background:
    return _Background()


def _retry_after(fault: Exception) -> int | None:
    headers = getattr(getattr(fault, "response", None), "headers", None)
    named = headers.get("retry-after", "") if headers is not None else ""
    return min(int(named), _LONGEST_WAIT) if str(named).isdecimal() else None


def _unavailable(retry_after: int | None) -> Unavailable:
    extra = {} if retry_after is None else {"retry_after": retry_after}
    return Unavailable(
        "Het taalmodel dat meeleest, antwoordt nu niet. Je tekst staat er nog en dit kostte je geen beurt. "
        "Probeer het straks opnieuw, of werk intussen verder.",
        code="model-unavailable",
        extra=extra,
    )
