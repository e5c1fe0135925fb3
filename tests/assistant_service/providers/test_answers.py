"""Every provider that can be chosen, over HTTP: its answers, streams, counts, and what its faults become."""

from typing import Any

import pytest

from assistant_service.callers import Caller
from assistant_service.feedback.checking import ModelFeedback
from assistant_service.models import model_of
from assistant_service.policies import PROVIDER_NAMES, Provider
from assistant_service.provider_langchain import Turn
from assistant_service.services import Services
from tests.assistant_service.providers.calling import FEEDBACK, KEY, PROTOCOLS, SYSTEM, TEXT, chain_to, counted, said
from tests.peers.model_protocols import READ, WRITTEN, Anthropic
from tests.peers.stub_model import (
    Behaviour,
    StubModel,
    answers_with_broken_json,
    cuts_the_connection,
    drips,
    keeps_silent,
    refuses,
    says,
    streams,
)
from veranderkracht.errors import Unavailable


def test_each_provider_that_learners_may_be_told_of_is_tried_here() -> None:
    assert set(PROTOCOLS) == set(PROVIDER_NAMES)


def test_feedback_comes_in_its_form_and_counts_as_the_provider_counts(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(says(FEEDBACK))
    answer = chain_to(services, learner, vendor, stub.url).ask(SYSTEM, TEXT, ModelFeedback)
    assert answer == ModelFeedback.model_validate(FEEDBACK)
    assert counted(services) == [(READ, WRITTEN, False)]
    asked = stub.requests[0]
    assert SYSTEM in str(asked) and TEXT in str(asked)
    # The form itself is asked for: every field of a criterion, required.
    assert all(field in str(schema_of(vendor, asked)) for field in ("criteria", "visible", "quote", "next_step"))
    assert longest(vendor, asked) == 1500


def schema_of(vendor: str, asked: dict[str, Any]) -> Any:
    if vendor == "ollama":
        return asked["format"]
    if vendor == "anthropic":
        assert asked["output_config"]["format"]["type"] == "json_schema"
        return asked["output_config"]["format"]["schema"]
    assert asked["response_format"]["type"] == "json_schema"
    return asked["response_format"]["json_schema"]["schema"]


def longest(vendor: str, asked: dict[str, Any]) -> int:
    if vendor == "ollama":
        return int(asked["options"]["num_predict"])
    return int(asked.get("max_completion_tokens") or asked["max_tokens"])


def test_a_conversation_comes_piece_by_piece_and_counts_as_the_provider_counts(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(streams("Begin ", "met ", "een vraag: wat zei zé?"))
    got = list(chain_to(services, learner, vendor, stub.url).stream(SYSTEM, [Turn("user", TEXT)]))
    assert got == ["Begin ", "met ", "een vraag: wat zei zé?"]
    assert stub.requests[0]["stream"] is True
    assert counted(services) == [(READ, WRITTEN, False)]


def test_what_was_said_before_goes_along_with_who_said_it(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(streams("Goed."))
    turns = [Turn("user", "Hallo."), Turn("assistant", "Dag, waarover gaat het?"), Turn("user", TEXT)]
    list(chain_to(services, learner, vendor, stub.url).stream(SYSTEM, turns))
    roles = [one["role"] for one in stub.requests[0]["messages"]]
    assert roles[-3:] == ["user", "assistant", "user"]
    assert SYSTEM in str(stub.requests[0].get("system", stub.requests[0]["messages"][0]))


def test_a_stream_without_a_count_is_counted_by_us(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(streams("Begin met een vraag.", usage=False))
    said(chain_to(services, learner, vendor, stub.url))
    ((read, written, estimated),) = counted(services)
    assert estimated and read > 5 and written > 5


def test_a_stream_that_counts_only_what_was_written_never_makes_reading_free(
    services: Services, learner: Caller
) -> None:
    # So the examples in Anthropic's own documentation end, and servers that imitate it.
    with StubModel(Anthropic(whole_count=False)) as stub:
        stub.will(streams("Begin met een vraag."))
        said(chain_to(services, learner, "anthropic", stub.url))
    ((read, written, estimated),) = counted(services)
    assert (written, estimated) == (WRITTEN, True) and read > 5


REFUSED: dict[str, Behaviour] = {
    "a wrong key": refuses(401),
    "too many requests": refuses(429, retry_after="17"),
    "an error": refuses(500),
    "too busy": refuses(529),
    "a connection that is cut": cuts_the_connection(),
}
GARBAGE: dict[str, tuple[Behaviour, ...]] = {
    "a body that is no JSON": (answers_with_broken_json(), answers_with_broken_json()),
    "no JSON in the answer": (says("Dat doe ik graag: {"), says("Dat doe ik graag: {")),
    "another form": (says({"iets": "anders"}), says({"iets": "anders"})),
}
each_refusal = pytest.mark.parametrize("failure", REFUSED.values(), ids=REFUSED)


@each_refusal
def test_a_fault_is_one_stable_code_after_one_call_and_costs_nothing(
    services: Services,
    learner: Caller,
    stub: StubModel,
    vendor: str,
    failure: Behaviour,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for ask in (lambda one: one.ask(SYSTEM, TEXT, ModelFeedback), said):
        stub.will(failure)
        with pytest.raises(Unavailable) as refused:
            ask(chain_to(services, learner, vendor, stub.url))
        assert refused.value.code == "model-unavailable"
        assert refused.value.extra == ({"retry_after": 17} if failure is REFUSED["too many requests"] else {})
        # The provider's own words, which may repeat the prompt, and the key stay where they are.
        assert not any(word in str(refused.value) + caplog.text for word in ("refused", KEY, "stroef"))
    assert len(stub.requests) == 2
    assert counted(services) == []


@pytest.mark.parametrize("failure", GARBAGE.values(), ids=GARBAGE)
def test_an_answer_in_no_form_is_asked_for_once_more_at_most(
    services: Services, learner: Caller, stub: StubModel, vendor: str, failure: tuple[Behaviour, ...]
) -> None:
    stub.will(*failure)
    with pytest.raises(Unavailable) as refused:
        chain_to(services, learner, vendor, stub.url).ask(SYSTEM, TEXT, ModelFeedback)
    assert refused.value.code == "model-unavailable"
    assert len(stub.requests) <= 2
    assert counted(services) == []


def test_a_second_try_in_the_form_is_an_answer_and_both_tries_count(
    services: Services, learner: Caller, stub: StubModel, vendor: str
) -> None:
    stub.will(says({"iets": "anders"}), says(FEEDBACK))
    assert chain_to(services, learner, vendor, stub.url).ask(SYSTEM, TEXT, ModelFeedback).criteria
    ((read, written, estimated),) = counted(services)
    if vendor in ("openai", "azure_openai"):  # their client throws an answer in another form away, count and all
        assert estimated and read > READ and written > WRITTEN
    else:
        assert (read, written, estimated) == (2 * READ, 2 * WRITTEN, False)


BROKEN_OFF: dict[str, Behaviour] = {
    "cut": streams("Begin ", cut=True),
    "ended without an end": streams("Begin ", ends=False),
    "garbage": streams("Begin ", garbage=b'event: x\ndata: {"cho\n\n', ends=False),
}


@pytest.mark.parametrize("failure", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_stream_that_breaks_off_is_never_taken_for_a_whole_answer(
    services: Services, learner: Caller, stub: StubModel, vendor: str, failure: Behaviour
) -> None:
    stub.will(failure)
    answer = chain_to(services, learner, vendor, stub.url).stream(SYSTEM, [Turn("user", TEXT)])
    assert next(answer) == "Begin "
    with pytest.raises(Unavailable) as refused:
        list(answer)
    assert refused.value.code == "model-unavailable"
    ((_, _, estimated),) = counted(services)  # what was said is paid for
    assert estimated


@pytest.mark.parametrize(
    "slow", [keeps_silent(), drips(), streams("Begin ", *["nog een woord "] * 400, pause=0.05)], ids=["", "drips", "on"]
)
def test_who_is_slow_is_stopped_when_the_time_is_up(
    services: Services, learner: Caller, stub: StubModel, vendor: str, slow: Behaviour
) -> None:
    model_of(Provider(model=f"{vendor}:warm", url=stub.url, key=KEY), services.settings).prepare()
    stub.will(slow)
    with pytest.raises(Unavailable) as refused:
        said(chain_to(services, learner, vendor, stub.url, seconds=1))
    assert refused.value.code == "model-unavailable"
    stub.stopping.set()
    assert len(stub.sent) < 400
