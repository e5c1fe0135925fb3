"""Which model answers, and how much: the tenant's list, its budget, what is counted, and who is left alone."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from assistant_service import models, policies
from assistant_service.callers import Caller, verify_token
from assistant_service.configuration import AssistantSettings
from assistant_service.models import Chain, chain_of
from assistant_service.policies import Budget, Policy, PolicyRow, Provider
from assistant_service.provider_langchain import Turn
from assistant_service.services import Services
from assistant_service.usage import UsageRow, report
from tests.assistant_service.hosts import NOW, Host
from tests.peers.stub_model import StubModel, cuts_the_connection, refuses, says, streams
from veranderkracht.errors import TooMany, Unavailable, VkError

QUESTION = [Turn("user", "Hoe begin ik een lastig gesprek?")]
_names = count()


class Form(BaseModel):
    answer: str


@pytest.fixture
def first() -> Iterator[StubModel]:
    with StubModel() as server:
        yield server


@pytest.fixture
def second() -> Iterator[StubModel]:
    with StubModel() as server:
        yield server


@pytest.fixture
def learner(services: Services, west: Host) -> Caller:
    """A learner in west."""
    with services.database.read() as session:
        return verify_token(session, west.token(), at=NOW)


def provider(stub: StubModel) -> Provider:
    # A name of its own for each test: a breaker lives as long as the process.
    return Provider(model=f"openai:stub-{next(_names)}", url=stub.url, key="sleutel", price_in=2, price_out=8)


def chain(services: Services, learner: Caller, *providers: Provider, **budget: int) -> Chain:
    found = chain_of(services, learner, "supervision", Policy(providers=providers, budget=Budget(**budget)))
    assert found is not None
    return found


def counted(services: Services) -> list[tuple[int, int, bool]]:
    with services.database.read() as session:
        return [(row.tokens_in, row.tokens_out, row.estimated) for row in session.scalars(select(UsageRow))]


def test_an_answer_comes_piece_by_piece_and_is_counted_as_the_provider_counts(
    services: Services, learner: Caller, first: StubModel
) -> None:
    first.will(streams("Begin ", "met ", "een vraag."))
    assert list(chain(services, learner, provider(first)).stream("Je bent een gids.", QUESTION)) == [
        "Begin ",
        "met ",
        "een vraag.",
    ]
    assert first.requests[0]["stream_options"] == {"include_usage": True}
    assert counted(services) == [(12, 7, False)]
    with services.database.read() as session:
        (line,) = report(session, learner.tenant_id, NOW, NOW + timedelta(days=1))
    assert (line.calls, line.people, line.euro) == (1, 1, pytest.approx(0.00008))


def test_a_provider_that_does_not_count_is_counted_by_us(services: Services, learner: Caller, first: StubModel) -> None:
    first.will(streams("Begin met een vraag.", usage=False))
    list(chain(services, learner, provider(first)).stream("Je bent een gids.", QUESTION))
    ((read, written, estimated),) = counted(services)
    assert estimated and read > 5 and written > 5


def test_who_stops_listening_stops_the_call_and_pays_for_what_was_said(
    services: Services, learner: Caller, first: StubModel
) -> None:
    first.will(streams("Begin ", *["nog een woord "] * 200, pause=0.05))
    answer = chain(services, learner, provider(first)).stream("Je bent een gids.", QUESTION)
    assert next(answer) == "Begin "
    answer.close()  # type: ignore[attr-defined]
    ((_, written, estimated),) = counted(services)
    assert estimated and 0 < written < 50
    first.stopping.set()
    assert len(first.sent) < 200


def test_the_next_of_the_list_answers_when_the_first_cannot(
    services: Services, learner: Caller, first: StubModel, second: StubModel
) -> None:
    first.will(refuses(503), refuses(429))
    second.will(streams("Ik wel."), says({"answer": "ik ook"}))
    both = chain(services, learner, provider(first), provider(second))
    assert list(both.stream("Je bent een gids.", QUESTION)) == ["Ik wel."]
    assert both.ask("Je bent een gids.", "En nu?", Form).answer == "ik ook"
    with services.database.read() as session:
        assert {row.model for row in session.scalars(select(UsageRow))} == {both.providers[1].model}


def test_an_answer_that_breaks_off_is_never_finished_by_another(
    services: Services, learner: Caller, first: StubModel, second: StubModel
) -> None:
    first.will(streams("Begin ", cut=True))
    second.will(streams("Iets anders."))
    answer = chain(services, learner, provider(first), provider(second)).stream("Je bent een gids.", QUESTION)
    assert next(answer) == "Begin "
    with pytest.raises(Unavailable, match="taalmodel"):
        list(answer)
    assert second.requests == []
    assert len(counted(services)) == 1


def test_a_provider_that_keeps_failing_is_left_alone_for_a_while(
    services: Services, learner: Caller, first: StubModel
) -> None:
    only = chain(services, learner, provider(first))
    for _ in range(models.FAILURES + 2):
        first.will(refuses(500))
        with pytest.raises(Unavailable):
            only.ask("Je bent een gids.", "Hallo?", Form)
    assert len(first.requests) == models.FAILURES
    assert counted(services) == []  # what nobody answered costs nothing


@pytest.mark.parametrize(
    ("budget", "whose"),
    [({"tenant_tokens": 1000}, "tenant"), ({"learner_tokens": 1000}, "learner"), ({"learner_turns": 0}, "learner")],
)
def test_a_spent_budget_stops_a_call_before_it_is_made(
    services: Services, learner: Caller, first: StubModel, budget: dict[str, int], whose: str
) -> None:
    with pytest.raises(TooMany) as refused:
        chain(services, learner, provider(first), **budget).ask("Je bent een gids.", "Hallo?", Form)
    assert (refused.value.code, refused.value.extra) == ("budget-spent", {"whose": whose})
    assert first.requests == []


def test_a_day_later_the_budget_is_whole_again(services: Services, learner: Caller, first: StubModel) -> None:
    once = chain(services, learner, provider(first), learner_turns=1)
    first.will(says({"answer": "ja"}), says({"answer": "nog eens"}))
    once.ask("Je bent een gids.", "Hallo?", Form)
    with pytest.raises(TooMany):
        once.ask("Je bent een gids.", "Hallo?", Form)
    with services.database.write() as session:
        for row in session.scalars(select(UsageRow)):
            row.at -= timedelta(days=1)
    assert once.ask("Je bent een gids.", "Hallo?", Form).answer == "nog eens"


def test_no_fault_of_a_provider_shows_what_was_asked(
    services: Services, learner: Caller, first: StubModel, caplog: pytest.LogCaptureFixture
) -> None:
    first.will(cuts_the_connection())
    with pytest.raises(Unavailable) as refused:
        chain(services, learner, provider(first)).ask("Je bent een gids.", "Mijn geheim", Form)
    assert "geheim" not in str(refused.value) + caplog.text and "sleutel" not in caplog.text


@pytest.mark.parametrize(
    "name", ["openai:gpt-4.1-mini", "azure_openai:gpt", "anthropic:claude-sonnet", "mistralai:small", "ollama:llama3"]
)
def test_each_provider_of_our_extras_can_be_set_up(name: str, settings: AssistantSettings) -> None:
    one = Provider(model=name, url="http://127.0.0.1:9", key="sleutel")
    models.model_of(one, settings).prepare()
    assert one.name.endswith("127.0.0.1")


def test_a_tenants_key_is_sealed_and_opens_for_that_tenant_alone(services: Services, learner: Caller) -> None:
    policy = Policy(providers=(Provider(model="openai:gpt-4.1-mini", key="sk-heel-geheim"),), contact="de DPO")
    with services.database.write() as session:
        policies.save_policy(session, learner.tenant_id, policy, services.settings, by="opdrachtregel", at=NOW)
    with services.database.read() as session:
        assert "sk-heel-geheim" not in str(session.get_one(PolicyRow, learner.tenant_id).body)
        assert policies.policy_of(session, learner.tenant_id, services.settings) == policy
    with services.database.write() as session:
        body = session.get_one(PolicyRow, learner.tenant_id).body
        session.add(PolicyRow(tenant_id=learner.tenant_id + 1, body=body, changed_at=NOW))
    with services.database.read() as session, pytest.raises(VkError) as refused:
        policies.policy_of(session, learner.tenant_id + 1, services.settings)
    assert refused.value.code == "secret-changed"
    assert "sk-heel-geheim" not in repr(policy)
