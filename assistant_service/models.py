"""Which language model answers whom: along the tenant's list, within its budget and one total time, breaker by breaker.

A provider that failed three times in a row is left alone for half a minute, per process. A fallback never goes outside
the tenant's list, and never takes over an answer that has begun.
"""

import functools
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError
from pydantic import BaseModel

from assistant_service.callers import Caller
from assistant_service.configuration import AssistantSettings
from assistant_service.guards import addresses
from assistant_service.policies import Policy, Provider, policy_of
from assistant_service.provider_langchain import LONGEST_ANSWER, Model, Turn, unavailable
from assistant_service.services import Services
from assistant_service.usage import Meter, Tokens, estimate
from veranderkracht.errors import Unavailable

FAILURES = 3  # in a row, before a provider is left alone
REST = 30  # seconds that it is

Answer = TypeVar("Answer", bound=BaseModel)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chain:
    """The models that may answer one caller, for one purpose.

    Args:
        providers: in order.
        services: of this process.
        caller: for whom.
        purpose: `feedback` or `supervision`, for the figures.
        meter: what holds calls to the budget.
    """

    providers: tuple[Provider, ...]
    services: Services
    caller: Caller
    purpose: str
    meter: Meter

    @property
    def name(self) -> str:
        """Who answers, as learners are told; the first of the list."""
        return self.providers[0].name

    def ask(self, system: str, human: str, form: type[Answer]) -> Answer:
        """Ask for one answer in a form.

        Raises:
            TooMany: `budget-spent`.
            Unavailable: `model-unavailable`, when none of the list answers.
        """
        ends = monotonic() + self.services.settings.model_seconds
        id = self._reserve(estimate(system, human))
        last = unavailable(None)
        for provider in self.providers:
            try:
                with _breaker(provider).calling():
                    answer, tokens = self._model(provider).ask(system, human, form, ends - monotonic())
            except CircuitBreakerError:
                continue
            except Unavailable as fault:
                last = fault
                continue
            self.meter.settle(id, provider, tokens)
            return answer
        self.meter.give_back(id)
        raise last

    def stream(self, system: str, turns: Sequence[Turn]) -> Iterator[str]:
        """Give one answer piece by piece; closing the iterator stops the call, and what it took is counted.

        Raises:
            TooMany: `budget-spent`.
            Unavailable: `model-unavailable`, when none of the list begins to answer, or the one that began breaks off.
        """
        ends = monotonic() + self.services.settings.model_seconds
        asked = estimate(system, *(turn.text for turn in turns))
        id = self._reserve(asked)
        last = unavailable(None)
        for provider in self.providers:
            said: list[str] = []
            told: Tokens | None = None
            left = False
            try:
                with _breaker(provider).calling():
                    for piece in self._model(provider).stream(system, turns, ends - monotonic()):
                        if isinstance(piece, Tokens):
                            told = piece
                            continue
                        said.append(piece)
                        yield piece
            except CircuitBreakerError:
                continue
            except Unavailable as fault:
                last = fault
                if said:
                    raise
                continue
            except GeneratorExit:
                left = True
                raise
            finally:
                # However it ended, also when nobody listens any more: what was asked and said is paid for.
                if said or told or left:
                    self.meter.settle(id, provider, told or Tokens(asked, estimate(*said), estimated=True))
            return
        self.meter.give_back(id)
        raise last

    def _reserve(self, asked: int) -> str:
        expected = Tokens(asked, LONGEST_ANSWER)
        return self.meter.reserve(self.caller, self.purpose, expected, self.services.clock())

    def _model(self, provider: Provider) -> Model:
        try:
            return model_of(provider, self.services.settings)
        except addresses.AddressRefused as fault:
            # Listed when it was saved, and no longer: for a learner it is a model that does not answer.
            log.warning("model %s has an address that is not allowed", provider.model)
            raise unavailable(None) from fault


def model_of(provider: Provider, settings: AssistantSettings) -> Model:
    """Give the model of a provider, that may be where the settings allow.

    Raises:
        AddressRefused: `address-refused`.
    """
    listed = False
    if provider.address:
        addresses.check(provider.address, settings.listed_hosts)
        listed = addresses.is_listed(provider.address, settings.listed_hosts)
    return Model(provider.model, provider.address, provider.key, settings.model_seconds, listed)


def chain_of(services: Services, caller: Caller, purpose: str, policy: Policy | None = None) -> Chain | None:
    """Give the models that may answer a caller; None when their tenant lists none: the built-in guide answers.

    Args:
        services: of this process.
        caller: for whom.
        purpose: `feedback` or `supervision`.
        policy: of the caller's tenant, where it was read already.

    Raises:
        Unavailable: `secret-changed`.
    """
    if policy is None:
        with services.database.read() as session:
            policy = policy_of(session, caller.tenant_id, services.settings)
    if not policy.providers:
        return None
    return Chain(policy.providers, services, caller, purpose, Meter(services.database, policy.budget))


@functools.lru_cache(maxsize=256)
def _breaker_of(identity: tuple[str, str, str]) -> CircuitBreaker:
    # That somebody stopped listening says nothing about the provider.
    return CircuitBreaker(fail_max=FAILURES, reset_timeout=REST, exclude=[GeneratorExit], name=identity[0])


def _breaker(provider: Provider) -> CircuitBreaker:
    return _breaker_of((provider.model, provider.url, provider.key))
