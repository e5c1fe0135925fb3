"""Who gets the key and the texts: the address that was chosen, whatever an environment or a provider says."""

from dataclasses import replace
from itertools import count

import pytest

from assistant_service.callers import Caller
from assistant_service.feedback.checking import ModelFeedback
from assistant_service.models import model_of
from assistant_service.policies import Provider
from assistant_service.services import Services
from tests.assistant_service.providers.calling import FEEDBACK, KEY, PROTOCOLS, SYSTEM, TEXT, chain_to, said
from tests.peers.stub_model import StubModel, moves_to, says, streams
from veranderkracht.errors import Unavailable
from veranderkracht.settings import SettingsError

ELSEWHERE = {  # where an operator's environment says that a provider, or langchain's maker, is
    "OPENAI_API_BASE": "/v1",
    "OPENAI_BASE_URL": "/v1",
    "AZURE_OPENAI_ENDPOINT": "",
    "ANTHROPIC_API_URL": "",
    "ANTHROPIC_BASE_URL": "",
    "MISTRAL_BASE_URL": "/v1",
    "OLLAMA_HOST": "",
    "LANGSMITH_GATEWAY": "",
    "LANGSMITH_ENDPOINT": "",
}
OPERATORS = (  # secrets that an operator's environment may hold
    "OPENAI_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_AD_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "MISTRAL_API_KEY",
    "OLLAMA_API_KEY",
    "LANGSMITH_API_KEY",
    "LANGSMITH_GATEWAY_API_KEY",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
)
_names = count()


def test_the_key_is_in_its_header_and_nowhere_else(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(says(FEEDBACK), streams("Goed."))
    chain_to(services, learner, vendor, stub.url).ask(SYSTEM, TEXT, ModelFeedback)
    said(chain_to(services, learner, vendor, stub.url))
    expected = PROTOCOLS[vendor].key_form.format(KEY)
    assert len(stub.heads) == 2  # nothing else is asked of a provider, such as which models it has
    for path, headers in stub.heads:
        assert KEY not in path
        holding = {name.lower(): value for name, value in headers.items() if KEY in value}
        assert holding == {PROTOCOLS[vendor].key_header.lower(): expected}
    bodies = [{name: value for name, value in one.items() if name != "authorization"} for one in stub.requests]
    assert KEY not in str(bodies)


@pytest.mark.parametrize("key", [KEY, ""], ids=["a key", "no key"])
def test_nothing_of_the_operators_environment_goes_to_an_address_that_somebody_chose(
    services: Services,
    learner: Caller,
    stub: StubModel,
    elsewhere: StubModel,
    vendor: str,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in OPERATORS:
        monkeypatch.setenv(name, "geheim-van-de-uitbater")
    for name, path in ELSEWHERE.items():
        monkeypatch.setenv(name, elsewhere.url.removesuffix("/v1") + path)
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Own: geheim-van-de-uitbater")
    stub.will(says(FEEDBACK), streams("Goed."))
    chain_to(services, learner, vendor, stub.url, key).ask(SYSTEM, TEXT, ModelFeedback)
    said(chain_to(services, learner, vendor, stub.url, key))
    assert "geheim-van-de-uitbater" not in str(stub.heads) + str(stub.requests)
    assert elsewhere.heads == []


def test_an_answer_that_sends_us_elsewhere_is_not_followed(
    services: Services, learner: Caller, stub: StubModel, elsewhere: StubModel, vendor: str
) -> None:
    # Neither a text nor a key goes to an address that nobody checked.
    for ask in (lambda one: one.ask(SYSTEM, TEXT, ModelFeedback), said):
        there = elsewhere.url.removesuffix(PROTOCOLS[vendor].base)
        stub.will(moves_to(there), moves_to(there))
        with pytest.raises(Unavailable) as refused:
            ask(chain_to(services, learner, vendor, stub.url))
        assert refused.value.code == "model-unavailable"
        stub.behaviours.clear()
    assert elsewhere.heads == []


@pytest.mark.parametrize("switch", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING_V2"])
def test_langchain_never_reports_to_its_maker(
    services: Services, learner: Caller, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith import run_trees, utils

    with StubModel() as stub, StubModel() as maker:
        for name, value in ((switch, "true"), ("LANGSMITH_ENDPOINT", maker.url), ("LANGSMITH_API_KEY", "lsv2-x")):
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(run_trees, "_CLIENT", None)  # it keeps the first address that it ever saw
        utils.get_env_var.cache_clear()
        stub.will(says(FEEDBACK), streams("Goed."))
        chain_to(services, learner, "openai", stub.url).ask(SYSTEM, TEXT, ModelFeedback)
        said(chain_to(services, learner, "openai", stub.url))
        wait_for_all_tracers()
        utils.get_env_var.cache_clear()
        assert maker.heads == []


def test_without_an_address_the_vendors_own_is_called_whatever_an_environment_says(
    services: Services, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant_service.provider_langchain import _chat

    for name in ELSEWHERE:
        monkeypatch.setenv(name, "https://elders.example")
    model = model_of(
        Provider(model=f"{vendor}:own-{next(_names)}", key=KEY),
        replace(services.settings, model_hosts=("localhost:11434",)),
    )
    if vendor == "azure_openai":  # it has none: every customer has an address of their own
        with pytest.raises(SettingsError, match="VK_MODEL"):
            model.prepare()
        return
    chat = _chat(model)
    called = {
        "openai": lambda: chat.root_async_client.base_url,
        "anthropic": lambda: chat._async_client.base_url,
        "mistralai": lambda: chat.async_client.base_url,
        "ollama": lambda: chat._async_client._client.base_url,
    }[vendor]()
    assert called.host in {"api.openai.com", "api.anthropic.com", "api.mistral.ai", "localhost"}
