"""Streams of one answer, timed: from the model itself, through bare Flask and langchain, and through the sidecar.

Every call is a connection of its own, timed from opening it to the first word of the answer; what a caller does before
(a token signed, a conversation begun) is not. The sidecar runs as it always does: tokens, notice, database, retrieval
and guards.
"""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from assistant_service.bench import servers
from assistant_service.bench.searching import TENANT, Times, fill
from assistant_service.bench.servers import BenchFault
from assistant_service.configuration import read
from assistant_service.policies import Budget, Policy, Provider, save_policy
from assistant_service.services import Services, open_services
from assistant_service.tenants import add_host_key, find_tenant
from veranderkracht.clock import now
from veranderkracht.host_tokens import HostKey

# Milliseconds after each of so many pieces of an answer. A quick provider has some 20 between two; the end of the
# answer is not timed and comes at once.
BY_TURNS = "20/6"
_ORIGIN = "https://lms.meting.example"
_WARM = 40  # calls of each before anything is timed; both workers have met a few
_A_PERSON = 20  # messages of one learner, fewer than an hour's
_QUESTIONS = 200  # that are asked by turns
_SECONDS = 60  # that one answer may take


@dataclass(frozen=True)
class Added:
    """Times to the first word, one row of the table each.

    Args:
        model: from the model itself.
        bare: through Flask and langchain.
        ours: through the sidecar.
    """

    model: Times
    bare: Times
    ours: Times

    @property
    def ratio(self) -> float:
        """How many times the added median of the bare one ours is."""
        return (self.ours.p50 - self.model.p50) / (self.bare.p50 - self.model.p50)


@dataclass(frozen=True)
class Crowd:
    """Answers that were asked for at the same moment.

    Args:
        asked: how many.
        done: how many came to their end without an error.
        together: how many the model was giving at once, at most.
        first: times to the first word.
        faults: what went wrong, each once.
    """

    asked: int
    done: int
    together: int
    first: Times
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """One answer: seconds to its first word, and what went wrong, or nothing."""

    first: float
    fault: str


class Learners:
    """Learners of one host, as many as it takes, who accepted the notice and each have conversations.

    Args:
        port: of the sidecar.
        host: that signs for them.
    """

    def __init__(self, port: int, host: HostKey) -> None:
        self.port, self._host = port, host
        self._number = 0

    def asks(self, question: str) -> tuple[str, dict[str, Any], dict[str, str]]:
        """Give path, body and headers of a message in a conversation that begins with it."""
        learner = f"{self._number // _A_PERSON:064x}"
        headers = self._headers(learner)
        if self._number % _A_PERSON == 0:
            version = self._call("GET", "/v1/notice", None, headers)["version"]
            self._call("POST", "/v1/notice", {"version": version}, headers)
        self._number += 1
        id = self._call("POST", "/v1/conversations", {"profile": "supervisie"}, headers)["id"]
        return f"/v1/conversations/{id}/messages", {"text": question}, headers

    def _headers(self, learner: str) -> dict[str, str]:
        step = {"course": "meting", "step": "samen-kijken/eigen-praktijk", "scope": ("supervision",)}
        token, _ = self._host.browser_token(learner=learner, role="learner", at=now(), **step)  # type: ignore[arg-type]
        return {"Authorization": f"Bearer {token}", "Origin": _ORIGIN}

    def _call(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 204):
            raise BenchFault(f"De assistent weigerde {method} {path.split('/')[2]} (status {answer.status}).")
        return json.loads(said or b"{}")


def measure(folder: Path, passages: int, answers: int, crowd: int) -> tuple[Added, Crowd]:
    """Start all three, and time them by turns; then ask the sidecar many things at once.

    Args:
        folder: empty, for data and logs.
        passages: in the knowledge that the sidecar looks in for each answer, at least.
        answers: how many of each are timed, after a few that do not count.
        crowd: how many at once.

    Raises:
        BenchFault: something did not start, or an answer did not come.
    """
    with ExitStack() as running:
        model = running.enter_context(servers.stub(folder))
        address = f"http://127.0.0.1:{model}/{{}}/v1".format
        services = open_services(read({"VK_DATA": str(folder / "data"), "VK_MODEL_HOSTS": "127.0.0.1"}))
        running.callback(services.database.close)
        running.callback(services.knowledge.close)
        questions, *_ = fill(services, passages, _QUESTIONS)
        host = _host(services)
        _answer_from(services, address(BY_TURNS))
        bare = running.enter_context(servers.bare(folder, address(BY_TURNS)))
        ours = running.enter_context(servers.ours(folder, folder / "data", model))
        learners = Learners(ours, host)
        added = _by_turns(model, bare, learners, questions, answers)
        # The more there are, the longer each lasts, so that all of them are on their way together.
        _answer_from(services, address(f"{crowd}/100"))
        return added, _at_once(model, learners, questions, crowd)


def _host(services: Services) -> HostKey:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with services.database.write() as session:
        add_host_key(
            session, tenant=TENANT, kid="meting", issuer=_ORIGIN, public_pem=public, origins=[_ORIGIN],
            roles=["learner"], at=now(),
        )  # fmt: skip
    return HostKey("meting", _ORIGIN, TENANT, private, b"meting")


def _answer_from(services: Services, url: str) -> None:
    policy = Policy(
        providers=(Provider(model="openai:stub", url=url, key="bench"),),
        budget=Budget(tenant_tokens=10**9, learner_tokens=10**9, learner_turns=10**6),
    )
    with services.database.write() as session:
        tenant = find_tenant(session, TENANT).id
        save_policy(session, tenant, policy, services.settings, by="bench", at=now())


def _by_turns(model: int, bare: int, learners: Learners, questions: Sequence[str], answers: int) -> Added:
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    warm = min(_WARM, answers)
    for number in range(warm + answers):
        question = questions[number % len(questions)]
        asked: dict[str, Any] = {"model": "stub", "stream": True, "messages": [{"role": "user", "content": question}]}
        calls: list[tuple[int, str, dict[str, Any], dict[str, str]]] = [
            (model, f"/{BY_TURNS}/v1/chat/completions", asked, {}),
            (bare, "/chat", {"text": question}, {}),
            (learners.port, *learners.asks(question)),
        ]
        for place in range(number, number + len(calls)):
            heard = _hear(*calls[place % len(calls)])
            if heard.fault:
                raise BenchFault(f"Een antwoord van de bench kwam er niet: {heard.fault}")
            times[place % len(calls)].append(heard.first)
    return Added(*(Times.of(row[warm:]) for row in times))


def _at_once(model: int, learners: Learners, questions: Sequence[str], crowd: int) -> Crowd:
    calls = [learners.asks(questions[number % len(questions)]) for number in range(crowd)]
    together = threading.Barrier(crowd)

    def one(call: tuple[str, dict[str, Any], dict[str, str]]) -> Heard:
        together.wait(_SECONDS)
        return _hear(learners.port, *call)

    with ThreadPoolExecutor(crowd) as pool:
        heard = list(pool.map(one, calls))
    faults = Counter(one.fault for one in heard if one.fault)
    first = Times.of([one.first for one in heard])
    return Crowd(crowd, crowd - faults.total(), _peak(model), first, tuple(faults))


def _hear(port: int, path: str, body: dict[str, Any], headers: dict[str, str]) -> Heard:
    """Listen to one answer, from opening the connection to its end."""
    sent = json.dumps(body)
    begin = perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    first, last = 0.0, ""
    try:
        connection.request("POST", path, sent, {**headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        while line := answer.readline():
            if not first and line.startswith((b"event: token", b'data: {"id')):
                first = perf_counter() - begin
            if line.startswith(b"event: "):
                last = line[7:].decode().strip()
                if last == "error":
                    return Heard(first, json.loads(answer.readline()[6:])["code"])
            elif line.startswith(b"data: [DONE]"):
                last = "done"
    except (OSError, HTTPException) as fault:
        return Heard(first, type(fault).__name__)
    finally:
        connection.close()
    if answer.status != 200:
        return Heard(first, f"status {answer.status}")
    return Heard(first, "" if first and last == "done" else f"eindigde met {last or 'niets'}")


def _peak(model: int) -> int:
    connection = HTTPConnection("127.0.0.1", model, timeout=_SECONDS)
    try:
        connection.request("GET", "/peak")
        return int(connection.getresponse().read())
    finally:
        connection.close()
