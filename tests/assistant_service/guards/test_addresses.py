"""A provider's address reaches nothing on this server's own network, however it is written or resolved."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from assistant_service.configuration import AssistantSettings, read
from assistant_service.guards import addresses
from assistant_service.guards.addresses import AddressRefused, check, is_public
from assistant_service.policies import Policy, Provider, save_policy
from assistant_service.provider_langchain import Model
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.hosts import NOW
from tests.cast import WEST
from veranderkracht.errors import Unavailable, VkError
from veranderkracht.settings import SettingsError

PRIVATE = st.sampled_from(
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8"]
).flatmap(lambda network: st.ip_addresses(network=network))


class Form(BaseModel):
    answer: str


def notations(address: ipaddress.IPv4Address) -> Iterator[str]:
    number, parts = int(address), str(address).split(".")
    yield str(address)
    yield f"{address}."
    yield str(number)
    yield hex(number)
    yield oct(number).replace("o", "")
    yield ".".join(hex(int(part)) for part in parts)
    yield ".".join(f"0{int(part):o}" for part in parts)
    yield f"{parts[0]}.{number & 0xFFFFFF}"
    yield f"[::ffff:{address}]"
    yield f"[::{address}]"
    yield f"[64:ff9b::{address}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"


@given(PRIVATE)
def test_no_notation_of_a_private_address_is_accepted(address: ipaddress.IPv4Address) -> None:
    for host in notations(address):
        for url in (
            f"https://{host}/v1",
            f"https://{host}:8443",
            f"https://openai.com@{host}/",
            f"https://a:b@{host}/",
        ):
            with pytest.raises(AddressRefused):
                check(url, ())


@given(st.ip_addresses())
def test_an_address_that_a_resolver_gives_is_public_only_when_the_internet_routes_it(address: object) -> None:
    if is_public(str(address)) and ipaddress.ip_address(str(address)) not in ipaddress.ip_network("64:ff9b::/96"):
        assert ipaddress.ip_address(str(address)).is_global


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/v1",
        "https://localhost./v1",
        "https://LOCALHOST:11434",
        "https://model.localhost",
        "https://printer.local",
        "https://db.internal",
        "https://chroma",
        "https://[::1]",
        "https://[fe80::1%25eth0]",
        "https://[fd00::1]/",
        "https://１２７.0.0.1/",
        "https://①27.0.0.1/",
        "https://127。0。0。1/",
        "https://model.example.be\\@127.0.0.1/",
        "https://127.1",
        "https://0x7f.1",
        "https://017700000001",
        "https://user@model.example.be/v1",
        "http://model.example.be/v1",
        "ftp://model.example.be/v1",
        "file:///etc/passwd",
        "https://",
        "https://model.example.be:99999/",
        "https://model.example.be\r\nX: y/",
        "//model.example.be",
        "",
    ],
)
def test_an_address_that_no_provider_may_have_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "https://api.mistral.ai",
        "https://model.example.be/v1",
        "https://8.8.8.8:8443/v1",
        "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example/v1",
        "https://3com.example./",
    ],
)
def test_a_public_address_with_https_is_accepted(url: str) -> None:
    check(url, ())


@pytest.mark.parametrize(
    ("url", "hosts", "accepted"),
    [
        ("http://localhost:11434", ("localhost",), True),
        ("http://localhost:11434/v1", ("localhost:11434",), True),
        ("http://LOCALHOST.:11434", ("localhost:11434",), True),
        ("http://localhost:6379", ("localhost:11434",), False),
        ("http://localhost.kwaad.be", ("localhost",), False),
        ("https://10.0.0.7/v1", ("10.0.0.7",), True),
        ("https://10.0.0.8/v1", ("10.0.0.7",), False),
        ("http://x@localhost:11434", ("localhost",), False),
    ],
)
def test_only_hosts_that_the_operator_listed_may_be_private(url: str, hosts: tuple[str, ...], accepted: bool) -> None:
    if accepted:
        check(url, hosts)
    else:
        with pytest.raises(AddressRefused):
            check(url, hosts)


def test_the_model_of_the_settings_is_listed_by_itself_and_the_rest_by_the_operator() -> None:
    def listed(**more: str) -> tuple[str, ...]:
        return read({"VK_DATA": "x", **more}).listed_hosts

    assert listed() == ()
    assert listed(VK_MODEL="openai:x", VK_MODEL_URL="http://10.0.0.7:8000/v1") == ("10.0.0.7:8000",)
    assert listed(VK_MODEL="ollama:llama3") == ("localhost:11434",)
    assert listed(VK_MODEL_HOSTS="localhost:11434, model.intern") == ("localhost:11434", "model.intern")
    with pytest.raises(SettingsError, match="VK_MODEL_HOSTS"):
        listed(VK_MODEL_HOSTS="http://localhost")


@pytest.mark.parametrize(
    "provider", [Provider(model="openai:x", url="https://169.254.169.254/latest"), Provider(model="ollama:x")]
)
def test_a_policy_with_such_an_address_is_not_saved(services: Services, provider: Provider) -> None:
    strict = replace(services.settings, model_hosts=())
    with pytest.raises(VkError) as refused, services.database.write() as session:
        tenant_id = find_tenant(session, WEST).id
        save_policy(session, tenant_id, Policy(providers=(provider,)), strict, by="test", at=NOW)
    assert refused.value.code == "address-refused"


class _Door(threading.Thread):
    """A port on which somebody knocks or not."""

    def __init__(self, address: str, port: int = 0) -> None:
        super().__init__(daemon=True)
        self.knocks = 0
        self._socket = socket.create_server((address, port))
        self.port: int = self._socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.knocks += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def door() -> Iterator[_Door]:
    one = _Door("127.0.0.1")
    yield one
    one.close()


def resolving(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Let every name stand for these addresses."""

    def resolve(host: object, port: int, *_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("found", [("127.0.0.1",), ("203.0.113.9", "127.0.0.1"), ("127.0.0.1", "8.8.8.8")])
def test_a_name_that_stands_for_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, door: _Door, found: tuple[str, ...]
) -> None:
    resolving(monkeypatch, *found)
    url = f"https://model-{len(found)}-{found[0]}.example.org:{door.port}/v1"
    check(url, ())
    with pytest.raises(Unavailable):
        Model("openai:x", url, "sleutel", 5).ask("Je bent een gids.", "Hoi", Form, 5)
    with pytest.raises(Unavailable):
        list(Model("openai:x", url, "sleutel", 5).stream("Je bent een gids.", [], 5))
    assert door.knocks == 0


def test_a_name_that_the_operator_listed_is_called(monkeypatch: pytest.MonkeyPatch, door: _Door) -> None:
    resolving(monkeypatch, "127.0.0.1")
    with pytest.raises(Unavailable):  # nobody speaks TLS behind this door
        Model("openai:x", f"https://eigen.example.org:{door.port}/v1", "sleutel", 5, listed=True).ask("x", "y", Form, 5)
    assert door.knocks > 0


def test_a_redirect_to_a_private_address_is_not_followed(monkeypatch: pytest.MonkeyPatch, door: _Door) -> None:
    asked: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{door.port}/v1/chat/completions")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    # A provider of which the address is public, as far as the guard knows.
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.2")
    with HTTPServer(("127.0.0.2", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Unavailable):
            Model("openai:x", f"http://127.0.0.2:{server.server_port}/v1", "sleutel", 5).ask("x", "y", Form, 5)
        server.shutdown()
    assert asked and door.knocks == 0


def test_an_address_that_is_no_longer_listed_is_a_model_that_does_not_answer(
    settings: AssistantSettings, services: Services
) -> None:
    from assistant_service.callers import at_the_command_line
    from assistant_service.models import chain_of

    with services.database.read() as session:
        caller = at_the_command_line(find_tenant(session, WEST))
    strict = replace(services, settings=replace(settings, model_hosts=()))
    chain = chain_of(strict, caller, "ask", Policy(providers=(Provider(model="openai:x", url="http://127.0.0.1:9"),)))
    assert chain is not None
    with pytest.raises(Unavailable):
        chain.ask("x", "y", Form)
