"""A call to a provider, as the assistant makes it: what each test here asks, and what was counted."""

from dataclasses import replace
from itertools import count

from sqlalchemy import select

from assistant_service.callers import Caller
from assistant_service.models import Chain, chain_of
from assistant_service.policies import Policy, Provider
from assistant_service.provider_langchain import Turn
from assistant_service.services import Services
from assistant_service.usage import UsageRow
from tests.peers.model_protocols import Anthropic, AzureOpenAI, MistralAI, Ollama, OpenAI, WireProtocol

KEY = "sleutel-van-de-instelling"
SYSTEM, TEXT = "Je bent een gids.", "Gisteren liep een gesprek met een dochter stroef."
FEEDBACK = {
    "criteria": [
        {
            "criterion": "situatie",
            "visible": True,
            "quote": "Gisteren liep een gesprek met een dochter stroef.",
            "remark": "Je noemt een moment.",
            "question": "Wat zei ze?",
            "next_step": "Schrijf haar woorden op.",
        }
    ],
    "sources": [],
}
PROTOCOLS: dict[str, WireProtocol] = {
    "openai": OpenAI(),
    "azure_openai": AzureOpenAI(),
    "anthropic": Anthropic(),
    "mistralai": MistralAI(),
    "ollama": Ollama(),
}
_names = count()


def chain_to(services: Services, learner: Caller, vendor: str, url: str, key: str = KEY, seconds: float = 30) -> Chain:
    # A name of its own for each test: a breaker, and a provider's client, live as long as the process.
    one = Provider(model=f"{vendor}:stub-{next(_names)}", url=url, key=key)
    within = replace(services, settings=replace(services.settings, model_seconds=seconds))
    found = chain_of(within, learner, "supervision", Policy(providers=(one,)))
    assert found is not None
    return found


def counted(services: Services) -> list[tuple[int, int, bool]]:
    with services.database.read() as session:
        return [(row.tokens_in, row.tokens_out, row.estimated) for row in session.scalars(select(UsageRow))]


def said(chain: Chain) -> str:
    return "".join(chain.stream(SYSTEM, [Turn("user", TEXT)]))
